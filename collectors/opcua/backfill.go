package opcua

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
	"edgelabel/collectors"
)

const (
	historyTries  = 3
	historyRetry  = 5 * time.Second // a historian may write late
	progressEvery = time.Second
	gapsAtOnce    = 64

	notRecorded = "the server keeps no history of it"
)

// filler reads what a hole lacks from the server's history, one page at a time, and hands each page to the sink before it asks for the
// next. It works beside the live data and never through its queue.
type filler struct {
	cfg     Config
	archive archive
	names   func() []string // the server's namespaces
	tags    map[string]*tag // only what never changes is read
	ledger  *ledger
	deliver *delivery
	saved   time.Time
}

// run fills holes until ctx ends, which it does with the connection. What is not done then waits for the next one.
func (f *filler) run(ctx context.Context) {
	for {
		h, ok := f.ledger.first()
		if !ok {
			select {
			case <-f.ledger.wake:
				continue
			case <-ctx.Done():
				return
			}
		}
		began := f.cfg.Now()
		total := f.fill(ctx, &h)
		if len(h.Open) > 0 || !f.record(ctx, h) {
			return
		}
		f.cfg.Log.Info("hole read back from history", "source", f.cfg.Name, "from", time.Unix(0, h.Gap.From).UTC(), "to", time.Unix(0, h.Gap.To).UTC(), "tags", h.Tags,
			"samples", total, "gaps", len(h.gaps()), "took", f.cfg.Now().Sub(began).Round(time.Millisecond))
	}
}

// fill settles the tags of a hole, in rounds: one that fails is tried again after the others. It returns how many samples it stored.
func (f *filler) fill(ctx context.Context, h *hole) (total int) {
	limited, cancel := context.WithTimeout(ctx, f.cfg.BackfillTime)
	defer cancel()
	f.sort(limited, h)
	for round := 0; len(h.Open) > 0 && ctx.Err() == nil; round++ {
		if round > 0 && collectors.Pause(limited, historyRetry) != nil {
			break
		}
		for range len(h.Open) {
			if limited.Err() != nil {
				break
			}
			total += f.next(limited, h)
		}
	}
	if ctx.Err() == nil && len(h.Open) > 0 {
		h.giveUp(fmt.Sprintf("reading it from history took longer than %v", f.cfg.BackfillTime))
	}
	f.progress(*h, true)
	return total
}

// sort settles the tags whose history the server does not offer.
func (f *filler) sort(ctx context.Context, h *hole) {
	var open []stretch
	var ids []*ua.NodeID
	for _, s := range h.Open {
		t := f.tags[s.Tag]
		if t == nil {
			h.settle(s, []series.Gap{h.missing(s, s.From, s.To, "it is no longer configured")})
			continue
		}
		node, err := t.ref.resolve(f.names())
		if err != nil {
			h.settle(s, []series.Gap{h.missing(s, s.From, s.To, err.Error())})
			continue
		}
		open, ids = append(open, s), append(ids, node)
	}
	h.Open = nil
	for i := 0; i < len(open); i += readsPerCall {
		end := min(i+readsPerCall, len(open))
		known, err := f.archive.recorded(ctx, ids[i:end])
		for k, s := range open[i:end] {
			if err == nil && !known[k] {
				h.settle(s, []series.Gap{h.missing(s, s.From, s.To, notRecorded)})
				continue
			}
			h.Open = append(h.Open, s)
		}
	}
}

// next tries the first open tag, and puts it last when it has to be tried again. It returns how many samples it stored.
func (f *filler) next(ctx context.Context, h *hole) int {
	s := h.Open[0]
	s.tries++
	h.Open = append(h.Open[1:len(h.Open):len(h.Open)], s)
	f.progress(*h, false) // a history that brings the connection down is not tried for ever
	last := &h.Open[len(h.Open)-1]
	r := reading{filler: f, hole: h, stretch: last}
	err := r.read(ctx)
	left, done := r.left(err)
	if done && ctx.Err() == nil {
		h.Open = h.Open[:len(h.Open)-1]
		h.settle(*r.stretch, left)
	}
	f.progress(*h, false)
	return r.stored
}

// progress notes how far a hole is filled; on disk now and then only, for at worst history is read twice.
func (f *filler) progress(h hole, durable bool) {
	now := f.cfg.Now()
	durable = durable || now.Sub(f.saved) >= progressEvery
	if durable {
		f.saved = now
	}
	h.Open = append([]stretch(nil), h.Open...)
	if err := f.ledger.update(h, durable); err != nil {
		f.deliver.status.Problem("history", err.Error())
	}
}

// record writes down what stays missing of a hole and forgets it; false when ctx ended before.
func (f *filler) record(ctx context.Context, h hole) bool {
	for rest := h.gaps(); len(rest) > 0; {
		n := min(len(rest), gapsAtOnce)
		if !f.recordAll(ctx, rest[:n]) {
			h.Left = rest
			f.progress(h, true)
			return false
		}
		rest = rest[n:]
	}
	if err := f.ledger.drop(); err != nil {
		f.deliver.status.Problem("history", err.Error())
	}
	return true
}

// recordAll records gaps side by side: the store then syncs them together.
func (f *filler) recordAll(ctx context.Context, gaps []series.Gap) bool {
	var failed atomic.Bool
	var all sync.WaitGroup
	for _, g := range gaps {
		all.Go(func() {
			if !f.deliver.insist(ctx, func() error { return f.deliver.sink.Gap(ctx, g) }) {
				failed.Store(true)
				return
			}
			f.deliver.status.Gap(g.Reason)
		})
	}
	all.Wait()
	return !failed.Load()
}

// fillerFor is the filler of one connection.
func (c *Collector) fillerFor(s *session, sink collectors.Sink, status *collectors.Status) *filler {
	tags := maps.Clone(c.roster.byName)
	return &filler{cfg: c.cfg, archive: archive{s.client}, names: s.client.Namespaces, tags: tags, ledger: c.holes,
		deliver: &delivery{c.cfg.Name, c.queue, sink, status}}
}
