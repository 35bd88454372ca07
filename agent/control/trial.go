package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	"edgelabel/agent/label"
)

// What became of settings.
const (
	Running    = "running"
	Kept       = "kept"
	RolledBack = "rolled_back"
)

// onTrial is settings that hold and are watched:
//
//	Before, written down ─▶ Set ─▶ watched with every round ─┬─ until is over ─▶ kept
//	                                                         └─ a bound is passed, or another bundle has rules ─▶ Restore
type onTrial struct {
	Sender string    `json:"sender"`
	Bundle uint64    `json:"bundle"` // its version
	Key    string    `json:"key"`
	Until  int64     `json:"until"` // UTC ns
	Bounds Trial     `json:"bounds"`
	Rules  []Setting `json:"rules"`
	Was    []Setting `json:"was"`
	Starts int       `json:"starts"` // of the program since
	Past   Pulse     `json:"past"`   // what earlier runs of the program counted

	base Pulse // when this run began to count
}

// seen is what the trial has counted, over all runs of the program.
func (t *onTrial) seen(now Pulse) Pulse {
	return Pulse{t.Past.Candidates + now.Candidates - t.base.Candidates, t.Past.Errors + now.Errors - t.base.Errors}
}

// try puts settings on trial. An error is about the gateway and may pass; settings that do not fit are in the outcome.
func (f *Follower) try(ctx context.Context, s *staged, o *Outcome) error {
	if t := f.memory.Trial; t != nil && t.Key != s.Key {
		if err := f.rollBack(ctx, fmt.Sprintf("version %d of %s takes its place", s.Bundle.Version, s.Sender)); err != nil {
			return err
		}
	}
	if f.memory.Trial == nil {
		was, err := f.cfg.Rules.Before(ctx, s.Bundle.Rules)
		if err != nil {
			return unfit(o, err)
		}
		bounds := s.Bundle.Trial.complete()
		until := f.cfg.Now().Add(time.Duration(bounds.Seconds * float64(time.Second)))
		f.memory.Trial = &onTrial{Sender: s.Sender, Bundle: s.Bundle.Version, Key: s.Key, Until: until.UnixNano(), Bounds: bounds,
			Rules: s.Bundle.Rules, Was: was, base: f.cfg.Rules.Pulse(names(s.Bundle.Rules))}
		if err := f.memory.save(); err != nil {
			f.memory.Trial = nil
			return fmt.Errorf("write down what held before %s: %w", s.Key, err)
		}
	}
	if err := f.cfg.Rules.Set(ctx, s.Sender, s.Bundle.Comment, s.Bundle.Rules); err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	o.Rules, o.Trial, o.Until = len(s.Bundle.Rules), Running, f.memory.Trial.Until
	return nil
}

// unfit puts what is wrong with settings into the outcome and passes other errors on.
func unfit(o *Outcome, err error) error {
	if errors.Is(err, label.ErrNotFound) || errors.Is(err, label.ErrInvalid) {
		o.Why = err.Error()
		return nil
	}
	return fmt.Errorf("rules: %w", err)
}

// watch ends a trial that is over or that went wrong. It needs no line to the centre.
func (f *Follower) watch(ctx context.Context) error {
	t := f.memory.Trial
	if t == nil {
		return nil
	}
	now := f.cfg.Rules.Pulse(names(t.Rules))
	seen := t.seen(now)
	switch why := t.wrong(seen); {
	case why != "":
		return f.rollBack(ctx, why)
	case f.cfg.Now().UnixNano() >= t.Until:
		return f.end(Outcome{Trial: Kept})
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
	}
	return ""
}

func (f *Follower) rollBack(ctx context.Context, why string) error {
	t := f.memory.Trial
	if err := f.cfg.Rules.Restore(ctx, t.Sender, "rolled back: "+why, t.Was); err != nil {
		return fmt.Errorf("roll back %s: %w", t.Key, err)
	}
	f.edit(func(s *State) { s.RolledBack++ })
	f.cfg.Log.Error("rules of the centre are rolled back", "key", t.Key, "reason", why)
	return f.end(Outcome{Trial: RolledBack, Why: why})
}

// end writes down how the trial ended.
func (f *Follower) end(o Outcome) error {
	t := f.memory.Trial
	o.Sender, o.Version, o.Key, o.At, o.Rules = t.Sender, t.Bundle, t.Key, f.cfg.Now().UnixNano(), len(t.Rules)
	f.memory.Trial, f.untold = nil, true
	f.memory.note(o)
	if err := f.memory.save(); err != nil {
		f.memory.Trial = t
		return fmt.Errorf("remember how %s ended: %w", t.Key, err)
	}
	f.cfg.Log.Info("trial of rules is over", "key", t.Key, "outcome", o.Trial)
	return nil
}
