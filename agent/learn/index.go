package learn

import (
	"cmp"
	"slices"
)

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
