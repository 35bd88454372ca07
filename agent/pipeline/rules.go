package pipeline

import (
	"slices"
	"time"

	"edgelabel/agent/detect"
)

// RuleState is how one rule is doing.
type RuleState struct {
	Name         string
	Tag, Asset   string // ids; Tag is empty where the signals of an asset are watched together
	Kind         detect.Kind
	Severity     int
	When         string // the formula while which it is judged; empty is always
	OutOfService bool   // by the configuration
	Candidates   uint64 // since the start, with those that made no item
	Open         bool
	Last         int64                // onset of the newest candidate, UTC ns; 0 before the first
	Blocked      string               // input that cannot be used, so that the rule is not judged; empty is none
	LastDay      uint64               // candidates of the last 24 hours: who brings most is a bad actor
	Chattering   bool                 // many short candidates within the last hour: wants a deadband or a delay
	Factor       float64              // what a budget multiplies the threshold with; 0 where none does
	FalseSignals *detect.FalseSignals // nil where nobody can say
}

// publishEvery is how often the states of the rules are brought up to date, by the gateway's clock.
const publishEvery = int64(time.Second)

// Rules lists how the rules were doing a moment ago, in the order of the configuration.
func (p *Pipeline) Rules() []RuleState {
	p.meter.mu.Lock()
	defer p.meter.mu.Unlock()
	return slices.Clone(p.meter.rules)
}

// tally notes what became of a rule's candidate.
func (p *Pipeline) tally(ev detect.Event) {
	t := p.tallies[ev.Candidate.Rule]
	switch {
	case t == nil:
		t = &tally{}
		p.tallies[ev.Candidate.Rule] = t
		fallthrough
	case !ev.Closed && !ev.Changed:
		t.note(ev.Candidate.From)
	case ev.Closed:
		t.open = max(t.open-1, 0)
	}
}

// publish copies the states for those who ask.
func (p *Pipeline) publish() {
	if p.clock-p.published < publishEvery && p.published != 0 {
		return
	}
	p.published = p.clock
	all, budgets := p.states(), p.budgets()
	p.meter.count(func(m *meter) { m.rules, m.budgets = all, budgets })
}

func (p *Pipeline) states() []RuleState {
	var all []RuleState
	for _, t := range p.cfg.Tags {
		st := p.streams[t.ID]
		if st == nil {
			continue
		}
		for i, r := range st.rules {
			if r.Kind != detect.Sample { // nobody's rule: it judges nothing
				all = append(all, p.state(st, r, st.detectors[i]))
			}
		}
		for _, w := range p.watches {
			if w.tag.ID == t.ID {
				s := p.state(st, w.rule, w.detector)
				s.Blocked = w.blocked
				all = append(all, s)
			}
		}
	}
	for _, a := range p.all {
		if a.board != nil {
			all = append(all, p.state(&stream{tag: Tag{}, asset: a}, a.board.rule, nil))
		}
	}
	return all
}

func (p *Pipeline) state(st *stream, r detect.Rule, d detect.Detector) RuleState {
	s := RuleState{Name: r.Name, Tag: st.tag.ID, Kind: r.Kind, Severity: r.Severity, When: r.When, OutOfService: r.OutOfService}
	if st.asset != nil {
		s.Asset, s.Factor = st.asset.cfg.ID, purseOf(st.asset).factor(r.Name)
	}
	if t := p.tallies[r.Name]; t != nil {
		s.Candidates, s.Open, s.Last = t.candidates, t.open > 0, t.last
		s.LastDay, s.Chattering = t.day(p.clock), t.chattering(p.clock)
	}
	if rated, ok := d.(detect.Rated); ok {
		f := rated.FalseSignals()
		s.FalseSignals = &f
	}
	return s
}
