package control

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"edgelabel/agent/label"
)

// What became of a change.
const (
	Running    = "running"
	Kept       = "kept"
	RolledBack = "rolled_back"
)

// onTrial is a change that holds and is watched:
//
//	Stage ─▶ Before, written down ─▶ Set ─▶ watched with every round ─┬─ until is over ─▶ kept
//	                                                                  └─ a bound is passed, or another bundle is about the same ─▶ Restore
type onTrial struct {
	Sender string `json:"sender"`
	Bundle uint64 `json:"bundle"` // its version
	Key    string `json:"key"`
	Until  int64  `json:"until"` // UTC ns
	Bounds Trial  `json:"bounds"`
	Change
	Was    Change `json:"held"`
	Starts int    `json:"starts"` // of the program since
	Past   Pulse  `json:"past"`   // what earlier runs of the program counted

	base Pulse // when this run began to count
}

// seen is what the trial has counted, over all runs of the program.
func (t *onTrial) seen(now Pulse) Pulse {
	return Pulse{
		t.Past.Candidates + now.Candidates - t.base.Candidates, t.Past.Errors + now.Errors - t.base.Errors,
		t.Past.Refused + now.Refused - t.base.Refused, t.Past.Ended + now.Ended - t.base.Ended,
	}
}

// try puts a change on trial. An error is about the gateway and may pass; a change that does not fit is in the outcome.
func (f *Follower) try(ctx context.Context, s *staged, o *Outcome) error {
	t := f.memory.trialOf(s.Key)
	if t == nil {
		var err error
		if t, err = f.begin(ctx, s); err != nil {
			return unfit(o, err)
		}
	}
	if o.Why = t.wrong(t.Past); o.Why != "" { // it is what ends the program while it is set
		o.Trial = RolledBack
		return f.rollBack(ctx, t, o.Why)
	}
	if err := f.set(ctx, s, o); err != nil {
		return err
	}
	o.Rules, o.New, o.Trial, o.Until = len(t.Rules), len(t.NewRules), Running, t.Until
	for _, m := range t.Models {
		o.Models = append(o.Models, m.Camera)
	}
	return nil
}

// unfit puts what is wrong with a change into the outcome and passes other errors on.
func unfit(o *Outcome, err error) error {
	if errors.Is(err, label.ErrNotFound) || errors.Is(err, label.ErrInvalid) {
		o.Why = err.Error()
		return nil
	}
	return err
}

// begin writes down what held before a change. Trials of the same things end first: what they would be rolled back to has proved itself.
func (f *Follower) begin(ctx context.Context, s *staged) (*onTrial, error) {
	change := s.Bundle.Change
	for _, m := range change.Models {
		if err := f.cfg.Works.Stage(ctx, m, f.file); err != nil {
			return nil, fmt.Errorf("model of camera %s: %w", m.Camera, err)
		}
	}
	for _, t := range slices.Clone(f.memory.Trials) {
		if !t.overlaps(&change) {
			continue
		}
		if err := f.rollBack(ctx, t, fmt.Sprintf("version %d of %s takes its place", s.Bundle.Version, s.Sender)); err != nil {
			return nil, err
		}
	}
	was, err := f.before(ctx, change)
	if err != nil {
		return nil, err
	}
	bounds := s.Bundle.Trial.complete()
	until := f.cfg.Now().Add(time.Duration(bounds.Seconds * float64(time.Second)))
	t := &onTrial{Sender: s.Sender, Bundle: s.Bundle.Version, Key: s.Key, Until: until.UnixNano(), Bounds: bounds, Change: change, Was: was,
		base: f.cfg.Works.Pulse(change)}
	f.memory.Trials = append(f.memory.Trials, t)
	if err := f.memory.save(); err != nil {
		f.memory.forget(t)
		return nil, fmt.Errorf("write down what held before %s: %w", s.Key, err)
	}
	return t, nil
}

