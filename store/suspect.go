package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"edgelabel/agent/label"
)

// suspects answers a query with the highest scores first. The cursor is the rank of the last item of the page before.
func (s *Store) suspects(ctx context.Context, q label.Query, letter byte) (label.Page, error) {
	r := ranking{after: q.Cursor, most: q.Limit + 1}
	if readsItems(q) {
		r.within = func(t *txn, id string) bool {
			row, ok := t.row(id)
			return ok && within(&row.item, q)
		}
	}
	w := walk{letter: letter, match: matcher(q), take: r.take}
	if err := w.run(ctx, s); err != nil {
		return label.Page{}, err
	}
	r.cut()
	page := label.Page{Rows: []label.Row{}}
	if len(r.best) > q.Limit {
		r.best = r.best[:q.Limit]
		page.Next = r.best[q.Limit-1]
	}
	err := s.view(func(t *txn) error {
		for _, rank := range r.best {
			if row, ok := t.row(rank[rankScore:]); ok { // it may be gone since the walk
				page.Rows = append(page.Rows, label.Row{Item: row.item, Standing: row.Standing})
			}
		}
		return t.err
	})
	return page, err
}

// rankScore is how many digits of a rank are the score; the id follows.
const rankScore = 5

// ranking keeps the best ranks that come after one, in memory for a few pages however many there are.
type ranking struct {
	after  string // "" from the best
	most   int
	within func(t *txn, id string) bool // nil lets everything through
	best   []string
}

// take never wants the walk to end: the best may be the last.
func (r *ranking) take(t *txn, id string, summary []byte) bool {
	rank := scoreOf(summary) + id
	if r.after != "" && compareRanks(rank, r.after) <= 0 || r.within != nil && !r.within(t, id) {
		return t.err != nil
	}
	if r.best = append(r.best, rank); len(r.best) >= 4*r.most {
		r.cut()
	}
	return false
}

func (r *ranking) cut() {
	slices.SortFunc(r.best, compareRanks)
	r.best = r.best[:min(len(r.best), r.most)]
}

// compareRanks puts high scores first, of equal ones the older item. A rank that nobody gave sorts somewhere and harms nothing.
func compareRanks(a, b string) int {
	n := min(rankScore, len(a), len(b))
	return cmp.Or(strings.Compare(b[:n], a[:n]), strings.Compare(a[n:], b[n:]))
}

// scoreOf reads the score out of a row's summary; a summary of an index from before scores has none.
func scoreOf(summary []byte) string {
	if f := strings.Split(string(summary), "\x1f"); len(f) > 6 && len(f[6]) == rankScore {
		return f[6]
	}
	return fmt.Sprintf("%0*d", rankScore, 0)
}
