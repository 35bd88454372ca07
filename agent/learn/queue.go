package learn

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"edgelabel/agent/label"
)

// How the queue is ordered.
const (
	everyRandom = 8    // one place in so many is for what was drawn at random
	leastScore  = 0.05 // added to every score: nothing waits for ever
	familiar    = 10.0 // judged candidates of a rule after which its novelty is 1/√2
	oldest      = 4.0  // the most that age counts
	nanosOfDay  = float64(24 * 3600 * 1e9)
)

// Queue lists open items in the order in which a verdict teaches most: score × novelty × age, and every eighth place for one that was
// drawn at random, so that what detectors miss can be estimated too. An item that is still recorded comes later.
func (l *Ledger) Queue(ctx context.Context, limit int) ([]label.Queued, error) {
	var list []label.Queued
	for _, q := range l.order(limit) {
		row, _, err := l.cfg.Items.Item(ctx, q.ID)
		if errors.Is(err, label.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if row.State == label.StateOpen { // it may have been labelled since
			q.Row = row
			list = append(list, q)
		}
	}
	return list, nil
}

// order ranks what is at hand; of each row only the id is filled in.
func (l *Ledger) order(limit int) []label.Queued {
	known := l.judgedRules()
	now := l.cfg.Now().UnixNano()
	var ranked, random []label.Queued
	l.each(func(e *entry) {
		if !e.open || e.partial {
			return
		}
		q := label.Queued{Row: label.Row{Item: label.Item{ID: e.id}}, Novelty: e.novelty(known), Random: e.drawn()}
		q.Age = min(oldest, 1+max(0, float64(now-e.created)/nanosOfDay))
		q.Priority = (e.score + leastScore) * q.Novelty * q.Age
		if q.Random {
			random = append(random, q)
		} else {
			ranked = append(ranked, q)
		}
	})
	byID := func(a, b label.Queued) int { return cmp.Compare(a.ID, b.ID) }
	slices.SortFunc(ranked, func(a, b label.Queued) int { return cmp.Or(cmp.Compare(b.Priority, a.Priority), byID(a, b)) })
	slices.SortFunc(random, byID)
	return mix(ranked, random, limit)
}

// mix puts one of the random ones, which are in the order of their age, at every eighth place.
func mix(ranked, random []label.Queued, limit int) []label.Queued {
	out := make([]label.Queued, 0, min(limit, len(ranked)+len(random)))
	for len(out) < limit && len(ranked)+len(random) > 0 {
		from := &ranked
		if len(random) > 0 && (len(ranked) == 0 || len(out)%everyRandom == everyRandom-1) {
			from = &random
		}
		out = append(out, (*from)[0])
		*from = (*from)[1:]
	}
	return out
}

// judgedRules counts the judged candidates of each rule.
func (l *Ledger) judgedRules() map[string]int {
	known := map[string]int{}
	l.each(func(e *entry) {
		if e.verdict == label.Undefined {
			return
		}
		for _, f := range e.found {
			known[f.rule]++
		}
	})
	return known
}

// novelty is that of the rule that people know least.
func (e *entry) novelty(known map[string]int) float64 {
	least := math.MaxInt
	for _, f := range e.found {
		least = min(least, known[f.rule])
	}
	if len(e.found) == 0 {
		least = 0
	}
	return 1 / math.Sqrt(1+float64(least)/familiar)
}
