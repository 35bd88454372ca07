package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// recover finishes the items that an earlier stop left: their windows end where they would have ended, or now.
func (p *Pipeline) recover(ctx context.Context) error {
	partial, err := p.items.Partial(ctx)
	if err != nil {
		return err
	}
	for _, it := range partial {
		err := p.finish(ctx, it)
		if err == nil {
			continue
		}
		p.meter.count(func(m *meter) { m.failures["settle"]++ })
		if errors.Is(err, label.ErrFull) {
			p.unfinished = append(p.unfinished, it)
		}
		p.cfg.Log.Error("item of before is left unfinished", "item", it.ID, "again", errors.Is(err, label.ErrFull), "error", err)
	}
	return nil
}

// finishMore finishes items of before for which the disk was too full, once it is not.
func (p *Pipeline) finishMore(ctx context.Context) {
	for len(p.unfinished) > 0 && ctx.Err() == nil {
		it := p.unfinished[0]
		err := p.finish(ctx, it)
		if errors.Is(err, label.ErrFull) {
			return
		}
		if err != nil {
			p.meter.count(func(m *meter) { m.failures["settle"]++ })
			p.cfg.Log.Error("item of before is left unfinished", "item", it.ID, "error", err)
		}
		p.unfinished = p.unfinished[1:]
	}
}

func (p *Pipeline) finish(ctx context.Context, it label.Item) error {
	var w *series.Window
	end := it.At
	if it.Window != nil {
		end = it.Window.To
		if slices.ContainsFunc(it.Candidates, func(c label.Candidate) bool { return c.To == 0 }) {
			end = max(end, min(it.At+int64(p.longest(it.Place.Asset)), p.clock))
		}
		var err error
		if w, err = p.items.Window(ctx, it.Window.Tags, it.Window.From, end); err != nil {
			return fmt.Errorf("read its window: %w", err)
		}
	}
	if err := p.items.SettleItem(ctx, it.ID, w); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	for _, im := range it.Images {
		p.shown.add(im, it.ID)
	}
	if a := p.assets[it.Place.Asset]; a != nil {
		it.IsPartial = false
		r := &record{item: it, stored: true, settled: true, shown: end, limit: math.MinInt64, open: map[string]bool{}}
		if slices.ContainsFunc(it.Candidates, func(c label.Candidate) bool { return len(c.Tags) > 0 }) {
			r.onset = it.At
		}
		p.keepRecord(a, r)
	}
	return nil
}

func (p *Pipeline) longest(asset string) int64 {
	if a := p.assets[asset]; a != nil {
		return int64(a.cfg.MaxDuration)
	}
	return int64(DefaultMaxDuration)
}

// keepGap notes a gap for the windows that it touches.
func (p *Pipeline) keepGap(g series.Gap) {
	for _, a := range p.all {
		if !slices.ContainsFunc(a.streams, func(st *stream) bool { return st.tag.Source == g.Source && (g.Tag == "" || g.Tag == st.tag.ID) }) {
			continue
		}
		a.gaps = append(a.gaps, g)
		if len(a.gaps) > maxGaps {
			a.gaps = slices.Delete(a.gaps, 0, 1)
		}
	}
}
