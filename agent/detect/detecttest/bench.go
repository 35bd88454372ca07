package detecttest

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/series"
)

// Bench pushes well-behaved samples.
func Bench(b *testing.B, d detect.Detector) {
	rnd := rand.New(rand.NewPCG(5, 5))
	values := make([]float64, 4096)
	for i := range values {
		values[i] = 100 + rnd.NormFloat64()
	}
	BenchOn(b, d, values)
}

// BenchOn pushes the values round and round, one a second, and reports samples for each second of CPU time.
func BenchOn(b *testing.B, d detect.Detector, values []float64) {
	b.ReportAllocs()
	done := CPU(b)
	for i := range b.N {
		d.Push(series.Sample{Tag: "x", Source: int64(i+1) * second, Value: values[i%len(values)]})
	}
	b.ReportMetric(float64(b.N)/done().Seconds()/1e6, "Msamples/s")
}

// CPU begins a measurement; the answer tells how much CPU time went by since. The benchmark's own clock begins anew.
func CPU(b *testing.B) func() time.Duration {
	b.ResetTimer()
	from := cpu()
	return func() time.Duration {
		b.StopTimer()
		return max(cpu()-from, time.Nanosecond)
	}
}

// State reports how much memory what build makes takes, as kB, after work was done with it.
func State[T any](b *testing.B, build func() T) {
	const many = 8
	before := heap()
	all := make([]T, many)
	for i := range all {
		all[i] = build()
	}
	b.ReportMetric((float64(heap())-float64(before))/many/1e3, "kB/state")
	runtime.KeepAlive(all)
	runtime.KeepAlive(build)
}
