package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// Works is what a gateway works by, rules and models, as this package changes and watches it. It never looks at a taxonomy.
type Works interface {
	// Stage brings the files of a model to the disk, whole and as their hashes say. Twice is harmless. The error wraps label.ErrInvalid
	// where a file is not what was signed, or the model cannot be used here.
	Stage(ctx context.Context, m Model, open func(context.Context, File) (io.ReadCloser, error)) error

	// Before checks a change and returns the one that takes it back. The error wraps label.ErrNotFound or label.ErrInvalid, and nothing
	// has changed.
	Before(ctx context.Context, c Change) (Change, error)

	// Set lets a change hold, durably and at once. Twice is harmless.
	Set(ctx context.Context, by, reason string, c Change) error

	// Restore is Set for what Before returned. What somebody else has changed since stays as it is.
	Restore(ctx context.Context, by, reason string, was Change) error

	// Pulse counts what the change is about since the start of the program.
	Pulse(c Change) Pulse
}

// Pulse is how things go that are on trial.
type Pulse struct {
	Candidates uint64 `json:"candidates"` // of the rules and of the cameras with a model
	Errors     uint64 `json:"errors"`     // what the pipeline could not store, and pictures that could not be judged
	Refused    uint64 `json:"refused"`    // labels of people that did not fit the taxonomy
	Ended      uint64 `json:"ended"`      // how often the programs that run the models ended by themselves
}

// Setting changes one rule that a gateway has.
type Setting struct {
	Rule    string              `json:"rule"`
	Values  map[string]*float64 `json:"values,omitempty"`  // by field, as GET rules/{rule}/replay names them; null: as the gateway's configuration has it
	Service string              `json:"service,omitempty"` // in_service or out_of_service; empty: as it is
	Until   int64               `json:"until,omitempty"`   // UTC ns, of a rule that was shelved when its setting was written down; never in a bundle
}

// Trial says what must not happen while a change is on trial. What is zero is the default.
type Trial struct {
	Seconds    float64 `json:"seconds,omitempty"`
	Candidates uint64  `json:"candidates,omitempty"` // as in a Pulse, and so are the others
	Errors     uint64  `json:"errors,omitempty"`
	Refused    uint64  `json:"refused,omitempty"`
	Ended      uint64  `json:"ended,omitempty"`
}

// What a Trial takes where it is silent, and bounds that nobody sets.
const (
	DefaultTrial      = time.Hour
	DefaultCandidates = 100
	DefaultErrors     = 100
	DefaultRefused    = 10
	DefaultEnded      = 3

	longestTrial = 7 * 24 * time.Hour
	mostSettings = 1000
	mostStarts   = 3 // of the program during a trial: more, and it is the change that ends it
)

func (t *Trial) complete() Trial {
	var c Trial
	if t != nil {
		c = *t
	}
	c.Seconds = cmp.Or(c.Seconds, DefaultTrial.Seconds())
	c.Candidates, c.Errors, c.Refused = cmp.Or(c.Candidates, DefaultCandidates), cmp.Or(c.Errors, DefaultErrors), cmp.Or(c.Refused, DefaultRefused)
	c.Ended = cmp.Or(c.Ended, DefaultEnded)
	return c
}

func (t *Trial) check(of *Change) error {
	switch {
	case t == nil:
		return nil
	case of.empty():
		return errors.New("trial: there is nothing to try")
	case !(t.Seconds >= 0 && t.Seconds <= longestTrial.Seconds()):
		return fmt.Errorf("trial: %g seconds, at most %g", t.Seconds, longestTrial.Seconds())
	}
	return nil
}

func checkSettings(all []Setting) error {
	if len(all) > mostSettings {
		return fmt.Errorf("rules: %d, at most %d", len(all), mostSettings)
	}
	seen := map[string]bool{}
	for i, s := range all {
		if s.Rule == "" || seen[s.Rule] {
			return fmt.Errorf("rules[%d]: %q is empty or there twice", i, s.Rule)
		}
		seen[s.Rule] = true
		if s.Service != "" && s.Service != "in_service" && s.Service != "out_of_service" || s.Until != 0 {
			return fmt.Errorf("rules[%d].service: %q, want in_service or out_of_service", i, s.Service)
		}
		if s.Service == "" && len(s.Values) == 0 {
			return fmt.Errorf("rules[%d]: %s is not changed", i, s.Rule)
		}
		for field, v := range s.Values {
			if v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
				return fmt.Errorf("rules[%d].%s: want a finite number", i, field)
			}
		}
	}
	return nil
}
