package series

import "math"

// Reduce puts the trace's samples from the half-open range into n buckets of equal width. Samples that are not finite numbers count
// towards Count and Worst but not towards Min and Max. n below 1 is taken as 1.
func (t Trace) Reduce(from, to int64, n int) Buckets {
	b := emptyBuckets(from, to, max(n, 1))
	for k, at := range t.T {
		if at < from || at >= to {
			continue
		}
		b.add(int((at-from)/b.Step), t.V[k], t.Status[k])
	}
	return b
}

func emptyBuckets(from, to int64, n int) Buckets {
	b := Buckets{From: from, Step: max((to-from+int64(n)-1)/int64(n), 1)}
	b.Min, b.Max = make([]float64, n), make([]float64, n)
	b.Count, b.Worst = make([]uint32, n), make([]Quality, n)
	for i := range n {
		b.Min[i], b.Max[i] = math.NaN(), math.NaN()
	}
	return b
}

func (b *Buckets) add(i int, v float64, status uint32) {
	b.Count[i]++
	b.Worst[i] = max(b.Worst[i], QualityOf(status))
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	if math.IsNaN(b.Min[i]) || v < b.Min[i] {
		b.Min[i] = v
	}
	if math.IsNaN(b.Max[i]) || v > b.Max[i] {
		b.Max[i] = v
	}
}
