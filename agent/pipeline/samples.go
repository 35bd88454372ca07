package pipeline

import (
	"context"
	"fmt"
	"strconv"

	"edgelabel/agent/detect"
	"edgelabel/agent/series"
)

// samples cleans a batch, hands what is new to the store, whose answer is the source's, and then judges it.
func (p *Pipeline) samples(ctx context.Context, m message) {
	failures := p.acks.failures.Load()
	newest := p.afterRefusal(failures)
	fresh, leans := p.sift(ctx, m.batch)
	fresh = append(fresh, newest...)
	if ends := p.ends(); len(fresh) == 0 && len(ends) == 0 {
		p.acks.follow(m.done, failures)
	} else {
		p.store(ctx, fresh, ends, p.acks.next(m.done, leans, failures))
	}
	for i := range p.work {
		p.of = p.work[i].of
		p.judge(ctx, p.work[i].st, p.work[i].s)
	}
	p.of = nil
	clear(p.work)
	p.work = p.work[:0]
}

func (p *Pipeline) store(ctx context.Context, samples, ends []series.Sample, k *ack) {
	if err := p.rec.AppendThinned(ctx, samples, ends, k.finish); err != nil {
		k.finish(fmt.Errorf("store %d samples: %w", len(samples), err))
	}
}

// afterRefusal begins anew with every signal when the store has refused something. What it refused will be sent again, and is no repetition
// then. Nothing may be left out because of a sample that is not on disk. It returns what the histories go on from.
func (p *Pipeline) afterRefusal(failures uint64) (newest []series.Sample) {
	if failures == p.refused {
		return nil
	}
	p.refused = failures
	for _, st := range p.streams {
		st.clean.forget()
		if st.thin != nil {
			newest = st.thin.restart(newest)
		}
	}
	return newest
}

// ends are the samples of the batch that are held back and that the history cannot do without if nothing comes after them.
func (p *Pipeline) ends() (list []series.Sample) {
	for _, w := range p.work {
		if end, open := w.st.thin.end(); open && end.Time() == w.s.Time() {
			list = append(list, end)
		}
	}
	return list
}

// sift keeps the samples that are new, in place, with what is derived from them, and notes in p.work which of them to judge. It reports
// whether the batch leans on samples that came before it: it repeats some, or some are left out because of them.
func (p *Pipeline) sift(ctx context.Context, batch []series.Sample) (_ []series.Sample, leans bool) {
	fresh := batch[:0]
	var behind []series.Sample // behind the batch: in its place they would overwrite what is still to come
	for i := range batch {
		s := batch[i]
		st := p.stream(s.Tag)
		if st == nil {
			n := p.meter.source("")
			n.samples.Add(1)
			n.reject(unknownTag)
			date(&s, p.clock, n)
			fresh = append(fresh, s)
			continue
		}
		if st.clean.clean(&s, p.clock, st.counts) || p.storedBefore(ctx, st, &s) {
			st.counts.duplicates.Add(1)
			leans = true
			continue
		}
		if st.tag.Cleaning.poor(&s) {
			st.counts.reject(poorQuality)
			continue
		}
		st.counts.samples.Add(1)
		if st.stale = false; st.thin == nil {
			fresh = append(fresh, s)
		} else {
			behind = st.thinOut(s, behind)
			leans = true
		}
		p.work = append(p.work, work{st: st, s: s})
		behind = p.derive(st, s, behind)
	}
	return append(fresh, behind...), leans
}

// thinOut appends what is to be stored now that a sample has come.
func (st *stream) thinOut(s series.Sample, out []series.Sample) []series.Sample {
	out, left := st.thin.take(s, out)
	if left {
		st.counts.reject(thinned)
	}
	return out
}

func (p *Pipeline) stream(tag string) *stream {
	if st := p.streams[tag]; st != nil || p.cfg.Lookup == nil || len(p.streams) >= maxTags {
		return st
	}
	t, ok := p.cfg.Lookup(tag)
	if !ok {
		return nil
	}
	t.ID = tag
	st, err := p.addTag(t)
	if err != nil {
		p.cfg.Log.Warn("tag is stored but not watched", "tag", tag, "error", err)
	} else if p.learnt.running {
		p.recallStream(st)
	}
	return st
}

func (p *Pipeline) judge(ctx context.Context, st *stream, s series.Sample) {
	for _, a := range p.parts[s.Tag] {
		a.notePart(s)
	}
	a := st.asset
	if a == nil {
		p.bystander(ctx, st, s)
		return
	}
	if st.track != nil {
		points(st.tag.Tag, s, func(s series.Sample) { a.ring.add(st.track, s.Time(), s.Value, s.Status) })
	}
	events, ok := st.push(s)
	if !ok {
		st.counts.late.Add(1)
		return
	}
	for _, ev := range events {
		p.event(ctx, a, st.rests[ev.Candidate.Rule], ev)
	}
	for _, f := range st.feeds {
		p.look(ctx, f.w, false)
	}
	if a.board != nil && st.reached >= a.board.next {
		p.rows(ctx, a)
	}
	if st.reached >= a.due {
		p.settleDue(ctx, a)
	}
}

// bystander takes a sample of a text that belongs to no asset: only watches look at it.
func (p *Pipeline) bystander(ctx context.Context, st *stream, s series.Sample) {
	if len(st.feeds) == 0 {
		return
	}
	if _, ok := st.push(s); !ok {
		st.counts.late.Add(1)
	}
	for _, f := range st.feeds {
		p.look(ctx, f.w, false)
	}
}

// event makes an item of a candidate that opens, or notes in its item what it has become, or that it has closed.
// rest is how long (ns) its rule rests after it.
func (p *Pipeline) event(ctx context.Context, a *asset, rest int64, ev detect.Event) {
	key := ev.Candidate.Tags[0] + "/" + ev.Key()
	p.tally(ev)
	switch {
	case ev.Closed:
		p.closed(ctx, a, key, ev.Candidate, rest)
		return
	case ev.Changed:
		p.changed(ctx, a, key, ev.Candidate)
		return
	}
	p.meter.count(func(m *meter) { m.candidates[ev.Candidate.Detector]++ })
	a.purse.opened(ev.Candidate.Rule)
	c := ev.Candidate
	c.ID, c.Spectrum = p.cfg.NewID(), p.of.spectrum(c)
	if !p.shelf(a, key, c, ev.At) {
		p.opened(ctx, a, key, c)
	}
}

func partOf(s series.Sample) string {
	if s.Text != "" {
		return s.Text
	}
	if !detect.Usable(s) {
		return ""
	}
	return strconv.FormatFloat(s.Value, 'f', -1, 64)
}
