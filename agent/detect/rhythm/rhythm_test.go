package rhythm_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/detect/rhythm"
)

func TestOf(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	make1 := func(f func(i int) float64) []float64 {
		v := make([]float64, 4000)
		for i := range v {
			v[i] = f(i)
		}
		return v
	}
	walk := 0.0
	for _, tt := range []struct {
		name          string
		values        []float64
		period        int
		lag1, within  float64
		noise, spread float64
	}{
		{"sine with noise", make1(func(i int) float64 { return 10*math.Sin(2*math.Pi*float64(i)/50) + rnd.NormFloat64() }), 50, .97, .03, 1, 7.1},
		{"noise", make1(func(int) float64 { return 5 + 2*rnd.NormFloat64() }), 0, 0, .05, 2, 2},
		{"noise with a memory", make1(func(int) float64 { walk = .9*walk + rnd.NormFloat64(); return walk }), 0, .9, .05, 0, 2.3},
		{"constant", make1(func(int) float64 { return 7 }), 0, 0, 0, 0, 0},
		{"huge", make1(func(i int) float64 { return 1e300 * math.Sin(2*math.Pi*float64(i)/50) }), 50, .99, .02, 0, 0},
	} {
		r := rhythm.Of(tt.values)
		if tt.period > 0 && (r.Period < tt.period-1 || r.Period > tt.period+1) || tt.period == 0 && r.Match > .2 {
			t.Errorf("%s: period %d (%.2f), want %d", tt.name, r.Period, r.Match, tt.period)
		}
		if math.Abs(r.Lag1-tt.lag1) > tt.within+1e-12 {
			t.Errorf("%s: lag 1 correlation %.3f, want %.2f", tt.name, r.Lag1, tt.lag1)
		}
		if tt.noise > 0 && math.Abs(r.Noise/tt.noise-1) > .1 || tt.spread > 0 && math.Abs(r.Spread/tt.spread-1) > .15 {
			t.Errorf("%s: noise %.3f and spread %.3f, want %g and %g", tt.name, r.Noise, r.Spread, tt.noise, tt.spread)
		}
	}
	if r := rhythm.Of([]float64{1, 2}); r != (rhythm.Rhythm{}) {
		t.Errorf("two values: %+v", r)
	}
}
