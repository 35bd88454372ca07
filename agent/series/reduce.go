package series

import (
	"cmp"
	"math"
	"slices"
)

// Reduced is one signal as a screen of n columns needs it: every sample while there are at most 2·n of them, else buckets.
type Reduced struct {
	Trace            // Tag, Name and Unit; the columns are empty where there are Buckets
	Buckets *Buckets // nil where the samples are all there
}

// Reducer makes a Reduced of samples that come in any order, in memory that depends on n alone.
type Reducer struct {
	from, to int64
	n        int
	exact    []point
	buckets  *Buckets
}

type point struct {
	t      int64
	v      float64
	status uint32
}

// NewReducer reduces to the half-open range, UTC ns. n below 1 is taken as 1.
func NewReducer(from, to int64, n int) *Reducer {
	return &Reducer{from: from, to: to, n: max(n, 1)}
}

// Add takes one sample; those outside the range are left out. Among buckets a sample that comes twice counts twice.
func (r *Reducer) Add(at int64, v float64, status uint32) {
	if at < r.from || at >= r.to {
		return
	}
	if r.buckets != nil {
		r.buckets.add(int((at-r.from)/r.buckets.Step), v, status)
		return
	}
	if r.exact = append(r.exact, point{at, v, status}); len(r.exact) > 2*r.n {
		r.coarsen()
	}
}

func (r *Reducer) coarsen() {
	b := emptyBuckets(r.from, r.to, r.n)
	for _, p := range r.exact {
		b.add(int((p.t-r.from)/b.Step), p.v, p.status)
	}
	r.buckets, r.exact = &b, nil
}

// Result is what was added: samples in the order of time, each once, or buckets. Of the trace only the columns are set.
func (r *Reducer) Result() Reduced {
	if r.buckets != nil {
		return Reduced{Buckets: r.buckets}
	}
	slices.SortStableFunc(r.exact, func(a, b point) int { return cmp.Compare(a.t, b.t) })
	var tr Trace
	for i, p := range r.exact {
		if i > 0 && p.same(r.exact[i-1]) {
			continue
		}
		tr.T, tr.V, tr.Status = append(tr.T, p.t), append(tr.V, p.v), append(tr.Status, p.status)
	}
	return Reduced{Trace: tr}
}

func (p point) same(q point) bool {
	return p.t == q.t && p.status == q.status && math.Float64bits(p.v) == math.Float64bits(q.v)
}
