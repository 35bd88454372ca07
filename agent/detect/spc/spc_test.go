package spc_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/detect/spc"
	"edgelabel/agent/series"
)

var tag = series.Tag{ID: "x", Name: "Length", Unit: "mm", Kind: series.Number}

func build(c detect.Chart) *spc.Detector {
	r := detect.Rule{Kind: detect.SPC, Chart: c}
	return spc.New(tag, r.Complete(tag))
}

// noise is an AR(1) process of variance 1 about 100.
func noise(seed uint64, rho float64) func() float64 {
	rnd := rand.New(rand.NewPCG(seed, 77))
	x := rnd.NormFloat64()
	return func() float64 {
		x = rho*x + math.Sqrt(1-rho*rho)*rnd.NormFloat64()
		return 100 + x
	}
}

func TestContract(t *testing.T) {
	var values []float64
	next := noise(1, 0)
	for range 60 {
		values = append(values, next())
	}
	values = append(values, 100, 110, 100, 100)
	for name, c := range map[string]detect.Chart{
		"individuals": {Learn: 50, Rules: []int{1, 2, 3, 5, 6}}, "ewma": {Learn: 50, Plot: detect.EWMA, Lambda: 0.5}, "cusum": {Learn: 50, Plot: detect.CUSUM},
	} {
		t.Run(name, func(t *testing.T) {
			signal := values
			for range 30 {
				signal = append(signal, 99.9, 100.1)
			}
			detecttest.Run(t, detecttest.Fixture{New: func(*testing.T) detect.Detector { return build(c) }, Signal: signal})
		})
	}
}

// TestFalseSignalsAreAsPromised holds that what the chart says about itself is what happens to a signal in control.
func TestFalseSignalsAreAsPromised(t *testing.T) {
	all := []int{1, 2, 3, 4, 5, 6, 7, 8}
	for _, rho := range []float64{0, 0.5, 0.9} {
		charts := []detect.Chart{{}, {Rules: all}, {Decouple: detect.Thin, Rules: all}}
		if rho == 0.9 {
			charts = append(charts, detect.Chart{Decouple: detect.Raw}, detect.Chart{Plot: detect.EWMA}, detect.Chart{Plot: detect.CUSUM})
		}
		for _, c := range charts {
			t.Run(fmt.Sprintf("rho %g %s %s %v", rho, c.Plot, c.Decouple, c.Rules), func(t *testing.T) {
				t.Parallel()
				expected, observed := promise(t, c, rho)
				t.Logf("one false signal in %.0f points promised, one in %.0f seen", 1/expected, 1/observed)
				if ratio := observed / expected; ratio < 0.75 || ratio > 1.25 {
					t.Errorf("%.5f false signals a point promised, %.5f seen: %.2f", expected, observed, ratio)
				}
			})
		}
	}
}

func promise(t *testing.T, c detect.Chart, rho float64) (expected, observed float64) {
	const points = 10_000
	for seed := range uint64(seeds) {
		d, next := build(c), noise(seed, rho)
		for i := range 1000 + points {
			d.Push(series.Sample{Tag: "x", Source: int64(i+1) * 1e9, Value: next()})
		}
		f := d.FalseSignals()
		if !f.Learnt || math.Abs(f.Autocorrelation-rho) > 0.15 {
			t.Fatalf("learnt: %+v", f)
		}
		if math.Abs(f.Every*f.Expected-1) > 0.01 {
			t.Errorf("every %g s at %g a second", f.Every, f.Expected)
		}
		expected += f.Expected / seeds
		observed += float64(f.Signals) / float64(f.Points) / seeds
	}
	return expected, observed
}

func TestEachRule(t *testing.T) {
	flat := func(n int, v float64) []float64 { return slices.Repeat([]float64{v}, n) }
	tests := []struct {
		rule   int
		fires  []float64 // in standard deviations
		silent []float64
	}{
		{1, []float64{0, -3.2}, []float64{2.9, -2.9}},
		{2, flat(9, 0.5), append(flat(8, 0.5), -0.1)},
		{3, []float64{0, 1, 2, 3, 4, 5}, []float64{0, 1, 2, 3, 4, 3}},
		{4, []float64{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, []float64{0, 1, 0, 1, 0, 1, 2, 1, 0, 1, 0, 1, 0, 1}},
		{5, []float64{2.1, 0, 2.1}, []float64{2.1, 0, -2.1}},
		{6, []float64{1.1, 1.1, 0, 1.1, 1.1}, []float64{1.1, 1.1, 0, 0, 1.1}},
		{7, flat(15, 0.5), append(flat(14, 0.5), 1.1)},
		{8, []float64{1.5, -1.5, 1.5, -1.5, 1.5, -1.5, 1.5, 1.5}, []float64{1.5, -1.5, 1.5, 0.5, 1.5, -1.5, 1.5, 1.5}},
	}
	for _, tt := range tests {
		for _, fires := range []bool{true, false} {
			row := tt.silent
			if fires {
				row = tt.fires
			}
			d := build(detect.Chart{Learn: 50, Rules: []int{tt.rule}, Decouple: detect.Raw})
			opened := 0
			for i := range 50 { // deviation exactly about 1, mean 0
				v := 1.0
				if i%2 == 1 {
					v = -1
				}
				d.Push(series.Sample{Source: int64(i+1) * 1e9, Value: v * math.Sqrt(0.98)})
			}
			for i, z := range row {
				opened += len(d.Push(series.Sample{Source: int64(60+i) * 1e9, Value: z}))
			}
			if (opened > 0) != fires {
				t.Errorf("rule %d on %v: %d", tt.rule, row, opened)
			}
		}
	}
}

func TestWording(t *testing.T) {
	values := make([]float64, 0, 60)
	for i := range 50 {
		values = append(values, float64(100+i%2*2))
	}
	story := detecttest.Story(build(detect.Chart{Learn: 50, Decouple: detect.Raw}), append(values, 101, 109, 101))
	want := []string{
		"open 52: Length 109 mm: rule 1, a point beyond 3 sigma; learnt 101 ± 1 mm.",
		"close 52-53: Length reached 109 mm within 1 s: rule 1, a point beyond 3 sigma; learnt 101 ± 1 mm.",
	}
	if len(story) != 2 || !slices.Equal(story, want) {
		t.Errorf("%q", story)
	}
}

func BenchmarkPush(b *testing.B) {
	d, next := build(detect.Chart{Rules: []int{1, 2, 3, 4, 5, 6, 7, 8}}), noise(1, 0.5)
	for i := range 2000 {
		d.Push(series.Sample{Source: int64(i+1) * 1e9, Value: next()})
	}
	detecttest.Bench(b, d)
}
