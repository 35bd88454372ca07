package pipeline

import (
	"context"
	"errors"
	"slices"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// opened finds the item of a candidate that has just opened: one that is being recorded, none while its rule rests, or a new one.
func (p *Pipeline) opened(ctx context.Context, a *asset, key string, c label.Candidate) {
	if r := p.accepting(a, c); r != nil && p.addCandidate(ctx, a, r, key, c) {
		return
	}
	if c.From < a.rests[ruleOf(c)] {
		p.meter.count(func(m *meter) { m.rested++ })
		a.resting[key] = c
		a.schedule()
		return
	}
	r := p.newRecord(a, c.From, label.Part{PartID: a.part(c.From)})
	if p.addCandidate(ctx, a, r, key, c) {
		p.keepRecord(a, r)
	}
}

// accepting prefers an item that signals made, then that of the picture nearest to the onset.
func (p *Pipeline) accepting(a *asset, c label.Candidate) *record {
	var best *record
	part, before, tolerance := a.part(c.From), int64(a.cfg.Before), int64(p.cfg.JoinTolerance)
	for _, r := range a.items {
		switch {
		case !r.takesSignal(c, part, before, tolerance):
		case r.onset != 0:
			return r
		case best == nil || distance(r.item.At, c.From) < distance(best.item.At, c.From):
			best = r
		}
	}
	return best
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// addCandidate puts an open candidate into a record, new or not. It reports false when the store takes no more changes of that item.
func (p *Pipeline) addCandidate(ctx context.Context, a *asset, r *record, key string, c label.Candidate) bool {
	if len(r.item.Candidates) >= maxCandidates {
		p.meter.count(func(m *meter) { m.crowded++ })
		r.open[c.ID] = true
		a.running[key] = running{r, c.ID}
		a.schedule()
		return true
	}
	first := r.onset == 0
	onset, limit := c.From, max(c.From+int64(a.cfg.MaxDuration), r.shown)
	if !first {
		onset, limit = r.onset, r.limit
	}
	edits := []edit{setCandidate(c), widen(c.From-int64(a.cfg.Before), max(c.From+int64(a.cfg.After), r.shown, r.item.Window.To))}
	if first {
		edits = append(edits, p.rememberedImages(a, r, c)...)
	}
	if !p.change(ctx, a, r, edits...) {
		return false
	}
	r.onset, r.limit = onset, limit
	r.open[c.ID] = true
	r.patience = max(r.patience, p.patience(limit-c.From))
	a.running[key] = running{r, c.ID}
	a.schedule()
	return true
}

// closed notes the end of a candidate in its item and lets its rule rest.
func (p *Pipeline) closed(ctx context.Context, a *asset, key string, c label.Candidate, rest int64) {
	delete(a.resting, key)
	delete(a.shelved, key)
	open, ok := a.running[key]
	delete(a.running, key)
	if !ok {
		return
	}
	r := open.r
	a.rests[ruleOf(c)] = c.To + rest
	if r.settled { // it went on beyond the longest item
		return
	}
	c.ID = open.id
	delete(r.open, c.ID)
	r.ended = max(r.ended, c.To)
	if len(r.open) == 0 {
		r.patience = p.patience(r.due() - c.To)
	}
	if r.has(c) {
		p.change(ctx, a, r, setCandidate(c), widen(r.item.Window.From, r.end()))
	}
	a.schedule()
}

// changed notes in its item what an open candidate has become.
func (p *Pipeline) changed(ctx context.Context, a *asset, key string, c label.Candidate) {
	for _, waiting := range []map[string]label.Candidate{a.resting, a.shelved} {
		if waits, ok := waiting[key]; ok {
			c.ID = waits.ID
			waiting[key] = c
			return
		}
	}
	open, ok := a.running[key]
	if !ok || open.r.settled {
		return
	}
	if c.ID = open.id; open.r.has(c) {
		p.change(ctx, a, open.r, setCandidate(c))
	}
}

// change edits an item, in the store too. What the store cannot take now it is given with the next change. It reports false when the
// store takes no more changes of this item at all; the record is as before then.
func (p *Pipeline) change(ctx context.Context, a *asset, r *record, edits ...edit) bool {
	next := edited(r.item, edits)
	err := p.put(ctx, r, next)
	switch {
	case errors.Is(err, label.ErrFrozen), errors.Is(err, label.ErrNotFound) && r.stored:
		r.frozen = true
		return false
	case err != nil:
		if !r.dirty {
			p.failed(ctx, "update", "item is not stored yet", a, next.ID, err)
		}
		r.dirty = true
	default:
		r.dirty = false
	}
	r.item = next
	return true
}

func (p *Pipeline) put(ctx context.Context, r *record, next label.Item) error {
	if r.stored {
		return p.items.UpdateItem(ctx, next.ID, func(it *label.Item) error {
			merge(it, next)
			return nil
		})
	}
	if err := p.items.CreateItem(ctx, edited(next, nil)); err != nil {
		return err
	}
	r.stored = true
	p.meter.count(func(m *meter) { m.items[next.Kind]++ })
	return nil
}

func (p *Pipeline) failed(ctx context.Context, what, text string, a *asset, item string, err error) {
	if ctx.Err() != nil {
		return // the agent stops; the next start goes on from here
	}
	p.meter.count(func(m *meter) { m.failures[what]++ })
	p.cfg.Log.Error(text, "item", item, "asset", a.cfg.ID, "error", err)
}

// settleDue ends the items whose time is over, and gives the candidates their items whose rules have rested enough.
func (p *Pipeline) settleDue(ctx context.Context, a *asset) {
	reached := a.reached(p.clock, int64(p.cfg.Grace))
	for _, r := range a.items {
		if !r.settled && (reached >= r.due() || p.clock >= r.patience) {
			p.settle(ctx, a, r)
		}
	}
	for key, c := range a.resting {
		if reached >= a.rests[ruleOf(c)] {
			delete(a.resting, key)
			a.rests[ruleOf(c)] = 0
			p.opened(ctx, a, key, c)
		}
	}
	a.schedule()
}

// settle freezes an item's window. It is tried again with the next tick where the store cannot take it.
func (p *Pipeline) settle(ctx context.Context, a *asset, r *record) {
	end := r.end()
	if r.dirty || !r.stored || r.item.Window.To != end {
		if !p.change(ctx, a, r, widen(r.item.Window.From, end)) || r.dirty {
			r.settled = r.frozen
			return
		}
	}
	w, err := p.window(ctx, a, r.item.Window.From, end)
	if err == nil {
		err = p.items.SettleItem(ctx, r.item.ID, w)
	}
	if err != nil && !errors.Is(err, label.ErrFrozen) && !errors.Is(err, label.ErrNotFound) {
		if !r.failed {
			p.failed(ctx, "settle", "item cannot be finished yet", a, r.item.ID, err)
		}
		r.failed = true
		return
	}
	r.settled, r.item.IsPartial = true, false
	r.keep = p.clock + int64(p.cfg.JoinWithin)
}

// window reads a stretch of the asset's signals: from the ring, and from the store what the ring no longer has.
func (p *Pipeline) window(ctx context.Context, a *asset, from, to int64) (*series.Window, error) {
	until := a.ring.since()
	w := a.ring.cut(max(from, until), to)
	if w.From = from; from < until {
		old, err := p.items.Window(ctx, a.tags, from, min(to, until))
		if err != nil {
			return nil, err
		}
		splice(w, old)
	}
	for _, g := range a.gaps {
		if g.From < to && g.To > from && !slices.Contains(w.Gaps, g) {
			w.Gaps = append(w.Gaps, g)
		}
	}
	return w, nil
}
