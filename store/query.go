package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"edgelabel/agent/label"

	bolt "go.etcd.io/bbolt"
)

// Sizes of a page, and how many index rows one view of the index looks at.
const (
	defaultLimit = 50
	maxLimit     = 500
	viewRows     = 5000
)

// Items answers a query. A state selects exactly that state. The cursor is the id of the last item of the page before.
func (s *Store) Items(ctx context.Context, q label.Query) (label.Page, error) {
	if q.Limit == 0 {
		q.Limit = defaultLimit
	}
	if q.Limit < 0 || q.Limit > maxLimit {
		return label.Page{}, fmt.Errorf("%w: limit %d, want 1 to %d", label.ErrInvalid, q.Limit, maxLimit)
	}
	letter := byte(anyLetter)
	switch q.State {
	case "":
	case label.StateOpen, label.StateLabeled, label.StateSynced:
		letter = stateLetter(q.State)
	default:
		return label.Page{}, fmt.Errorf("%w: state %q", label.ErrInvalid, q.State)
	}
	page, err := s.page(ctx, q, letter)
	if err != nil {
		return label.Page{}, err
	}
	s.claims.mark(page.Rows, s.o.Now().UnixNano())
	return page, nil
}

func (s *Store) page(ctx context.Context, q label.Query, letter byte) (label.Page, error) {
	if q.Suspect {
		return s.suspects(ctx, q, letter)
	}
	l := list{q: q, page: label.Page{Rows: []label.Row{}}}
	w := walk{newest: q.Newest, letter: letter, from: q.Cursor, match: matcher(q), take: l.take}
	err := w.run(ctx, s)
	return l.page, err
}

// createdAfter is how long after its event an item may be created at the latest for a range of time to find it without looking at all.
const createdAfter = 24 * time.Hour

// list is a page in the order of the ids.
type list struct {
	q    label.Query
	page label.Page
}

// take reports whether nothing more is wanted.
func (l *list) take(t *txn, id string, _ []byte) bool {
	r, ok := t.row(id)
	if !ok {
		return true
	}
	if !within(&r.item, l.q) {
		return l.q.Newest && l.q.From > 0 && r.item.Created < l.q.From-int64(createdAfter)
	}
	if len(l.page.Rows) == l.q.Limit {
		l.page.Next = l.page.Rows[l.q.Limit-1].ID
		return true
	}
	l.page.Rows = append(l.page.Rows, label.Row{Item: r.item, Standing: r.Standing})
	return false
}

// within checks what the summary of a row does not hold.
func within(it *label.Item, q label.Query) bool {
	from, to := it.Span()
	return (q.From == 0 || to >= q.From) && (q.To == 0 || from < q.To) && (q.Line == "" || it.Place.Line == q.Line) &&
		(q.Station == "" || it.Place.Cell == q.Station) && (q.Proposed == "" || it.Proposes(q.Proposed))
}

// readsItems reports whether a query asks for what the summary of a row does not hold.
func readsItems(q label.Query) bool {
	return q.From != 0 || q.To != 0 || q.Line != "" || q.Station != "" || q.Proposed != ""
}

// walk goes over the rows of one state in short views.
type walk struct {
	newest bool
	letter byte
	from   string // id after which to go on, empty at the beginning
	match  func(summary []byte) bool
	take   func(t *txn, id string, summary []byte) (done bool)
	done   bool
}

func (w *walk) run(ctx context.Context, s *Store) error {
	for !w.done {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.view(w.step); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) step(t *txn) error {
	c := t.bucket(buckets.rows).Cursor()
	k, v := w.seek(c)
	for n := 0; k != nil && k[0] == w.letter; n++ {
		id := string(k[1:])
		if n == viewRows {
			return nil
		}
		if (w.match == nil || w.match(v)) && w.take(t, id, v) {
			w.done = true
			return t.err
		}
		w.from = id
		k, v = w.advance(c)
	}
	w.done = true
	return nil
}

func (w *walk) seek(c *bolt.Cursor) (k, v []byte) {
	at := append([]byte{w.letter}, w.from...)
	if !w.newest {
		k, v = c.Seek(at)
		if w.from != "" && bytes.Equal(k, at) {
			k, v = c.Next()
		}
		return k, v
	}
	if w.from == "" {
		at = []byte{w.letter + 1}
	}
	if k, _ = c.Seek(at); k == nil {
		return c.Last()
	}
	return c.Prev()
}

func (w *walk) advance(c *bolt.Cursor) (k, v []byte) {
	if w.newest {
		return c.Prev()
	}
	return c.Next()
}

// matcher filters summaries; nil lets everything through.
func matcher(q label.Query) func([]byte) bool {
	if q.Kind == "" && q.Asset == "" && q.Camera == "" && q.Class == "" && q.Part == "" && q.Verdict == nil {
		return nil
	}
	one := func(want, have string) bool { return want == "" || want == have }
	among := func(want, have string) bool {
		return want == "" || slices.Contains(strings.Split(have, "\x1e"), want)
	}
	return func(summary []byte) bool {
		f := strings.Split(string(summary), "\x1f")
		return len(f) >= 6 && one(string(q.Kind), f[0]) && one(q.Asset, f[1]) && one(q.Part, f[2]) &&
			(q.Verdict == nil || q.Verdict.String() == f[3]) && among(q.Class, f[4]) && among(q.Camera, f[5])
	}
}

// Item returns an item, where it stands, and its labels in the order of their revisions. ErrNotFound.
func (s *Store) Item(ctx context.Context, id string) (label.Row, []label.Label, error) {
	var row label.Row
	var labels []label.Label
	err := s.view(func(t *txn) error {
		r, ok := t.row(id)
		if !ok {
			if t.err != nil {
				return nil // view reports it
			}
			return fmt.Errorf("item %s: %w", id, label.ErrNotFound)
		}
		row = label.Row{Item: r.item, Standing: r.Standing}
		for rev := 1; rev <= r.Standing.Labels; rev++ {
			if l, ok := t.label(labelKey(id, rev)); ok {
				labels = append(labels, l)
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return label.Row{}, nil, err
	}
	rows := []label.Row{row}
	s.claims.mark(rows, s.o.Now().UnixNano())
	return rows[0], labels, nil
}

// Counts is the state of the queue, from counters that every commit keeps.
func (s *Store) Counts(ctx context.Context) (label.Counts, error) {
	var n label.Counts
	err := s.view(func(t *txn) error {
		n = label.Counts{Open: t.c.Open, Labeled: t.c.Labeled}
		if len(s.o.Targets) == 0 {
			return ctx.Err()
		}
		n.Unsynced = t.c.Unsynced
		if k, _ := t.bucket(buckets.entries).Cursor().First(); k != nil {
			var e entry
			t.getJSON(buckets.entries, k, &e)
			n.Oldest = e.At
		}
		return ctx.Err()
	})
	return n, err
}
