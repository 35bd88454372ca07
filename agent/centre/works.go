// Package centre lets the centre do on a gateway what people do there: tune rules, add rules, and say which pictures are good. Each part
// keeps what it was given on disk, with who said it and why.
package centre

import (
	"context"
	"errors"
	"io"

	"edgelabel/agent/control"
	"edgelabel/agent/label"
	"edgelabel/ui"
)

var _ control.Works = (*Works)(nil)

// Rules is a gateway's rules as the page has them: see ui.Rules.
type Rules interface {
	Rules() []ui.Rule
	Serve(ctx context.Context, by label.Person, rule string, s ui.Service) error
}

// find is a rule by its name.
func find(rules Rules, name string) (ui.Rule, bool) {
	for _, r := range rules.Rules() {
		if r.Name == name {
			return r, true
		}
	}
	return ui.Rule{}, false
}

// Works is all that the centre may change beside taxonomy and labels.
type Works struct {
	Settings   *Settings
	NewRules   *NewRules
	References *References
	Failures   func() uint64 // what the pipeline could not store, since the start
	Refused    func() uint64 // labels of people that were not taken, since the start
}

// Stage implements control.Works.
func (w *Works) Stage(ctx context.Context, m control.Model, open func(context.Context, control.File) (io.ReadCloser, error)) error {
	return w.References.stage(ctx, m, open)
}

// Before implements control.Works.
func (w *Works) Before(ctx context.Context, c control.Change) (was control.Change, err error) {
	if was.Rules, err = w.Settings.before(ctx, c.Rules); err != nil {
		return was, err
	}
	if was.NewRules, err = w.NewRules.before(c.NewRules); err != nil {
		return was, err
	}
	was.Models, err = w.References.before(c.Models)
	return was, err
}

// Set implements control.Works.
func (w *Works) Set(ctx context.Context, by, reason string, c control.Change) error {
	return errors.Join(w.Settings.set(ctx, by, reason, c.Rules), w.NewRules.set(ctx, by, reason, c.NewRules), w.References.set(ctx, by, reason, c.Models))
}

// Restore implements control.Works.
func (w *Works) Restore(ctx context.Context, by, reason string, was control.Change) error {
	return errors.Join(w.Settings.restore(ctx, by, reason, was.Rules), w.NewRules.restore(ctx, by, reason, was.NewRules),
		w.References.restore(ctx, by, reason, was.Models))
}

// Pulse implements control.Works.
func (w *Works) Pulse(c control.Change) control.Pulse {
	watched := map[string]bool{}
	for _, s := range c.Rules {
		watched[s.Rule] = true
	}
	for _, r := range c.NewRules {
		watched[nameOf(r)] = true
	}
	p := w.References.pulse(c.Models)
	for _, r := range w.Settings.Rules.Rules() {
		if watched[r.Name] {
			p.Candidates += r.Candidates
		}
	}
	p.Errors += w.Failures()
	p.Refused = w.Refused()
	return p
}
