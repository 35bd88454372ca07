package pipeline

import (
	"math"

	"edgelabel/agent/series"
	"edgelabel/agent/series/column"
)

// ring is the recent past of one asset's signals, as an oscilloscope keeps it before the trigger. It is bounded by time and by number.
type ring struct {
	span   int64 // ns before the newest sample
	most   int   // samples of one signal
	newest int64
	from   int64 // complete from here on: later than all that was dropped, not before the first sample
	tracks []*track
	mem    column.Memory
}

func newRing(span int64, most int, tags []series.Tag) *ring {
	r := &ring{span: span, most: max(most/max(len(tags), 1), 16), newest: math.MinInt64, from: math.MinInt64}
	for _, tag := range tags {
		r.tracks = append(r.tracks, &track{tag: tag})
	}
	return r
}

func (r *ring) track(tag string) *track {
	for _, t := range r.tracks {
		if t.tag.ID == tag {
			return t
		}
	}
	return nil
}

// add takes one sample of a track of this ring. It may be older than others.
func (r *ring) add(k *track, t int64, v float64, status uint32) {
	if r.from == math.MinInt64 {
		r.from = t
	}
	if t < r.from {
		return // the store has it, and reads it back where it is asked for
	}
	r.newest = max(r.newest, t)
	k.add(t, v, status)
	if last, dropped := k.trim(r.newest-r.span, r.most); dropped {
		r.from = max(r.from, last+1)
	}
}

// cut copies what the ring has of a stretch of time.
func (r *ring) cut(from, to int64) *series.Window {
	w := &series.Window{From: from, To: to}
	for _, k := range r.tracks {
		w.Traces = append(w.Traces, k.cut(from, to, &r.mem))
	}
	return w
}

// since is the time from which on the ring has everything.
func (r *ring) since() int64 {
	if r.from == math.MinInt64 {
		return math.MaxInt64
	}
	return r.from
}

// splice puts older samples before those of w.
func splice(w, older *series.Window) {
	for i := range w.Traces {
		t := &w.Traces[i]
		for _, o := range older.Traces {
			if o.Tag == t.Tag {
				t.T, t.V, t.Status = append(o.T, t.T...), append(o.V, t.V...), append(o.Status, t.Status...)
			}
		}
	}
	w.Gaps = append(w.Gaps, older.Gaps...)
}
