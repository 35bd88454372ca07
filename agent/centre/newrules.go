package centre

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"edgelabel/agent/config"
	"edgelabel/agent/control"
	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/plan"
)

// Line is the pipeline as far as rules come and go: see pipeline.Pipeline.
type Line interface {
	Add(ctx context.Context, tag string, r detect.Rule) error
	Drop(ctx context.Context, rule string) error
}

// NewRules is the rules that the centre added to those of the configuration. Rules, Line and Now are needed once anything is changed.
type NewRules struct {
	Rules Rules
	Line  Line
	Now   func() int64 // UTC ns

	tags []config.Tag
	book *book[control.NewRule]
}

// OpenNewRules reads what the centre added before.
func OpenNewRules(dir string, tags []config.Tag) (*NewRules, error) {
	b, err := openBook[control.NewRule](dir, "added.jsonl")
	if err != nil {
		return nil, err
	}
	return &NewRules{tags: tags, book: b}, nil
}

// Close closes the book. Twice is harmless.
func (n *NewRules) Close() error { return n.book.close() }

func nameOf(r control.NewRule) string { return r.Tag + "." + r.Name }

// Extend gives tags the rules that were added. One that the configuration has no room for any more is left out, and said.
func (n *NewRules) Extend(all []pipeline.Tag, log *slog.Logger) {
	for _, name := range n.book.subjects() {
		added := n.sent(name)
		if len(added.Rule) == 0 {
			continue
		}
		r, err := n.parse(added)
		if err == nil {
			err = extend(all, added.Tag, r)
		}
		if err != nil {
			log.Warn("rule of the centre is left out", "rule", name, "error", err)
		}
	}
}

func extend(all []pipeline.Tag, tag string, r detect.Rule) error {
	i := slices.IndexFunc(all, func(t pipeline.Tag) bool { return t.ID == tag })
	if i < 0 {
		return fmt.Errorf("tag %s: %w", tag, label.ErrNotFound)
	}
	t := &all[i]
	if t.Rules == nil {
		t.Rules = detect.Defaults(t.Tag)
	}
	if slices.ContainsFunc(t.Rules, func(o detect.Rule) bool { return o.Complete(t.Tag).Name == r.Name }) {
		return fmt.Errorf("%w: the configuration has a rule of that name", label.ErrInvalid)
	}
	t.Rules = append(slices.Clone(t.Rules), r)
	return nil
}

// sent is what the centre sent last under a name; without a rule where there is none, or where it was taken back.
func (n *NewRules) sent(name string) control.NewRule {
	newest, _ := n.book.held(name)
	return newest.What
}

func (n *NewRules) parse(r control.NewRule) (detect.Rule, error) {
	rule, err := plan.Rule(n.tags, r.Tag, r.Name, r.Rule)
	if err != nil {
		return rule, fmt.Errorf("%w: rule %s: %w", label.ErrInvalid, nameOf(r), err)
	}
	return rule, nil
}

func (n *NewRules) before(all []control.NewRule) (was []control.NewRule, err error) {
	for _, r := range all {
		name := nameOf(r)
		held := n.sent(name)
		_, there := find(n.Rules, name)
		switch {
		case there && len(held.Rule) == 0:
			return nil, fmt.Errorf("%w: rule %s is the configuration's own: its settings can be sent", label.ErrInvalid, name)
		case len(r.Rule) == 0 && len(held.Rule) == 0:
			return nil, fmt.Errorf("rule %s: %w", name, label.ErrNotFound)
		case len(r.Rule) > 0:
			if _, err := n.parse(r); err != nil {
				return nil, err
			}
		}
		was = append(was, control.NewRule{Tag: r.Tag, Name: r.Name, Rule: held.Rule})
	}
	return was, nil
}

func (n *NewRules) set(ctx context.Context, by, reason string, all []control.NewRule) error {
	for _, r := range all {
		if err := n.book.put(entry[control.NewRule]{nameOf(r), r, by, reason, n.Now()}); err != nil {
			return err
		}
		if err := n.hold(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// hold puts a rule in the place of the one that was sent before under its name.
func (n *NewRules) hold(ctx context.Context, r control.NewRule) error {
	if err := n.Line.Drop(ctx, nameOf(r)); err != nil && !errors.Is(err, label.ErrNotFound) {
		return err
	}
	if len(r.Rule) == 0 {
		return nil
	}
	rule, err := n.parse(r)
	if err != nil {
		return err
	}
	return n.Line.Add(ctx, r.Tag, rule)
}

// restore passes over what another sender changed since, and what the configuration has no room for any more.
func (n *NewRules) restore(ctx context.Context, by, reason string, was []control.NewRule) error {
	var errs []error
	for _, r := range was {
		if held, _ := n.book.held(nameOf(r)); held.By != by {
			continue
		}
		err := n.set(ctx, by, reason, []control.NewRule{r})
		if err != nil && !errors.Is(err, label.ErrInvalid) && !errors.Is(err, label.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
