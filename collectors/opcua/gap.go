package opcua

import (
	"fmt"
	"time"

	"edgelabel/agent/series"
)

// outage knows up to when the source's data is complete and since when, and why, it is not. It belongs to the goroutine of Run. Times are
// those of the device, which the samples carry too, and beside them those of this gateway.
type outage struct {
	alive  moment // nothing is missing up to here
	known  bool   // alive is set
	reason string // empty while the source delivers
	detail string
}

// moment is one instant on both clocks, UTC ns.
type moment struct{ device, gateway int64 }

// lost notes why nothing comes any more. While the source stays away the first reason stands.
func (o *outage) lost(reason, detail string) {
	if o.reason == "" {
		o.reason, o.detail = reason, detail
	}
}

// seen notes that data is complete up to m. It returns the gap that ends with it, if there was one.
func (o *outage) seen(source string, m moment) (series.Gap, bool) {
	g, ok := o.end(source, m)
	o.alive, o.known, o.reason, o.detail = m, true, "", ""
	return g, ok
}

// end is the gap that would end at m.
func (o *outage) end(source string, m moment) (series.Gap, bool) {
	if !o.known || o.reason == "" {
		return series.Gap{}, false
	}
	g := series.Gap{Source: source, From: o.alive.device, To: m.device, Reason: o.reason, Detail: o.detail}
	if g.To < g.From { // the device's clock was set back meanwhile
		g.From, g.To = o.alive.gateway, max(o.alive.gateway, m.gateway)
	}
	return g, true
}

// shiftTo is the moment at the gateway's time now, with the device's clock as far off as it was last seen.
func (o *outage) shiftTo(now int64) moment {
	return moment{device: now + o.alive.device - o.alive.gateway, gateway: now}
}

// hole hands a gap to those who may fill it, or records it.
func (r *receiver) hole(g series.Gap) {
	if r.holes == nil || len(r.roster.all) == 0 {
		r.queue.addGap(g)
		return
	}
	h := hole{Gap: g, Tags: len(r.roster.all)}
	for _, t := range r.roster.all {
		s := stretch{Tag: t.Tag, From: t.before, To: g.To, Still: true}
		if s.From == 0 {
			s.From = g.From
		}
		h.Open, t.before = append(h.Open, s), 0
	}
	if err := r.holes.add(h); err != nil {
		r.cfg.Log.Warn("hole will not be read back from history", "source", r.cfg.Name, "err", err)
		r.queue.addGap(g)
		return
	}
	for _, w := range r.events {
		lost := g
		lost.Tag, lost.Detail = w.title(), g.Detail+"; events are not read back from history, but what is active was asked for again"
		r.queue.addGap(lost)
	}
}

// settleHoles sets the ends of holes once every tag had the time to report its present value.
func (r *receiver) settleHoles() {
	if r.holes == nil || !r.up || r.cfg.Now().Sub(r.upSince) < settleTime+2*r.longest() {
		return
	}
	after := make(map[string]int64, len(r.roster.all))
	err := r.holes.ends(func(h *hole) {
		for _, t := range r.roster.all {
			after[t.Tag] = t.after
		}
		for i := range h.Open {
			if s := &h.Open[i]; after[s.Tag] > s.From {
				s.To, s.Still = after[s.Tag], false
			}
		}
	})
	if err != nil {
		r.status.Problem("history", err.Error())
	}
}

// longest is how long a value of any feed may wait at the server.
func (r *receiver) longest() (longest time.Duration) {
	for _, f := range r.nodes.feeds {
		longest = max(longest, f.every)
	}
	return longest
}

// Records about one tag are joined while the next follows soon, and written after a while even then.
const (
	joinGaps = 2 * time.Second
	holdGaps = 10 * time.Second
)

// tagGaps joins the overflows that the server reports tag by tag: a queue that is too small overflows with every publication.
type tagGaps map[string]*tagGap

type tagGap struct {
	gap         series.Gap
	first, last time.Time // when it was reported
	count       int
}

func (t tagGaps) add(source, tag string, from, to int64, now time.Time) {
	g := t[tag]
	if g == nil {
		g = &tagGap{gap: series.Gap{Source: source, Tag: tag, From: from, To: to, Reason: series.GapOverflow}, first: now}
		t[tag] = g
	}
	g.gap.To, g.last = max(g.gap.To, to), now
	g.count++
}

// ready removes and returns the gaps that have ended or have waited long enough; all of them when everything is true.
func (t tagGaps) ready(now time.Time, everything bool) []series.Gap {
	var out []series.Gap
	for tag, g := range t {
		if !everything && now.Sub(g.last) < joinGaps && now.Sub(g.first) < holdGaps {
			continue
		}
		g.gap.Detail = fmt.Sprintf("the server's queue overflowed, reported %d times; a longer queue or slower sampling helps", g.count)
		out = append(out, g.gap)
		delete(t, tag)
	}
	return out
}

func overflowDetail(dropped int) string {
	return fmt.Sprintf("%d samples dropped because the store did not keep up", dropped)
}
