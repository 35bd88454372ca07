package centre

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"edgelabel/agent/control"
	"edgelabel/agent/label"
	"edgelabel/agent/learn/retune"
	"edgelabel/ui"
)

// Settings changes rules that a gateway has through the books in which people's own changes stand.
type Settings struct {
	Rules Rules
	Desk  *retune.Desk
	Book  *retune.Book
	Now   func() int64 // UTC ns
}

func (s *Settings) before(ctx context.Context, settings []control.Setting) ([]control.Setting, error) {
	was := make([]control.Setting, len(settings))
	for i, one := range settings {
		r, ok := find(s.Rules, one.Rule)
		if !ok {
			return nil, fmt.Errorf("rule %s: %w", one.Rule, label.ErrNotFound)
		}
		if len(one.Values) > 0 {
			if err := s.Desk.Check(ctx, one.Rule, one.Values); err != nil {
				return nil, err
			}
		}
		was[i] = s.held(one, r.Service)
	}
	return was, nil
}

// held is what takes a setting back.
func (s *Settings) held(one control.Setting, now ui.Service) control.Setting {
	was := control.Setting{Rule: one.Rule, Values: retune.Values{}}
	for field := range one.Values {
		held, _ := s.Book.Held(one.Rule, field)
		was.Values[field] = held.Value
	}
	if one.Service != "" {
		was.Service, was.Until = now.State, now.Until
	}
	return was
}

func (s *Settings) set(ctx context.Context, by, reason string, settings []control.Setting) error {
	person := label.Person{ID: by}
	for _, one := range settings {
		if len(one.Values) > 0 {
			if err := s.Desk.Set(ctx, person, one.Rule, one.Values, reason); err != nil {
				return err
			}
		}
		if r, _ := find(s.Rules, one.Rule); one.Service == "" || r.Service.State == one.Service {
			continue
		}
		to := ui.Service{State: one.Service, Until: one.Until, Reason: reason, At: s.Now()}
		if err := s.Rules.Serve(ctx, person, one.Rule, to); err != nil {
			return err
		}
	}
	return nil
}

// restore passes over what the sender did not change last, and rules that are no longer there.
func (s *Settings) restore(ctx context.Context, by, reason string, settings []control.Setting) error {
	var errs []error
	for _, one := range settings {
		one.Values = maps.Clone(one.Values)
		maps.DeleteFunc(one.Values, func(field string, _ *float64) bool {
			held, _ := s.Book.Held(one.Rule, field)
			return held.By != by
		})
		if r, _ := find(s.Rules, one.Rule); r.Service.By != by {
			one.Service = ""
		}
		if err := s.set(ctx, by, reason, []control.Setting{one}); err != nil && !errors.Is(err, label.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
