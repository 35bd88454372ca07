package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// Rules is the gateway's rules as this package changes and watches them.
type Rules interface {
	// Before checks settings together and returns those that take them back. The error wraps label.ErrNotFound or label.ErrInvalid, and
	// nothing has changed.
	Before(ctx context.Context, settings []Setting) ([]Setting, error)

	// Set lets settings hold, durably and at once. Twice is harmless.
	Set(ctx context.Context, by, reason string, settings []Setting) error

	// Restore is Set for what Before returned. What somebody else has changed since stays as it is.
	Restore(ctx context.Context, by, reason string, settings []Setting) error

	// Pulse counts since the start of the program.
	Pulse(rules []string) Pulse
}

// Pulse is how rules and what carries them are doing.
type Pulse struct {
	Candidates uint64 `json:"candidates"` // of the rules
	Errors     uint64 `json:"errors"`     // of the pipeline: what could not be stored
}

// Setting changes one rule that a gateway has.
type Setting struct {
	Rule    string              `json:"rule"`
	Values  map[string]*float64 `json:"values,omitempty"`  // by field, as GET rules/{rule}/replay names them; null: as the gateway's configuration has it
	Service string              `json:"service,omitempty"` // in_service or out_of_service; empty: as it is
	Until   int64               `json:"until,omitempty"`   // UTC ns, of a rule that was shelved when its setting was written down; never in a bundle
}

// Trial says what settings must not do while they are on trial. What is zero is the default.
type Trial struct {
	Seconds    float64 `json:"seconds,omitempty"`
	Candidates uint64  `json:"candidates,omitempty"` // of all rules of the bundle together
	Errors     uint64  `json:"errors,omitempty"`
}

// What a Trial takes where it is silent, and bounds that nobody sets.
const (
	DefaultTrial      = time.Hour
	DefaultCandidates = 100
	DefaultErrors     = 100

	longestTrial = 7 * 24 * time.Hour
	mostSettings = 1000
	mostStarts   = 3 // of the program during a trial: more, and it is the settings that end it
)

func (t *Trial) complete() Trial {
	var c Trial
	if t != nil {
		c = *t
	}
	c.Seconds = cmp.Or(c.Seconds, DefaultTrial.Seconds())
	c.Candidates, c.Errors = cmp.Or(c.Candidates, DefaultCandidates), cmp.Or(c.Errors, DefaultErrors)
	return c
}

func (t *Trial) check(settings int) error {
	switch {
	case t == nil:
		return nil
	case settings == 0:
		return errors.New("trial: there are no rules to try")
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

func names(all []Setting) []string {
	list := make([]string, len(all))
	for i, s := range all {
		list[i] = s.Rule
	}
	return list
}
