package series

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// Reduced is one signal as a screen of n columns needs it: every sample while there are at most 2·n of them, else n to 2·n buckets.
type Reduced struct {
	Trace            // Tag, Name and Unit; the columns are empty where there are Buckets
	Buckets *Buckets // nil where the samples are all there; the first may begin before the range, the last end behind it
}

// Reducer makes a Reduced of samples that come in any order, in memory that depends on n alone. Its buckets are a power of two of
// nanoseconds wide and begin at whole multiples of that. So each cell of a smaller power of two lies inside one bucket, and whoever keeps
// sums of such cells need not read the samples again.
type Reducer struct {
	from, to int64
	n        int
	first    int64 // of the first bucket
	shift    int   // width of a bucket: 1<<shift
	width    int   // buckets
	inside   int   // exact samples between from and to
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
	n = max(n, 1)
	shift := max(bits.Len64(uint64(max(to-from, 1)/int64(n)))-1, 0)
	first := from >> shift << shift
	return &Reducer{from: from, to: to, n: n, first: first, shift: shift, width: int((max(to-first, 1) + 1<<shift - 1) >> shift)}
}

// Range is the half-open range of which the reducer wants to know everything: all buckets, the first and the last in full.
func (r *Reducer) Range() (from, to int64) { return r.first, r.first + int64(r.width)<<r.shift }

// Shift says how wide a bucket is: 1<<Shift ns.
func (r *Reducer) Shift() int { return r.shift }

// Expect is told that so many samples of the range are about to come, and reports whether there will be buckets. From then on AddCell may
// be used.
func (r *Reducer) Expect(more int) (buckets bool) {
	if r.buckets == nil && r.inside+more > 2*r.n {
		r.coarsen()
	}
	return r.buckets != nil
}

// Add takes one sample; those outside Range are left out. Among buckets a sample that comes twice counts twice.
func (r *Reducer) Add(at int64, v float64, status uint32) {
	i := (at - r.first) >> r.shift
	if at < r.first || i >= int64(r.width) {
		return
	}
	if r.buckets != nil {
		r.buckets.add(int(i), v, status)
		return
	}
	if at >= r.from && at < r.to {
		r.inside++
	}
	if r.exact = append(r.exact, point{at, v, status}); r.inside > 2*r.n || len(r.exact) > 4*r.n {
		r.coarsen()
	}
}

// AddCell takes what the samples of a cell come to that begins at the moment and is no wider than a bucket. Expect must have said that
// there are buckets.
func (r *Reducer) AddCell(at int64, c Cell) {
	i := (at - r.first) >> r.shift
	if r.buckets == nil || at < r.first || i >= int64(r.width) {
		return
	}
	r.buckets.fold(int(i), c)
}

func (r *Reducer) coarsen() {
	b := emptyBuckets(r.width)
	b.From, b.Step = r.first, 1<<r.shift
	for _, p := range r.exact {
		b.add(int((p.t-r.first)>>r.shift), p.v, p.status)
	}
	r.buckets, r.exact = &b, nil
}

// Result is what was added: samples of the range in the order of time, each once, or buckets. Of the trace only the columns are set.
func (r *Reducer) Result() Reduced {
	if r.buckets != nil {
		return Reduced{Buckets: r.buckets}
	}
	slices.SortStableFunc(r.exact, func(a, b point) int { return cmp.Compare(a.t, b.t) })
	var tr Trace
	for i, p := range r.exact {
		if p.t < r.from || p.t >= r.to || i > 0 && p.same(r.exact[i-1]) {
			continue
		}
		tr.T, tr.V, tr.Status = append(tr.T, p.t), append(tr.V, p.v), append(tr.Status, p.status)
	}
	return Reduced{Trace: tr}
}

func (p point) same(q point) bool {
	return p.t == q.t && p.status == q.status && math.Float64bits(p.v) == math.Float64bits(q.v)
}
