package agent

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"edgelabel/agent/centre"
	"edgelabel/agent/config"
	"edgelabel/agent/control"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/vision/beside"
	"edgelabel/store"
	"edgelabel/ui"
)

var (
	_ control.Keeper = (*store.Store)(nil)
	_ centre.Line    = (*pipeline.Pipeline)(nil)
	_ centre.Judge   = (*beside.Inspector)(nil)
	_ centre.Judge   = modelFiles(nil)
)

// openCentre reads what the centre gave before: it holds also where nobody's word is taken any more.
func (a *Agent) openCentre(all []pipeline.Tag) (err error) {
	if a.centre.NewRules, err = centre.OpenNewRules(a.cfg.Data.Dir, a.cfg.Tags); err != nil {
		return err
	}
	if a.centre.References, err = centre.OpenModels(a.cfg.Data.Dir, control.References); err != nil {
		return err
	}
	if a.centre.ONNX, err = centre.OpenModels(a.cfg.Data.Dir, control.ONNX); err != nil {
		return err
	}
	a.centre.NewRules.Extend(all, a.opt.Log)
	return nil
}

// completeCentre gives what the centre may change the parts that are made later.
func (a *Agent) completeCentre() {
	now, c := func() int64 { return a.opt.Now().UnixNano() }, &a.centre
	c.Settings = &centre.Settings{Rules: a.rules, Desk: a.learning.desk, Book: a.learning.book, Now: now}
	c.NewRules.Rules, c.NewRules.Line, c.NewRules.Now = a.rules, a.pipeline, now
	c.References.Judge, c.References.Try, c.References.Now = a.inspect, a.tryPictures, now
	c.ONNX.Judge, c.ONNX.Try, c.ONNX.Now, c.ONNX.Ended = a.files, a.tryModel, now, a.files.ended
	c.Taxonomy = a.store.Taxonomy
	c.Refused = a.refused.Load
	c.Failures = func() (sum uint64) {
		for _, n := range a.pipeline.Stats().Failures {
			sum += n
		}
		return sum
	}
}

func (a *Agent) closeCentre() error {
	var errs []error
	if a.centre.NewRules != nil {
		errs = append(errs, a.centre.NewRules.Close())
	}
	for _, m := range []*centre.Models{a.centre.References, a.centre.ONNX} {
		if m != nil {
			errs = append(errs, m.Close())
		}
	}
	return errors.Join(errs...)
}

// proposes reports whether a camera names a class: in its configuration, or in what the centre sent in its place.
func (a *Agent) proposes(class string) bool {
	return slices.ContainsFunc(a.cfg.Cameras, func(c config.Camera) bool {
		of := func(t config.TypeClass) bool { return t.Class == class }
		return c.Inspect != nil && (c.Inspect.Class == class || slices.ContainsFunc(c.Inspect.Types, of)) ||
			c.Model != nil && (slices.ContainsFunc(c.Model.Classes, of) || slices.ContainsFunc(a.modelOf(c.Name, c.Model).Classes, of))
	})
}

// newControl makes what fetches word from the centre; nothing where nobody's is taken. It comes over the same line as everything else.
func (a *Agent) newControl() error {
	c := a.cfg.Sync.Control
	if c == nil {
		return nil
	}
	a.completeCentre()
	of, ok := a.cfg.Sync.Named(c.Target)
	if !ok {
		return fmt.Errorf("control: no target %q", c.Target)
	}
	target, err := OpenTarget(of)
	if err != nil {
		return err
	}
	senders, err := c.Trusted()
	if err != nil {
		return err
	}
	a.control, err = control.New(control.Config{
		Gateway: a.cfg.Gateway.ID, Dir: a.cfg.Data.Dir, Senders: senders, Target: a.line.Target(target), Keeper: a.store,
		Works: &a.centre, Proposes: a.proposes, Poll: time.Duration(c.Poll), Now: a.opt.Now, Log: a.opt.Log,
	})
	return err
}

// controlStatus is what the status page says about word from the centre.
func controlStatus(s control.State) ui.Target {
	state := "idle"
	if s.Error != "" {
		state = "waiting"
	}
	return ui.Target{Name: "control", Kind: "control", State: state, Error: s.Error, LastSync: s.Last, Trial: s.Trial, RolledBack: s.RolledBack}
}

func (a *Agent) controlMetrics(w io.Writer) {
	if a.control == nil {
		return
	}
	m, s := exposition{w}, a.control.State()
	m.counter("control_bundles_total", labels("outcome", "applied"), s.Applied)
	m.counter("control_bundles_total", labels("outcome", "refused"), s.Refused)
	m.counter("control_labels_total", "", s.Labels)
	m.counter("control_rolled_back_total", "", s.RolledBack)
	m.gauge("control_trial_ends_seconds", "", float64(s.Trial)/1e9)
	m.gauge("control_last_seconds", "", float64(s.Last)/1e9)
}
