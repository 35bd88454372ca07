package series_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/series"
)

// TestReduceKeepsEverySample checks the buckets against the samples one by one.
func TestReduceKeepsEverySample(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 9))
	for round := range 300 {
		var tr series.Trace
		for range rnd.IntN(200) {
			v := rnd.NormFloat64()
			if rnd.IntN(8) == 0 {
				v = []float64{math.NaN(), math.Inf(1), math.Inf(-1)}[rnd.IntN(3)]
			}
			tr.T, tr.V, tr.Status = append(tr.T, rnd.Int64N(1000)), append(tr.V, v), append(tr.Status, rnd.Uint32N(4)<<30)
		}
		from := rnd.Int64N(500)
		to := from + rnd.Int64N(600)
		n := rnd.IntN(50) - 1
		b := tr.Reduce(from, to, n)
		check(t, round, tr, from, to, max(n, 1), b)
	}
}

func check(t *testing.T, round int, tr series.Trace, from, to int64, n int, b series.Buckets) {
	t.Helper()
	if b.From != from || b.Step < 1 || b.Step*int64(n) < to-from || len(b.Min) != n || len(b.Max) != n || len(b.Count) != n || len(b.Worst) != n {
		t.Fatalf("round %d: shape of %+v", round, b)
	}
	for i := range n {
		low, high, count, worst := math.NaN(), math.NaN(), uint32(0), series.Good
		for k, at := range tr.T {
			if at < from || at >= to || (at-from)/b.Step != int64(i) {
				continue
			}
			count++
			worst = max(worst, series.QualityOf(tr.Status[k]))
			if v := tr.V[k]; !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, high = min(v, or(low, v)), max(v, or(high, v))
			}
		}
		if math.Float64bits(b.Min[i]) != math.Float64bits(low) || math.Float64bits(b.Max[i]) != math.Float64bits(high) || b.Count[i] != count || b.Worst[i] != worst {
			t.Fatalf("round %d, bucket %d: %v %v %d %v, want %v %v %d %v", round, i, b.Min[i], b.Max[i], b.Count[i], b.Worst[i], low, high, count, worst)
		}
	}
}

func or(v, otherwise float64) float64 {
	if math.IsNaN(v) {
		return otherwise
	}
	return v
}

func TestReduceOfNothing(t *testing.T) {
	b := series.Trace{}.Reduce(100, 100, 3)
	for i := range 3 {
		if b.Count[i] != 0 || !math.IsNaN(b.Min[i]) || !math.IsNaN(b.Max[i]) {
			t.Errorf("bucket %d of an empty range: %+v", i, b)
		}
	}
}
