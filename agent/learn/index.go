package learn

import (
	"cmp"
	"slices"

	"edgelabel/agent/label"
	"edgelabel/agent/learn/retune"
)

// Judged lists the candidates of a rule with an onset in [from, to), UTC ns, that people confirmed or rejected.
func (l *Ledger) Judged(rule string, from, to int64) []retune.Candidate {
	var list []retune.Candidate
	l.each(func(e *entry) {
		if e.verdict != label.OK && e.verdict != label.NotOK {
			return
		}
		for _, f := range e.found {
			if f.rule == rule && f.from >= from && f.from < to {
				list = append(list, retune.Candidate{From: f.from, To: f.to, Verdict: e.verdict})
			}
		}
	})
	slices.SortFunc(list, func(a, b retune.Candidate) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return list
}

// Touching lists the items of signals that reach into [from, to), UTC ns, the newest first.
func (l *Ledger) Touching(from, to int64) []string {
	return l.list(func(e *entry) bool { return e.to > from && e.from < to && e.to > e.from })
}

// Pictures lists the items with images of a camera from [from, to), UTC ns, the newest first.
func (l *Ledger) Pictures(camera string, from, to int64) []string {
	return l.list(func(e *entry) bool { return e.camera == camera && e.at >= from && e.at < to })
}

func (l *Ledger) list(wanted func(e *entry) bool) []string {
	var ids []string
	l.each(func(e *entry) {
		if wanted(e) {
			ids = append(ids, e.id)
		}
	})
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(b, a) })
	return ids
}
