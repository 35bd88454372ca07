package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
)

// errand is something that the goroutine of Run does for somebody else.
type errand struct {
	do   func(ctx context.Context) error
	done chan error
}

// run has an errand done and waits for it; while nothing runs, until Run has begun.
func (p *Pipeline) run(ctx context.Context, do func(ctx context.Context) error) error {
	e := &errand{do, make(chan error, 1)}
	if err := p.queue.push(ctx, message{at: p.cfg.Now().UnixNano(), errand: e}); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-e.done:
		return err
	}
}

// Add lets a rule hold that the configuration does not have. It learns from now on. The error wraps label.ErrNotFound for a tag, and
// label.ErrInvalid for a rule that cannot be or whose name is taken; nothing has changed then.
func (p *Pipeline) Add(ctx context.Context, tag string, r detect.Rule) error {
	if err := p.run(ctx, func(context.Context) error { return p.add(tag, r) }); err != nil {
		return fmt.Errorf("add rule %s: %w", r.Name, err)
	}
	return nil
}

func (p *Pipeline) add(tag string, r detect.Rule) error {
	st := p.streams[tag]
	if st == nil || st.asset == nil {
		return fmt.Errorf("tag %s: %w", tag, label.ErrNotFound)
	}
	if r = r.Complete(st.tag.Tag); st.unused(r.Name) != r.Name {
		return fmt.Errorf("%w: there is a rule %s", label.ErrInvalid, r.Name)
	}
	hidden, build := st.asset.cfg.ID == "" && len(st.rules)+len(st.several) == 0, p.addSingle
	if r.Several() {
		build = p.addSeveral
	}
	if err := build(st, r); err != nil {
		return fmt.Errorf("%w: %w", label.ErrInvalid, err)
	}
	st.rests[r.Name] = int64(r.Refractory)
	if hidden { // no item has shown its recent past so far
		st.asset.streams = slices.DeleteFunc(st.asset.streams, func(s *stream) bool { return s == st })
		st.asset.join(st)
	}
	p.announce()
	return nil
}

func (p *Pipeline) addSingle(st *stream, r detect.Rule) error {
	d, err := p.cfg.Detector(st.tag.Tag, r)
	if err != nil {
		return err
	}
	st.rules, st.detectors = append(st.rules, r), append(st.detectors, d)
	p.learnt.all = append(p.learnt.all, st.keeper(r.Name))
	if st.asset.purse != nil {
		st.asset.purse.join(r, d)
	}
	return nil
}

func (p *Pipeline) addSeveral(st *stream, r detect.Rule) error {
	if p.cfg.Formula == nil {
		return errors.New("no rule may look at several signals")
	}
	w, err := newWatch(p.streams, st, r, p.cfg.Detector, p.cfg.Formula)
	if err != nil {
		p.unweave(r.Name)
		return err
	}
	p.watches, st.several = append(p.watches, w), append(st.several, r)
	p.learnt.all = append(p.learnt.all, w.keeper())
	if st.asset.purse != nil {
		st.asset.purse.join(r, w.detector)
	}
	return nil
}

// Drop takes a rule away. Its open candidates end. The error wraps label.ErrNotFound.
func (p *Pipeline) Drop(ctx context.Context, rule string) error {
	if err := p.run(ctx, func(ctx context.Context) error { return p.drop(ctx, rule) }); err != nil {
		return fmt.Errorf("drop rule %s: %w", rule, err)
	}
	return nil
}

func (p *Pipeline) drop(ctx context.Context, rule string) error {
	for _, st := range p.streams {
		if _, there := st.rests[rule]; !there {
			continue
		}
		if i := slices.IndexFunc(st.rules, func(r detect.Rule) bool { return r.Name == rule }); i >= 0 {
			st.rules, st.detectors = slices.Delete(st.rules, i, i+1), slices.Delete(st.detectors, i, i+1)
		}
		st.several = slices.DeleteFunc(st.several, func(r detect.Rule) bool { return r.Name == rule })
		p.unweave(rule)
		delete(st.rests, rule)
		delete(p.tallies, rule)
		p.learnt.all = slices.DeleteFunc(p.learnt.all, func(k keeper) bool { return k.key == rule })
		if st.asset.purse != nil {
			delete(st.asset.purse.rules, rule)
		}
		p.endAll(ctx, st.asset, rule, st.reached)
		p.announce()
		return nil
	}
	return label.ErrNotFound
}

// unweave takes a rule on several signals away from them.
func (p *Pipeline) unweave(rule string) {
	p.watches = slices.DeleteFunc(p.watches, func(w *watch) bool { return w.rule.Name == rule })
	for _, st := range p.streams {
		st.feeds = slices.DeleteFunc(st.feeds, func(f feed) bool { return f.w.rule.Name == rule })
	}
}

// endAll closes what a rule has open.
func (p *Pipeline) endAll(ctx context.Context, a *asset, rule string, at int64) {
	for key, open := range a.running {
		for _, c := range open.r.item.Candidates {
			if c.ID == open.id && c.Rule == rule {
				c.To = max(at, c.From)
				p.closed(ctx, a, key, c, 0)
			}
		}
	}
	for _, waiting := range []map[string]label.Candidate{a.resting, a.shelved} {
		for key, c := range waiting {
			if c.Rule == rule {
				delete(waiting, key)
			}
		}
	}
}

// announce lets those who ask see other rules at once.
func (p *Pipeline) announce() {
	watched := p.watched()
	p.meter.count(func(m *meter) { m.watched = watched })
	p.published = 0
	p.publish()
}