func (f *Follower) before(ctx context.Context, c Change) (was Change, err error) {
	tax, err := f.beforeTaxonomy(ctx, c.Taxonomy)
	if err != nil {
		return was, err
	}
	was, err = f.cfg.Works.Before(ctx, c)
	was.Taxonomy = tax
	return was, err
}

func (f *Follower) set(ctx context.Context, s *staged, o *Outcome) (err error) {
	b := &s.Bundle
	if b.Taxonomy != nil || b.Task != nil {
		if o.Tax, err = putTaxonomy(ctx, f.cfg.Keeper, b.Taxonomy, b.Task, s.Sender); err != nil {
			return err
		}
	}
	return f.cfg.Works.Set(ctx, s.Sender, b.Comment, b.Change)
}

// watch ends trials that are over or that went wrong. It needs no line to the centre.
func (f *Follower) watch(ctx context.Context) error {
	for _, t := range slices.Clone(f.memory.Trials) {
		if f.memory.Staged != nil && f.memory.Staged.Key == t.Key {
			continue // it does not hold yet
		}
		if err := f.look(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (f *Follower) look(ctx context.Context, t *onTrial) error {
	now := f.cfg.Works.Pulse(t.Change)
	seen := t.seen(now)
	switch why := t.wrong(seen); {
	case why != "":
		return f.rollBack(ctx, t, why)
	case f.cfg.Now().UnixNano() >= t.Until:
		return f.end(t, Outcome{Trial: Kept})
	case seen != t.Past:
		t.Past, t.base = seen, now
		return f.memory.save()
	}
	return nil
}

// wrong says which bound was passed; nothing while none was.
func (t *onTrial) wrong(seen Pulse) string {
	switch {
	case t.Starts > mostStarts:
		return fmt.Sprintf("the program began anew %d times, at most %d", t.Starts, mostStarts)
	case seen.Candidates > t.Bounds.Candidates:
		return fmt.Sprintf("%d candidates, at most %d", seen.Candidates, t.Bounds.Candidates)
	case seen.Errors > t.Bounds.Errors:
		return fmt.Sprintf("%d errors, at most %d", seen.Errors, t.Bounds.Errors)
	case seen.Ended > t.Bounds.Ended:
		return fmt.Sprintf("the program that runs the model ended %d times, at most %d", seen.Ended, t.Bounds.Ended)
	case t.Taxonomy != nil && seen.Refused > t.Bounds.Refused:
		return fmt.Sprintf("%d labels did not fit, at most %d", seen.Refused, t.Bounds.Refused)
	}
	return ""
}

func (f *Follower) rollBack(ctx context.Context, t *onTrial, why string) error {
	err := f.cfg.Works.Restore(ctx, t.Sender, "rolled back: "+why, t.Was) // first: a model that goes needs its classes no more
	if err = errors.Join(err, f.restoreTaxonomy(ctx, t.Sender, t.Was.Taxonomy, t.Taxonomy)); err != nil {
		return fmt.Errorf("roll back %s: %w", t.Key, err)
	}
	f.edit(func(s *State) { s.RolledBack++ })
	f.cfg.Log.Error("a change from the centre is rolled back", "key", t.Key, "reason", why)
	return f.end(t, Outcome{Trial: RolledBack, Why: why})
}

// end writes down how a trial ended.
func (f *Follower) end(t *onTrial, o Outcome) error {
	o.Sender, o.Version, o.Key, o.At = t.Sender, t.Bundle, t.Key, f.cfg.Now().UnixNano()
	o.Rules, o.New = len(t.Rules), len(t.NewRules)
	for _, m := range t.Models {
		o.Models = append(o.Models, m.Camera)
	}
	f.memory.forget(t)
	f.untold = true
	f.memory.note(o)
	if err := f.memory.save(); err != nil {
		f.memory.Trials = append(f.memory.Trials, t)
		return fmt.Errorf("remember how %s ended: %w", t.Key, err)
	}
	f.cfg.Log.Info("trial is over", "key", t.Key, "outcome", o.Trial)
	return nil
}
