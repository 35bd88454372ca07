package control_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/control"
	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
)

// works is a gateway's rule with one limit, and what a camera is compared with.
type works struct {
	h      float64 // 0: as configured
	good   string  // names of the pictures; empty: as configured
	staged map[string]string
	by     string
	said   []string // reasons, the newest last
	pulse  control.Pulse
	fails  error
}

const force = "press1.force.limit"

func value(v float64) *float64 { return &v }

var raised = []control.Setting{{Rule: force, Values: map[string]*float64{"h": value(500)}}}

func (w *works) Stage(ctx context.Context, m control.Model, open func(context.Context, control.File) (io.ReadCloser, error)) error {
	for _, f := range m.Files {
		r, err := open(ctx, f)
		if err != nil {
			return err
		}
		b, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil {
			return err
		}
		w.staged[f.Name] = string(b)
	}
	return nil
}

func (w *works) Before(_ context.Context, c control.Change) (was control.Change, err error) {
	for _, s := range c.Rules {
		if s.Rule != force {
			return was, fmt.Errorf("rule %s: %w", s.Rule, label.ErrNotFound)
		}
		was.Rules = []control.Setting{{Rule: force, Values: map[string]*float64{"h": value(w.h)}}}
	}
	for _, m := range c.Models {
		before := control.Model{Camera: m.Camera, Kind: m.Kind}
		if w.good != "" {
			before.Files = []control.File{{Name: w.good}}
		}
		was.Models = append(was.Models, before)
	}
	return was, nil
}

func (w *works) Set(_ context.Context, by, reason string, c control.Change) error {
	if w.fails != nil {
		return w.fails
	}
	for _, s := range c.Rules {
		w.h = *s.Values["h"]
	}
	for _, m := range c.Models {
		w.good = ""
		for _, f := range m.Files {
			w.good += f.Name
		}
	}
	w.by, w.said = by, append(w.said, reason)
	return nil
}

func (w *works) Restore(ctx context.Context, by, reason string, was control.Change) error {
	return w.Set(ctx, by, reason, was)
}

func (w *works) Pulse(control.Change) control.Pulse { return w.pulse }

// holds checks what is in force and what the centre was told about a version.
func (s *site) holds(h float64, version, trial, why string) {
	s.t.Helper()
	o := s.report(version)
	if s.rules.h != h || o.Trial != trial || !strings.Contains(o.Why, why) {
		s.t.Errorf("h is %g, want %g; %+v, want %s because of %q", s.rules.h, h, o, trial, why)
	}
}

func TestRulesAreTriedAndKept(t *testing.T) {
	s := newSite(t)
	s.rules.pulse = control.Pulse{Candidates: 1000, Errors: 1000} // of before do not count
	s.send("centre", key('a'), control.Bundle{Version: 1, Change: control.Change{Rules: raised}, Comment: "spring"})
	s.rounds()
	s.holds(500, "00001", control.Running, "")
	if s.rules.by != "centre" || s.rules.said[0] != "spring" {
		t.Errorf("%+v", s.rules)
	}
	if until := s.follow.State().Trial; until < time.Now().Add(59*time.Minute).UnixNano() {
		t.Errorf("the trial ends at %d", until)
	}
	s.rules.pulse.Candidates += control.DefaultCandidates
	s.later = 2 * time.Hour
	s.rounds()
	s.holds(500, "00001", control.Kept, "")
	if s.follow.State().Trial != 0 || s.follow.State().RolledBack != 0 {
		t.Errorf("%+v", s.follow.State())
	}
}

func TestRulesThatCryWolfAreRolledBack(t *testing.T) {
	for name, c := range map[string]struct {
		pulse control.Pulse
		why   string
	}{
		"candidates": {control.Pulse{Candidates: 21}, "21 candidates, at most 20"},
		"errors":     {control.Pulse{Errors: 101}, "101 errors, at most 100"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.rules.h = 480
			s.send("centre", key('a'), control.Bundle{Version: 1, Change: control.Change{Rules: raised}, Trial: &control.Trial{Candidates: 20}})
			s.rounds()
			s.rules.pulse = c.pulse
			s.bucket.Set(uplink.ControlReport("gw-1"), []byte("{}")) // the report is written again
			s.rounds()
			s.holds(480, "00001", control.RolledBack, c.why)
			if got := s.follow.State(); got.RolledBack != 1 || !strings.Contains(s.rules.said[1], c.why) {
				t.Errorf("%+v, %q", got, s.rules.said)
			}
		})
	}
}

// What was counted outlives the program, and a program that does not live long is what ends a trial as well.
func TestTrialOutlivesRestarts(t *testing.T) {
	s := newSite(t)
	s.rules.h = 480
	s.send("centre", key('a'), control.Bundle{Version: 1, Change: control.Change{Rules: raised}, Trial: &control.Trial{Candidates: 20}})
	s.rounds()
	s.rules.pulse.Candidates = 15
	s.rounds()
	s.rules.pulse.Candidates = 0
	s.restart()
	s.rounds()
	s.holds(500, "00001", control.Running, "")
	s.rules.pulse.Candidates = 6
	s.rounds()
	s.holds(480, "00001", control.RolledBack, "21 candidates")

	s.send("centre", key('a'), control.Bundle{Version: 2, Change: control.Change{Rules: raised}})
	s.rounds()
	for range 3 {
		s.restart()
	}
	s.rounds()
	s.holds(500, "00002", control.Running, "")
	s.restart()
	s.rounds()
	s.holds(480, "00002", control.RolledBack, "began anew 4 times")
}

func TestNewRulesEndATrial(t *testing.T) {
	s := newSite(t)
	s.rules.h = 480
	s.send("centre", key('a'), control.Bundle{Version: 1, Change: control.Change{Rules: raised}})
	s.rounds()
	higher := []control.Setting{{Rule: force, Values: map[string]*float64{"h": value(510)}}}
	s.send("centre", key('a'), control.Bundle{Version: 2, Change: control.Change{Rules: higher}})
	s.rounds()
	s.holds(510, "00001", control.RolledBack, "version 2 of centre takes its place")
	s.holds(510, "00002", control.Running, "")
	s.rules.pulse.Candidates = 101
	s.rounds()
	s.holds(480, "00002", control.RolledBack, "101 candidates") // not to what was never kept
}

// A change is taken whole or not at all.
func TestChangeThatDoesNotFit(t *testing.T) {
	s := newSite(t)
	change := classed(classes)
	change.Rules = []control.Setting{{Rule: "press9", Service: "out_of_service"}}
	s.send("centre", key('a'), control.Bundle{Version: 1, Change: change})
	s.rounds()
	s.holds(0, "00001", "", "rule press9")
	if tax, err := s.store.Taxonomy(t.Context()); err != nil || len(tax.Classes) != 1 {
		t.Errorf("the rest of the bundle: %+v, %v", tax, err)
	}
}

// A power cut between writing down what held before and setting the rules leaves that as it was written.
func TestInterruptedTrialGoesOn(t *testing.T) {
	s := newSite(t)
	s.rules.h, s.rules.fails = 480, fmt.Errorf("power cut")
	s.send("centre", key('a'), control.Bundle{Version: 1, Change: control.Change{Rules: raised}})
	s.rounds()
	s.rules.h, s.rules.fails = 500, nil
	s.restart()
	s.rounds()
	s.holds(500, "00001", control.Running, "")
	s.rules.pulse.Candidates = 101
	s.rounds()
	s.holds(480, "00001", control.RolledBack, "101 candidates")
}
