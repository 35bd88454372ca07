package pipeline

import (
	"context"
	"fmt"
	"slices"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Watched is a rule on one signal as the configuration has it.
type Watched struct {
	Tag  series.Tag
	Rule detect.Rule
}

// Watched lists the rules that look at one signal only, in the order of the configuration.
func (p *Pipeline) Watched() []Watched {
	p.meter.mu.Lock()
	defer p.meter.mu.Unlock()
	return slices.Clone(p.meter.watched)
}

func (p *Pipeline) watched() []Watched {
	var all []Watched
	for _, t := range p.cfg.Tags {
		if st := p.streams[t.ID]; st != nil {
			for _, r := range st.rules {
				all = append(all, Watched{t.Tag, r})
			}
		}
	}
	return all
}

// tuned builds detectors of rules as people have tuned them.
func tuned(build builder, tune func(detect.Rule) detect.Rule) builder {
	if tune == nil || build == nil {
		return build
	}
	return func(tag series.Tag, r detect.Rule) (detect.Detector, error) {
		return build(tag, tune(r.Complete(tag)))
	}
}

// Retune lets what Config.Tuned says of a rule hold from now on. The detector keeps what it has learnt and what is open. It returns after
// the change is in force; while nothing runs, that is when Run has begun. label.ErrNotFound for a rule that is not on one signal.
func (p *Pipeline) Retune(ctx context.Context, rule string) error {
	if err := p.run(ctx, func(context.Context) error { return p.retune(rule) }); err != nil {
		return fmt.Errorf("retune %s: %w", rule, err)
	}
	return nil
}

func (p *Pipeline) retune(rule string) error {
	for _, st := range p.streams {
		for i, r := range st.rules {
			if r.Name == rule {
				return p.renew(st, i)
			}
		}
	}
	return fmt.Errorf("rule %s: %w", rule, label.ErrNotFound)
}

// renew puts a detector that is set anew in the place of a stream's, with what that knew.
func (p *Pipeline) renew(st *stream, i int) error {
	fresh, err := p.cfg.Detector(st.tag.Tag, st.rules[i])
	if err != nil {
		return fmt.Errorf("rule %s: %w", st.rules[i].Name, err)
	}
	old, keeps := st.detectors[i].(detect.Keeper)
	if to, ok := fresh.(detect.Keeper); ok && keeps {
		if err := detect.Restore(detect.Kept(old), to); err != nil {
			return fmt.Errorf("rule %s keeps its old setting: %w", st.rules[i].Name, err)
		}
	}
	st.detectors[i] = fresh
	purseOf(st.asset).replace(st.rules[i].Name, fresh)
	return nil
}
