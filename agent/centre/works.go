// Package centre lets the centre do on a gateway what people do there: tune rules, add rules, say which pictures are good, and
// bring models in files. Each part
// keeps what it was given on disk, with who said it and why.
package centre

import (
	"context"
	"errors"
	"fmt"
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
	References *Models
	ONNX       *Models
	Taxonomy   func(ctx context.Context) (label.Taxonomy, error) // of now
	Failures   func() uint64                                     // what the pipeline could not store, since the start
	Refused    func() uint64                                     // labels of people that were not taken, since the start
}

// models are those of each kind.
func (w *Works) models() []*Models { return []*Models{w.References, w.ONNX} }

// Stage implements control.Works.
func (w *Works) Stage(ctx context.Context, m control.Model, open func(context.Context, control.File) (io.ReadCloser, error)) error {
	for _, of := range w.models() {
		if of.kind == m.Kind {
			return of.stage(ctx, m, open)
		}
	}
	return fmt.Errorf("%w: kind %q", label.ErrInvalid, m.Kind)
}

// Before implements control.Works.
func (w *Works) Before(ctx context.Context, c control.Change) (was control.Change, err error) {
	if was.Rules, err = w.Settings.before(ctx, c.Rules); err != nil {
		return was, err
	}
	if was.NewRules, err = w.NewRules.before(c.NewRules); err != nil {
		return was, err
	}
	for _, of := range w.models() {
		models, err := of.before(c.Models)
		if err != nil {
			return was, err
		}
		was.Models = append(was.Models, models...)
	}
	return was, w.classes(ctx, c)
}

// classes looks whether the taxonomy has the classes that models want: no label could hold others.
func (w *Works) classes(ctx context.Context, c control.Change) error {
	for _, m := range c.Models {
		if m.Settings == nil || len(m.Settings.Classes) == 0 {
			continue
		}
		tax, err := w.next(ctx, c)
		if err != nil {
			return fmt.Errorf("taxonomy: %w", err)
		}
		for _, of := range m.Settings.Classes {
			if _, known := tax.Class(of.Class); !known {
				return fmt.Errorf("%w: model of camera %s: class %q is not in the taxonomy", label.ErrInvalid, m.Camera, of.Class)
			}
		}
	}
	return nil
}

// next is the taxonomy that holds with a change.
func (w *Works) next(ctx context.Context, c control.Change) (label.Taxonomy, error) {
	if c.Taxonomy != nil {
		return *c.Taxonomy, nil
	}
	return w.Taxonomy(ctx)
}

// Set implements control.Works.
func (w *Works) Set(ctx context.Context, by, reason string, c control.Change) error {
	err := errors.Join(w.Settings.set(ctx, by, reason, c.Rules), w.NewRules.set(ctx, by, reason, c.NewRules))
	for _, of := range w.models() {
		err = errors.Join(err, of.set(ctx, by, reason, c.Models))
	}
	return err
}

// Restore implements control.Works.
func (w *Works) Restore(ctx context.Context, by, reason string, was control.Change) error {
	err := errors.Join(w.Settings.restore(ctx, by, reason, was.Rules), w.NewRules.restore(ctx, by, reason, was.NewRules))
	for _, of := range w.models() {
		err = errors.Join(err, of.restore(ctx, by, reason, was.Models))
	}
	return err
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
	var p control.Pulse
	for _, of := range w.models() {
		of.add(&p, c.Models)
	}
	for _, r := range w.Settings.Rules.Rules() {
		if watched[r.Name] {
			p.Candidates += r.Candidates
		}
	}
	p.Errors += w.Failures()
	p.Refused = w.Refused()
	return p
}
