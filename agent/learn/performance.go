package learn

import (
	"cmp"
	"context"
	"slices"

	"edgelabel/agent/label"
)

// Performance counts what was flagged with an onset in [from, to), UTC ns, by rule and by detector, in periods of step ns.
func (l *Ledger) Performance(ctx context.Context, from, to, step int64) (label.Performance, error) {
	c := counting{from: from, to: to, step: step, rules: map[string]*label.Judged{}, detectors: map[string]*label.Judged{}, draws: map[place]*draws{}}
	more := l.each(c.count)
	return label.Performance{
		From: from, To: to, Items: c.items, More: more, Rules: judged(c.rules), Detectors: judged(c.detectors), Recall: c.recall(l.cfg.Every),
	}, ctx.Err()
}

// counting is one Performance on its way.
type counting struct {
	from, to, step int64
	items          int
	rules          map[string]*label.Judged
	detectors      map[string]*label.Judged
	draws          map[place]*draws
}

func (c *counting) count(e *entry) {
	inside := false
	seen := map[string]bool{} // an item counts once for a detector, however many of its rules met there
	for _, f := range e.found {
		if f.from < c.from || f.from >= c.to {
			continue
		}
		inside = true
		if !byDetector(f.detector) {
			continue
		}
		if !seen["r"+f.rule] {
			c.add(c.rules, f.rule, label.Judged{Rule: f.rule, Detector: f.detector, Asset: e.asset}, e, f)
		}
		if !seen["d"+f.detector] {
			c.add(c.detectors, f.detector, label.Judged{Detector: f.detector}, e, f)
		}
		seen["r"+f.rule], seen["d"+f.detector] = true, true
	}
	if inside {
		c.items++
		c.draw(e)
	}
}

func (c *counting) add(all map[string]*label.Judged, key string, blank label.Judged, e *entry, f found) {
	j := all[key]
	if j == nil {
		j = &blank
		for at := c.from; at < c.to; at += c.step {
			j.Periods = append(j.Periods, label.TallyPeriod{From: at})
		}
		all[key] = j
	}
	tally(&j.Tally, e.verdict)
	tally(&j.Periods[(f.from-c.from)/c.step].Tally, e.verdict)
}

func tally(t *label.Tally, v label.Verdict) {
	switch v {
	case label.NotOK:
		t.Confirmed++
	case label.OK:
		t.Rejected++
	case label.NotDecidable:
		t.Undecided++
	default:
		t.Waiting++
	}
}

// judged lists what was counted, the largest number of rejected ones first: who cries wolf most is looked at first.
func judged(all map[string]*label.Judged) []label.Judged {
	list := make([]label.Judged, 0, len(all))
	for _, j := range all {
		j.Precision = Wilson(j.Confirmed, j.Confirmed+j.Rejected)
		list = append(list, *j)
	}
	slices.SortFunc(list, func(a, b label.Judged) int {
		return cmp.Or(cmp.Compare(b.Rejected, a.Rejected), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Detector, b.Detector))
	})
	return list
}
