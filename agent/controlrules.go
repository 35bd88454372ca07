package agent

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"edgelabel/agent/control"
	"edgelabel/agent/label"
	"edgelabel/agent/learn/retune"
	"edgelabel/agent/pipeline"
	"edgelabel/ui"
)

var _ control.Rules = (*centreRules)(nil)

// centreRules lets the centre do with rules what people do on the page, through the same books.
type centreRules struct {
	rules *rulebook
	desk  *retune.Desk
	book  *retune.Book
	stats func() pipeline.Stats
}

func (c *centreRules) Before(ctx context.Context, settings []control.Setting) ([]control.Setting, error) {
	was := make([]control.Setting, len(settings))
	for i, s := range settings {
		if !c.rules.knows(s.Rule) {
			return nil, fmt.Errorf("rule %s: %w", s.Rule, label.ErrNotFound)
		}
		if err := c.check(ctx, s); err != nil {
			return nil, err
		}
		was[i] = c.before(s)
	}
	return was, nil
}

func (c *centreRules) check(ctx context.Context, s control.Setting) error {
	if len(s.Values) == 0 {
		return nil
	}
	return c.desk.Check(ctx, s.Rule, s.Values)
}

func (c *centreRules) before(s control.Setting) control.Setting {
	was := control.Setting{Rule: s.Rule, Values: retune.Values{}}
	for field := range s.Values {
		held, _ := c.book.Held(s.Rule, field)
		was.Values[field] = held.Value
	}
	if s.Service != "" {
		now := c.rules.service(s.Rule)
		was.Service, was.Until = now.State, now.Until
	}
	return was
}

func (c *centreRules) Set(ctx context.Context, by, reason string, settings []control.Setting) error {
	person := label.Person{ID: by}
	for _, s := range settings {
		if len(s.Values) > 0 {
			if err := c.desk.Set(ctx, person, s.Rule, s.Values, reason); err != nil {
				return err
			}
		}
		if s.Service == "" || c.rules.service(s.Rule).State == s.Service {
			continue
		}
		to := ui.Service{State: s.Service, Until: s.Until, Reason: reason, At: c.rules.now()}
		if err := c.rules.Serve(ctx, person, s.Rule, to); err != nil {
			return err
		}
	}
	return nil
}

// Restore passes over what the sender did not change last, and rules that the configuration no longer has.
func (c *centreRules) Restore(ctx context.Context, by, reason string, settings []control.Setting) error {
	var errs []error
	for _, s := range settings {
		s.Values = maps.Clone(s.Values)
		maps.DeleteFunc(s.Values, func(field string, _ *float64) bool {
			held, _ := c.book.Held(s.Rule, field)
			return held.By != by
		})
		if c.rules.service(s.Rule).By != by {
			s.Service = ""
		}
		if err := c.Set(ctx, by, reason, []control.Setting{s}); err != nil && !errors.Is(err, label.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (c *centreRules) Pulse(rules []string) (p control.Pulse) {
	watched := map[string]bool{}
	for _, rule := range rules {
		watched[rule] = true
	}
	for _, r := range c.rules.states() {
		if watched[r.Name] {
			p.Candidates += r.Candidates
		}
	}
	for _, n := range c.stats().Failures {
		p.Errors += n
	}
	return p
}
