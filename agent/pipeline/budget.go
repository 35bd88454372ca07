package pipeline

import (
	"time"

	"edgelabel/agent/detect"
)

// BudgetState is how the budget of an asset is kept.
type BudgetState struct {
	Asset string
	detect.Spent
}

// purse is the budget of an asset and which rules are in it.
type purse struct {
	*detect.Spending
	rules map[string]int
}

// purses lets the rules of assets with a budget spend it: those whose threshold is a guess, and no limits that people set.
func (p *Pipeline) purses() {
	for _, a := range p.all {
		if a.cfg.Budget != (detect.Budget{}) {
			p.purse(a)
		}
	}
}

func (p *Pipeline) purse(a *asset) {
	a.purse = &purse{detect.NewSpending(a.cfg.Budget), map[string]int{}}
	for _, st := range a.streams {
		for i, r := range st.rules {
			a.purse.join(r, st.detectors[i])
		}
	}
	for _, w := range p.watches {
		if w.asset == a {
			a.purse.join(w.rule, w.detector)
		}
	}
	if a.board != nil {
		a.purse.join(a.board.rule, a.board.panel)
	}
}

func (b *purse) join(r detect.Rule, by any) {
	if s, ok := by.(detect.Scalable); ok {
		s.Scale(1)
		b.rules[r.Name] = b.Join(s, r.Refractory)
	}
}

// purseOf is the budget that an asset's rules are in, nil where there is none.
func purseOf(a *asset) *purse {
	if a == nil {
		return nil
	}
	return a.purse
}

// replace puts a detector that was made anew in the place of a rule's. A nil purse has none.
func (b *purse) replace(rule string, by any) {
	if b == nil {
		return
	}
	if i, ok := b.rules[rule]; ok {
		if s, ok := by.(detect.Scalable); ok {
			b.Replace(i, s)
		}
	}
}

// see takes what a rule says after a sample at event time t. A nil purse takes nothing.
func (b *purse) see(rule string, t int64) {
	if b == nil {
		return
	}
	if i, ok := b.rules[rule]; ok {
		b.See(i, t)
	}
}

func (b *purse) opened(rule string) {
	if b == nil {
		return
	}
	if i, ok := b.rules[rule]; ok {
		b.Opened(i)
	}
}

// factor is what a rule's threshold is multiplied with; 0 where it is in no budget.
func (b *purse) factor(rule string) float64 {
	if b == nil {
		return 0
	}
	i, ok := b.rules[rule]
	if !ok {
		return 0
	}
	factor, _ := b.Factor(i)
	return factor
}

// Budgets lists how the budgets were kept a moment ago, in the order of the configuration.
func (p *Pipeline) Budgets() []BudgetState {
	p.meter.mu.Lock()
	defer p.meter.mu.Unlock()
	return p.meter.budgets
}

func (p *Pipeline) budgets() []BudgetState {
	var all []BudgetState
	for _, a := range p.all {
		if a.purse != nil {
			all = append(all, BudgetState{a.cfg.ID, a.purse.Spent()})
		}
	}
	return all
}

// What makes a rule chatter (ISA-18.2): so many candidates in a minute. It is said for an hour.
const (
	chatters    = 3
	chatterIn   = int64(time.Minute)
	chatterSaid = int64(time.Hour)
)

// tally counts the candidates of one rule.
type tally struct {
	candidates uint64
	open       int
	last       int64

	hours   [24]uint64 // candidates by hour of event time
	newest  int64      // that hour, since 1970
	onsets  [chatters]int64
	chatter int64 // newest onset that was one too many
}

func (t *tally) note(from int64) {
	t.candidates, t.open, t.last = t.candidates+1, t.open+1, from
	t.reach(from / int64(time.Hour))
	t.hours[t.newest%24]++
	copy(t.onsets[1:], t.onsets[:])
	if t.onsets[0] = from; t.candidates >= chatters && from-t.onsets[chatters-1] <= chatterIn {
		t.chatter = from
	}
}

// reach forgets the hours that are more than a day ago.
func (t *tally) reach(hour int64) {
	for ; t.newest < hour && t.newest >= hour-24; t.newest++ {
		t.hours[(t.newest+1)%24] = 0
	}
	if t.newest < hour {
		t.newest, t.hours = hour, [24]uint64{}
	}
}

// day counts the candidates of the last 24 hours at a time.
func (t *tally) day(now int64) (n uint64) {
	t.reach(now / int64(time.Hour))
	for _, h := range t.hours {
		n += h
	}
	return n
}

func (t *tally) chattering(now int64) bool { return t.chatter != 0 && now-t.chatter < chatterSaid }
