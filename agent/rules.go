package agent

import (
	"context"
	"path/filepath"
	"slices"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/shelf"
	"edgelabel/ui"
)

var _ ui.Rules = (*rulebook)(nil)

// rulebook is the rules as the page sees them: how they are doing, and who shelved them.
type rulebook struct {
	book   *shelf.Book
	out    map[string]bool // out of service by the configuration
	states func() []pipeline.RuleState
	spent  func() []pipeline.BudgetState
	now    func() int64
}

func openRules(dir string, tags []pipeline.Tag, now func() int64) (*rulebook, error) {
	book, err := shelf.Open(filepath.Join(dir, "rules", "shelf.jsonl"), 0)
	if err != nil {
		return nil, err
	}
	b := &rulebook{book: book, out: map[string]bool{}, now: now}
	for _, t := range tags {
		for _, r := range t.Rules {
			if r.OutOfService {
				b.out[r.Complete(t.Tag).Name] = true
			}
		}
	}
	return b, nil
}

// hides is whether a rule makes no items at an event time.
func (b *rulebook) hides(rule string, at int64) bool { return b.book.Hides(rule, at, b.out[rule]) }

// Rules implements ui.Rules.
func (b *rulebook) Rules() []ui.Rule {
	states := b.states()
	all := make([]ui.Rule, 0, len(states))
	for _, s := range states {
		r := ui.Rule{
			Name: s.Name, Tag: s.Tag, Asset: s.Asset, Kind: string(s.Kind), Severity: s.Severity, When: s.When,
			Candidates: s.Candidates, Open: s.Open, Last: s.Last, Blocked: s.Blocked, Service: b.service(s.Name),
			LastDay: s.LastDay, Chattering: s.Chattering, Factor: s.Factor,
		}
		if f := s.FalseSignals; f != nil && f.Learnt {
			r.FalseSignals = falseSignals(f)
		}
		all = append(all, r)
	}
	return all
}

// Budgets implements ui.Rules.
func (b *rulebook) Budgets() []ui.Budget {
	var all []ui.Budget
	for _, s := range b.spent() {
		one := ui.Budget{
			Asset: s.Asset, Candidates: s.Candidates, Per: s.Per.Seconds(), Observed: s.Observed, Over: s.Over.Seconds(), Rules: s.Rules, Fitted: s.Fitted,
		}
		if s.Known {
			one.Promised = &s.Promised
		}
		all = append(all, one)
	}
	return all
}

func falseSignals(f *detect.FalseSignals) *ui.FalseSignals {
	return &ui.FalseSignals{
		PerPoint: f.Expected, Every: f.Every, Autocorrelation: f.Autocorrelation, Thin: f.Thin, Points: f.Points, Signals: f.Signals,
	}
}

func (b *rulebook) service(rule string) ui.Service {
	s := ui.Service{State: ui.InService}
	if b.out[rule] {
		s.State = ui.OutOfService
	}
	e, ok := b.book.Newest(rule)
	if !ok || s.State == ui.OutOfService && e.Action != shelf.InService && e.Action != shelf.OutOfService {
		return s
	}
	s = ui.Service{State: ui.InService, Reason: e.Reason, By: e.By, At: e.At}
	switch {
	case e.Action == shelf.OutOfService:
		s.State = ui.OutOfService
	case e.Action == shelf.Shelve && b.now() < e.Until:
		s.State, s.Until = ui.Shelved, e.Until
	}
	return s
}

func (b *rulebook) knows(rule string) bool {
	return slices.ContainsFunc(b.states(), func(r pipeline.RuleState) bool { return r.Name == rule })
}

// Serve implements ui.Rules.
func (b *rulebook) Serve(_ context.Context, by label.Person, rule string, s ui.Service) error {
	if !b.knows(rule) {
		return label.ErrNotFound
	}
	e := shelf.Entry{At: s.At, Rule: rule, Action: shelf.InService, Until: s.Until, Reason: s.Reason, By: by.ID}
	switch s.State {
	case ui.OutOfService:
		e.Action = shelf.OutOfService
	case ui.Shelved:
		e.Action = shelf.Shelve
	}
	return b.book.Put(e)
}
