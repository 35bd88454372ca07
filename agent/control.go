package agent

import (
	"fmt"
	"io"
	"time"

	"edgelabel/agent/control"
	"edgelabel/store"
	"edgelabel/ui"
)

var _ control.Keeper = (*store.Store)(nil)

// newControl makes what fetches word from the centre; nothing where nobody's is taken. It comes over the same line as everything else.
func (a *Agent) newControl() error {
	c := a.cfg.Sync.Control
	if c == nil {
		return nil
	}
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
		Rules: &centreRules{a.rules, a.learning.desk, a.learning.book, a.pipeline.Stats},
		Poll:  time.Duration(c.Poll), Now: a.opt.Now, Log: a.opt.Log,
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
