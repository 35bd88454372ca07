package similar_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/learn/similar"
)

// brute is the definition: z-normalise both, and take the root mean square of the differences.
func brute(query, signals [][]float64) []float64 {
	m := len(query[0])
	out := make([]float64, len(signals[0])-m+1)
	for at := range out {
		sum, used := 0.0, 0
		for i := range query {
			q, _, sdQ := normal(query[i])
			if !(sdQ > 0) {
				continue
			}
			used++
			x, _, sdX := normal(signals[i][at : at+m])
			if !(sdX >= .05*sdQ) {
				sum = math.Inf(1)
				break
			}
			for k := range q {
				sum += (q[k] - x[k]) * (q[k] - x[k])
			}
		}
		out[at] = math.Sqrt(sum / float64(m*used))
	}
	return out
}

func normal(s []float64) (z []float64, mean, sd float64) {
	for _, v := range s {
		mean += v / float64(len(s))
	}
	for _, v := range s {
		sd += (v - mean) * (v - mean) / float64(len(s))
	}
	sd = math.Sqrt(sd)
	for _, v := range s {
		z = append(z, (v-mean)/sd)
	}
	return z, mean, sd
}

func TestProfileIsTheBruteForceOne(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, tt := range []struct{ signals, width, length int }{{1, 8, 500}, {3, 100, 3000}, {2, 1500, 5000}, {1, 7, 7}} {
		var all, query [][]float64
		for i := range tt.signals {
			s := make([]float64, tt.length)
			level := 1e6 * float64(i) // far from zero: running sums must not lose the shape
			for k := range s {
				level += r.NormFloat64()
				s[k] = level
			}
			all = append(all, s)
			from := tt.length/3 - tt.width/3
			query = append(query, s[max(from, 0):max(from, 0)+tt.width])
		}
		if tt.length == 3000 {
			all[1][700] = math.NaN()
			for k := 1500; k < 1800; k++ {
				all[0][k] = 5 // flat
			}
		}
		q, ok := similar.NewQuery(query)
		if !ok {
			t.Fatal("no shape")
		}
		got, want := q.Profile(all), brute(query, all)
		if len(got) != len(want) {
			t.Fatalf("%d windows, want %d", len(got), len(want))
		}
		for i := range got {
			w := want[i]
			if math.IsNaN(w) {
				w = math.Inf(1)
			}
			if math.IsInf(w, 1) != math.IsInf(got[i], 1) || math.Abs(got[i]-w) > 2e-5 {
				t.Fatalf("%+v: window %d: %g, want %g", tt, i, got[i], w)
			}
		}
	}
}

func TestAQueryWithoutShape(t *testing.T) {
	if _, ok := similar.NewQuery([][]float64{{3, 3, 3}, {1, math.NaN(), 2}}); ok {
		t.Error("there is nothing to compare")
	}
	if _, ok := similar.NewQuery(nil); ok {
		t.Error("there is nothing at all")
	}
	q, ok := similar.NewQuery([][]float64{{3, 3, 3}, {1, 5, 2}})
	if p := q.Profile([][]float64{{9, 9, 9, 9}, {2, 10, 4, 4}}); !ok || p[0] > 1e-6 || p[1] < .5 {
		t.Errorf("%v %v", ok, p)
	}
	if q.Profile([][]float64{{1, 2}, {1, 2}}) != nil {
		t.Error("shorter than the query")
	}
}

func BenchmarkProfile(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	s := make([]float64, 100_000)
	for i := range s {
		s[i] = r.NormFloat64()
	}
	q, _ := similar.NewQuery([][]float64{s[500:1000]})
	for b.Loop() {
		q.Profile([][]float64{s})
	}
	b.ReportMetric(float64(b.N)*float64(len(s))/b.Elapsed().Seconds(), "points/s")
}
