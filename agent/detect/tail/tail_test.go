package tail_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/tail"
)

// TestFitFindsTheTail holds that scale and shape of samples from known distributions are found.
func TestFitFindsTheTail(t *testing.T) {
	for _, want := range []tail.GPD{{Scale: 2, Shape: -.3}, {Scale: 1, Shape: 0}, {Scale: .5, Shape: .25}} {
		rnd := rand.New(rand.NewPCG(1, 1))
		values := make([]float64, 20_000)
		for i := range values {
			values[i] = want.Quantile(1 - rnd.Float64())
		}
		got := tail.Fit(values)
		if math.Abs(got.Shape-want.Shape) > .05 || math.Abs(got.Scale/want.Scale-1) > .05 {
			t.Errorf("%+v: %+v", want, got)
		}
		if p := want.Beyond(want.Quantile(.01)); math.Abs(p-.01) > 1e-9 {
			t.Errorf("%+v: beyond its 1 %% quantile lies %g", want, p)
		}
	}
	for _, few := range [][]float64{nil, {0}, {3}, {2, 2, 2}} {
		if g := tail.Fit(few); math.IsNaN(g.Beyond(1)) || math.IsNaN(g.Quantile(.5)) {
			t.Errorf("%v: %+v", few, g)
		}
	}
}

// TestRateIsWhatComes holds that the rate that is told from the first half comes true in the second.
func TestRateIsWhatComes(t *testing.T) {
	var draw *rand.Rand
	smooth := 0.0
	for name, distance := range map[string]func() float64{
		"normal":      func() float64 { return math.Abs(draw.NormFloat64()) / 6 },
		"exponential": func() float64 { return draw.ExpFloat64() / 10 },
		"heavy":       func() float64 { return .05 * math.Pow(1-draw.Float64(), -.3) },
		"slow": func() float64 {
			smooth = .99*smooth + .141*draw.NormFloat64()
			return math.Abs(smooth) / 5
		},
	} {
		draw, smooth = rand.New(rand.NewPCG(2, 2)), 0 // the same for each, in whatever order they come
		t.Run(name, func(t *testing.T) {
			const half, rate, gap = 400_000, 1. / 10_000, 60
			a := tail.New(gap)
			limit, n, last := 0.0, 0, -1e9
			for i := range 2 * half {
				d, now := distance(), float64(i)
				if i < half {
					if a.Add(now, d); i%2000 == 0 {
						a.Fit(now, rate)
					}
					continue
				}
				if i == half {
					if !a.Fit(now, rate) {
						t.Fatal("too few peaks")
					}
					limit = a.Distance(rate)
				}
				if d > limit {
					if now-last > gap {
						n++
					}
					last = now
				}
			}
			if n < 20 || n > 60 {
				t.Errorf("beyond %.3f (level %.3f) %d times, want 40", limit, a.Level(), n)
			}
			if r := a.Rate(limit) / rate; math.Abs(r-1) > .01 {
				t.Errorf("rate %g of what was asked", r)
			}
		})
	}
}

type kept struct{ *tail.Tail }

func TestKept(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	a := tail.New(10)
	for i := range 20_000 {
		a.Add(float64(i), rnd.ExpFloat64()/5)
	}
	b := tail.New(10)
	if err := detect.Restore(detect.Kept(kept{a}), kept{b}); err != nil {
		t.Fatal(err)
	}
	for i := range 20_000 {
		d := rnd.ExpFloat64() / 5
		a.Add(float64(20_000+i), d)
		b.Add(float64(20_000+i), d)
	}
	if a.Fit(40_000, 1e-3) != b.Fit(40_000, 1e-3) || a.Distance(1e-3) != b.Distance(1e-3) {
		t.Errorf("%g and %g", a.Distance(1e-3), b.Distance(1e-3))
	}
}
