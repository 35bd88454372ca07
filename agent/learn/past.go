package learn

import (
	"cmp"
	"math"
	"slices"

	"edgelabel/agent/label"
)

// mostPast is how many earlier items are shown beside a candidate.
const mostPast = 5

// Past is what people made of earlier candidates of the item's rules, each rule once: the counts, and the judged ones whose score is
// nearest.
func (l *Ledger) Past(it *label.Item) []label.Past {
	var list []label.Past
	at := map[string]int{}
	for _, c := range it.Candidates {
		if _, known := at[c.Rule]; !known && byDetector(c.Detector) {
			at[c.Rule] = len(list)
			list = append(list, label.Past{Candidate: c.ID, Rule: c.Rule, Items: []label.PastItem{}})
		}
	}
	if len(list) == 0 {
		return nil
	}
	l.each(func(e *entry) {
		if e.id == it.ID || e.at > it.At {
			return
		}
		seen := map[int]bool{}
		for _, f := range e.found {
			if n, ok := at[f.rule]; ok && !seen[n] {
				seen[n] = true
				list[n].Tally, list[n].Items = see(list[n].Tally, list[n].Items, e, f)
			}
		}
	})
	for i := range list {
		nearest(&list[i], it)
	}
	return list
}

func see(t label.Tally, items []label.PastItem, e *entry, f found) (label.Tally, []label.PastItem) {
	tally(&t, e.verdict)
	if e.verdict != label.Undefined {
		classes := append([]string{}, e.classes...)
		items = append(items, label.PastItem{Item: e.id, At: e.at, Verdict: e.verdict, Classes: classes, Score: f.score})
	}
	return t, items
}

// nearest keeps the items with the nearest scores, of equal ones the newest.
func nearest(p *label.Past, it *label.Item) {
	i := slices.IndexFunc(it.Candidates, func(c label.Candidate) bool { return c.ID == p.Candidate })
	score := it.Candidates[i].Score
	slices.SortFunc(p.Items, func(a, b label.PastItem) int {
		return cmp.Or(cmp.Compare(math.Abs(a.Score-score), math.Abs(b.Score-score)), cmp.Compare(b.At, a.At), cmp.Compare(b.Item, a.Item))
	})
	p.Items = p.Items[:min(len(p.Items), mostPast)]
}
