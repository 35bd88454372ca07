package pipeline

import (
	"math"
	"slices"

	"edgelabel/agent/series"
)

// ring is the recent past of one asset's signals, as an oscilloscope keeps it before the trigger. It is bounded by time and by number.
type ring struct {
	span    int64 // ns before the newest sample
	most    int   // samples of one signal
	newest  int64
	from    int64 // complete from here on: later than all that was dropped, not before the first sample
	columns []*column
}

// column is the samples of one signal in the order of time. What lies before head is gone.
type column struct {
	tag    series.Tag
	head   int
	t      []int64
	v      []float64
	status []uint32 // nil while all were good
}

func newRing(span int64, most int, tags []series.Tag) *ring {
	r := &ring{span: span, most: max(most/max(len(tags), 1), 16), newest: math.MinInt64, from: math.MinInt64}
	for _, tag := range tags {
		r.columns = append(r.columns, &column{tag: tag})
	}
	return r
}

func (r *ring) column(tag string) *column {
	for _, c := range r.columns {
		if c.tag.ID == tag {
			return c
		}
	}
	return nil
}

// add takes one sample of a column of this ring. It may be older than others.
func (r *ring) add(c *column, t int64, v float64, status uint32) {
	if r.from == math.MinInt64 {
		r.from = t
	}
	if t < r.from {
		return // the store has it, and reads it back where it is asked for
	}
	r.newest = max(r.newest, t)
	c.grow(status)
	at := len(c.t)
	for at > c.head && c.t[at-1] > t {
		at--
	}
	c.t, c.v = slices.Insert(c.t, at, t), slices.Insert(c.v, at, v)
	if c.status != nil {
		c.status = slices.Insert(c.status, at, status)
	}
	r.trim(c)
}

func (r *ring) trim(c *column) {
	for c.head < len(c.t) && (c.t[c.head] < r.newest-r.span || len(c.t)-c.head > r.most) {
		r.from = max(r.from, c.t[c.head]+1)
		c.head++
	}
}

// spare is the share of a column that may lie before head when it is full: more wastes memory, less moves samples all the time.
const spare = 24

// step is the share by which a full column grows. Append would take a quarter and more, and a gateway has a ring for every signal.
const step = 8

// grow makes room for one more sample, where it can in place of those that are gone.
func (c *column) grow(status uint32) {
	if status != 0 && c.status == nil {
		c.status = make([]uint32, len(c.t), cap(c.t))
	}
	switch {
	case len(c.t) < cap(c.t):
	case c.head == 0 || c.head < len(c.t)/spare:
		more := len(c.t)/step + 16
		c.t, c.v = enlarge(c.t, more), enlarge(c.v, more)
		if c.status != nil {
			c.status = enlarge(c.status, more)
		}
	default:
		c.t, c.v = slices.Delete(c.t, 0, c.head), slices.Delete(c.v, 0, c.head)
		if c.status != nil {
			c.status = slices.Delete(c.status, 0, c.head)
		}
		c.head = 0
	}
}

// enlarge copies s to where there is room for more.
func enlarge[T any](s []T, more int) []T {
	return append(make([]T, 0, len(s)+more), s...)
}

// cutStatus copies the statuses of a stretch that begins at head.
func (c *column) cutStatus(a, b int) []uint32 {
	if c.status == nil {
		return make([]uint32, b-a)
	}
	return slices.Clone(c.status[c.head:][a:b])
}

// cut copies what the ring has of a stretch of time.
func (r *ring) cut(from, to int64) *series.Window {
	w := &series.Window{From: from, To: to}
	for _, c := range r.columns {
		t := c.t[c.head:]
		a, _ := slices.BinarySearch(t, from)
		b, _ := slices.BinarySearch(t, to)
		b = max(a, b)
		w.Traces = append(w.Traces, series.Trace{
			Tag: c.tag.ID, Name: c.tag.Name, Unit: c.tag.Unit,
			T: slices.Clone(t[a:b]), V: slices.Clone(c.v[c.head:][a:b]), Status: c.cutStatus(a, b),
		})
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
