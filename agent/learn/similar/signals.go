package similar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// stretchLeast is the shortest stretch of history that is read at once; a longer query reads more.
const stretchLeast = int64(30 * time.Minute)

// signals finds what looks like a stretch of signals.
func (f *Finder) signals(ctx context.Context, q label.Likeness) (label.Found, error) {
	s, err := f.sliding(ctx, q)
	if err != nil {
		return label.Found{}, err
	}
	found := label.Found{Since: q.Until, Until: q.Until, Complete: true}
	for found.Since > q.Since {
		from := max(q.Since, found.Since-s.stretch)
		if err := s.over(ctx, f.cfg.History, from, found.Since); impatient(ctx, err) {
			found.Complete = false
			break
		} else if err != nil {
			return label.Found{}, err
		}
		found.Since = from
	}
	found.Searched = s.searched
	for _, h := range s.best.hits {
		place := label.Alike{Distance: h.distance, PlaceAlike: label.PlaceAlike{
			Tags: q.Tags, From: h.at * s.step, To: h.at*s.step + (q.To - q.From),
		}}
		if err := f.meet(context.WithoutCancel(ctx), &place); err != nil {
			return label.Found{}, err
		}
		found.Places = append(found.Places, place)
	}
	return found, nil
}

// sliding is a query on its way over the history.
type sliding struct {
	q        label.Likeness
	query    *Query
	step     int64 // ns
	width    int
	stretch  int64 // ns
	best     best
	searched int
}

func (f *Finder) sliding(ctx context.Context, q label.Likeness) (*sliding, error) {
	w, err := f.cfg.History.Window(ctx, q.Tags, q.From, q.To)
	if err != nil {
		return nil, fmt.Errorf("read the stretch: %w", err)
	}
	s := &sliding{q: q, step: stepOf(w)}
	s.width = int((q.To - q.From) / s.step)
	signals := gridded(w, q.From/s.step, s.step, s.width)
	for _, v := range signals {
		backfill(v)
	}
	var ok bool
	if s.query, ok = NewQuery(signals); !ok {
		return nil, fmt.Errorf("%w: the signals do not change there: nothing to compare", label.ErrInvalid)
	}
	s.stretch = max(stretchLeast, 8*(q.To-q.From))
	s.best = best{k: int64(q.K), apart: int64(max(1, s.width/2))}
	return s, nil
}

func gridded(w *series.Window, first, step int64, n int) [][]float64 {
	out := make([][]float64, len(w.Traces))
	for i := range w.Traces {
		out[i] = grid(&w.Traces[i], first, step, n)
	}
	return out
}

// backfill gives the beginning of a query the first value that is known: a signal that reports changes was there before.
func backfill(v []float64) {
	i := slices.IndexFunc(v, func(x float64) bool { return x == x })
	for k := range max(i, 0) {
		v[k] = v[i]
	}
}

// over searches windows that begin in [from, to).
func (s *sliding) over(ctx context.Context, h History, from, to int64) error {
	first := (from + s.step - 1) / s.step
	n := int(to/s.step-first) + s.width - 1
	if n < s.width {
		return ctx.Err()
	}
	lead := first - mostHeld // what holds at the beginning
	end := min((first+int64(n))*s.step, s.q.Until)
	w, err := h.Window(ctx, s.q.Tags, max(lead, 0)*s.step, end)
	if err != nil {
		return fmt.Errorf("read the history: %w", err)
	}
	signals := gridded(w, max(lead, 0), s.step, n+int(first-max(lead, 0)))
	for i := range signals {
		signals[i] = signals[i][first-max(lead, 0):]
	}
	profile := s.query.Profile(signals)
	s.searched += len(profile)
	own := s.q.From / s.step
	s.best.take(first, profile, func(at int64) bool {
		return at > own-int64(s.width) && at < own+int64(s.width) || (at+int64(s.width))*s.step > s.q.Until
	})
	return ctx.Err()
}

// meet adds the item that shows the place, if there is one: of several the one that people judged.
func (f *Finder) meet(ctx context.Context, place *label.Alike) error {
	place.Classes = []string{}
	for _, id := range f.cfg.Index.Touching(place.From, place.To) {
		row, _, err := f.cfg.Items.Item(ctx, id)
		if errors.Is(err, label.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if !shows(&row, place) || place.Item != "" && row.Verdict == label.Undefined {
			continue
		}
		place.Item, place.Verdict, place.By, place.Classes = row.ID, row.Verdict, row.By, append([]string{}, row.Classes...)
		if row.Verdict != label.Undefined {
			return nil
		}
	}
	return nil
}

// shows reports whether an item's window holds at least half of a place on the same signals.
func shows(row *label.Row, place *label.Alike) bool {
	if row.Window == nil || !slices.ContainsFunc(place.Tags, func(t string) bool { return slices.Contains(row.Window.Tags, t) }) {
		return false
	}
	both := min(row.Window.To, place.To) - max(row.Window.From, place.From)
	return 2*both >= place.To-place.From
}
