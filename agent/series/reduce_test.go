package series_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/series"
)

// TestReducerOfCells gives one reducer the samples and another what cells of them come to: both say the same.
func TestReducerOfCells(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	for round := range 200 {
		from := rnd.Int64N(1<<40) - 1<<39
		to := from + 1 + rnd.Int64N(1<<uint(10+rnd.IntN(30)))
		n := 1 + rnd.IntN(40)
		one, other := series.NewReducer(from, to, n), series.NewReducer(from, to, n)
		first, last := one.Range()
		if width := (last - first) >> one.Shift(); first > from || last < to || width < int64(min(n, int(to-from))) || width > 2*int64(n)+2 {
			t.Fatalf("round %d: %d to %d in %d: buckets %d to %d of 1<<%d", round, from, to, n, first, last, one.Shift())
		}
		cells := map[int64]*series.Cell{}
		shift := max(one.Shift()-rnd.IntN(4), 0)
		for range 4*n + 1 {
			at, v, status := from+rnd.Int64N(to-from), rnd.NormFloat64(), rnd.Uint32N(4)<<30
			if rnd.IntN(9) == 0 {
				v = math.NaN()
			}
			one.Add(at, v, status)
			cell, ok := cells[at>>shift]
			if !ok {
				c := series.NoCell()
				cell = &c
				cells[at>>shift] = cell
			}
			cell.Add(v, status)
		}
		if !other.Expect(4*n + 1) {
			t.Fatalf("round %d: no buckets for %d samples", round, 4*n+1)
		}
		for at, c := range cells {
			other.AddCell(at<<shift, *c)
		}
		sameBuckets(t, round, one.Result().Buckets, other.Result().Buckets)
	}
}

func sameBuckets(t *testing.T, round int, a, b *series.Buckets) {
	t.Helper()
	if a == nil || b == nil || a.From != b.From || a.Step != b.Step || len(a.Min) != len(b.Min) {
		t.Fatalf("round %d: %+v and %+v", round, a, b)
	}
	for i := range a.Min {
		if math.Float64bits(a.Min[i]) != math.Float64bits(b.Min[i]) || math.Float64bits(a.Max[i]) != math.Float64bits(b.Max[i]) || a.Count[i] != b.Count[i] || a.Worst[i] != b.Worst[i] {
			t.Fatalf("round %d, bucket %d: %v to %v of %d, and %v to %v of %d", round, i, a.Min[i], a.Max[i], a.Count[i], b.Min[i], b.Max[i], b.Count[i])
		}
	}
}

func TestReducerKeepsFewSamples(t *testing.T) {
	r := series.NewReducer(100, 200, 3)
	for _, at := range []int64{150, 99, 110, 150, 200} { // two are outside, one comes twice
		r.Add(at, float64(at), 0)
	}
	got := r.Result()
	if got.Buckets != nil || len(got.T) != 2 || got.T[0] != 110 || got.V[1] != 150 {
		t.Errorf("%+v", got)
	}
}
