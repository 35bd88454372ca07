package series_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"edgelabel/agent/series"
)

// wandering is a trace of numbers at uneven nanoseconds, some of them bad, some no numbers, some at the same moment.
func wandering(rnd *rand.Rand, n int) series.Trace {
	tr := series.Trace{Tag: "x", Name: "X", Unit: "mm"}
	at, v := int64(rnd.IntN(20)), 0.0
	for range n {
		v += rnd.NormFloat64()
		shown, status := v, series.StatusGood
		switch rnd.IntN(12) {
		case 0:
			shown = nan
		case 1:
			status = series.StatusBad
		case 2:
			status = series.StatusUncertain
		}
		tr.T, tr.V, tr.Status = append(tr.T, at), append(tr.V, shown), append(tr.Status, status)
		at += int64(rnd.IntN(25))
	}
	return tr
}

// spoken is what the signal is known to be at a moment, looked up the plain way.
func spoken(tr series.Trace, now int64, valid time.Duration) (v float64, status uint32) {
	i := -1
	for k := range tr.T {
		if tr.T[k] <= now {
			i = k
		}
	}
	if i < 0 || now-tr.T[i] >= int64(valid) || math.IsNaN(tr.V[i]) || series.QualityOf(tr.Status[i]) == series.Bad {
		return nan, series.StatusBadNoData
	}
	return tr.V[i], tr.Status[i]
}

func resample(t *testing.T, r series.Resampling, w *series.Window) *series.Window {
	t.Helper()
	out, err := r.Window(w)
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range out.Traces {
		if !slices.Equal(tr.T, out.Traces[0].T) || len(tr.V) != len(tr.T) || len(tr.Status) != len(tr.T) {
			t.Fatalf("%s: %d points, %d values, %d statuses; the first has %d points", tr.Tag, len(tr.T), len(tr.V), len(tr.Status), len(out.Traces[0].T))
		}
		for k := range tr.T {
			if math.IsNaN(tr.V[k]) != (tr.Status[k] == series.StatusBadNoData) {
				t.Fatalf("%s at %d: %g with status %x", tr.Tag, tr.T[k], tr.V[k], tr.Status[k])
			}
		}
	}
	return out
}

// TestResamplingAgainstPlainLookup walks through every nanosecond and compares.
func TestResamplingAgainstPlainLookup(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 4))
		tr := wandering(rnd, 30)
		step, valid := time.Duration(1+rnd.IntN(60)), time.Duration(1+rnd.IntN(60))
		w := &series.Window{From: int64(rnd.IntN(30)), To: tr.T[len(tr.T)-1] + int64(rnd.IntN(40)) + 31, Traces: []series.Trace{tr}}
		mean := resample(t, series.Resampling{Step: step, Valid: valid, Method: series.Mean}, w).Traces[0]
		both := resample(t, series.Resampling{Step: step, Valid: valid, Method: series.MinMax}, w)
		if both.Traces[0].Tag != "x.min" || both.Traces[1].Name != "X.max" || both.Traces[1].Unit != "mm" {
			t.Fatalf("traces %+v", both.Traces)
		}
		for k, at := range mean.T {
			sum, known, low, high := 0.0, 0, math.Inf(1), math.Inf(-1)
			for now := at; now < min(at+int64(step), w.To); now++ {
				if v, _ := spoken(tr, now, valid); !math.IsNaN(v) {
					sum, known, low, high = sum+v, known+1, min(low, v), max(high, v)
				}
			}
			got, least, most := mean.V[k], both.Traces[0].V[k], both.Traces[1].V[k]
			if known == 0 {
				if !math.IsNaN(got) && least > most {
					t.Fatalf("seed %d at %d: %g where nothing is known", seed, at, got)
				}
				continue
			}
			// Samples at the same moment as the next are no stretch of time, but no extreme is lost with them.
			if least > low || most < high || got < least || got > most {
				t.Fatalf("seed %d at %d: mean %g between %g and %g; want %g to %g", seed, at, got, least, most, low, high)
			}
			if !hasTwins(tr) && (least != low || most != high || math.Abs(got-sum/float64(known)) > 1e-9) {
				t.Fatalf("seed %d at %d: %g (%g to %g), want %g (%g to %g)", seed, at, got, least, most, sum/float64(known), low, high)
			}
		}
	}
}

func hasTwins(tr series.Trace) bool {
	return len(slices.Compact(slices.Clone(tr.T))) < len(tr.T)
}

// TestMinMaxLosesNoExtreme looks for the largest and the smallest sample of the whole.
func TestMinMaxLosesNoExtreme(t *testing.T) {
	for seed := range uint64(100) {
		rnd := rand.New(rand.NewPCG(seed, 5))
		tr := wandering(rnd, 50)
		w := &series.Window{To: tr.T[len(tr.T)-1] + 1, Traces: []series.Trace{tr}}
		out := resample(t, series.Resampling{Step: time.Duration(1 + rnd.IntN(200)), Valid: 1, Method: series.MinMax}, w)
		low, high := math.Inf(1), math.Inf(-1)
		for i, v := range tr.V {
			if !math.IsNaN(v) && series.QualityOf(tr.Status[i]) != series.Bad {
				low, high = min(low, v), max(high, v)
			}
		}
		least, most := math.Inf(1), math.Inf(-1)
		for k := range out.Traces[0].V {
			if v := out.Traces[0].V[k]; !math.IsNaN(v) {
				least, most = min(least, v), max(most, out.Traces[1].V[k])
			}
		}
		if least != low || most != high {
			t.Fatalf("seed %d: %g to %g, want %g to %g", seed, least, most, low, high)
		}
	}
}

func TestResamplingAtPoints(t *testing.T) {
	w := &series.Window{To: 50, Gaps: []series.Gap{{Source: "s"}}, Traces: []series.Trace{
		{Tag: "a", T: []int64{0, 20, 40}, V: []float64{0, 4, 8}, Status: []uint32{0, series.StatusUncertain, 0}},
		{Tag: "b", T: []int64{10}, V: []float64{7}, Status: []uint32{0}},
	}}
	const no, odd = series.StatusBadNoData, series.StatusUncertain
	for method, want := range map[series.Method]struct {
		v      [][]float64
		status [][]uint32
	}{
		series.Last:   {[][]float64{{0, 0, 4, 4, 8}, {nan, 7, 7, 7, nan}}, [][]uint32{{0, 0, odd, odd, 0}, {no, 0, 0, 0, no}}},
		series.Linear: {[][]float64{{0, 2, 4, 6, 8}, {nan, 7, 7, 7, nan}}, [][]uint32{{0, odd, odd, odd, 0}, {no, 0, 0, 0, no}}},
	} {
		out := resample(t, series.Resampling{Step: 10, Valid: 20, Method: method}, w)
		for i, tr := range out.Traces {
			same := slices.EqualFunc(tr.V, want.v[i], func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) })
			if !same || !slices.Equal(tr.Status, want.status[i]) {
				t.Errorf("%s of %s: %v %x, want %v %x", method, tr.Tag, tr.V, tr.Status, want.v[i], want.status[i])
			}
		}
		if len(out.Gaps) != 1 || out.To != 50 || len(w.Traces[0].T) != 3 {
			t.Errorf("window %+v", out)
		}
	}
}

func TestResamplingIsChecked(t *testing.T) {
	w := &series.Window{To: int64(24 * time.Hour)}
	for _, r := range []series.Resampling{{}, {Step: 1, Valid: 1}, {Step: 1, Valid: 1, Method: "median"}, {Step: -1, Valid: 1, Method: series.Last}, {Step: 1, Method: series.Mean}} {
		if _, err := r.Window(w); err == nil {
			t.Errorf("%+v was taken", r)
		}
	}
	if _, err := (series.Resampling{Step: 1, Valid: 1, Method: series.Last}).Window(w); !errors.Is(err, series.ErrTooFine) {
		t.Errorf("a day of nanoseconds: %v", err)
	}
	if out, err := (series.Resampling{Step: 1, Valid: 1, Method: series.Last}).Window(&series.Window{}); err != nil || len(out.Traces) != 0 {
		t.Errorf("nothing: %+v, %v", out, err)
	}
}

// FuzzResampling looks for values that no sample said.
func FuzzResampling(f *testing.F) {
	f.Add([]byte{1, 2, 3, 0, 9, 9, 9, 1, 1, 1, 1, 0}, int64(3), int64(10), int64(0))
	f.Add([]byte{0, 255, 0, 0, 1, 254, 0, 0, 3, 1, 1, 2}, int64(1), int64(1000), int64(7))
	f.Fuzz(func(t *testing.T, data []byte, step, valid, from int64) {
		tr, end := traceOf(data)
		low, high := math.Inf(1), math.Inf(-1)
		for i, v := range tr.V {
			if !math.IsNaN(v) && series.QualityOf(tr.Status[i]) != series.Bad {
				low, high = min(low, v), max(high, v)
			}
		}
		w := &series.Window{From: from, To: min(end, 100_000), Traces: []series.Trace{tr}}
		for _, method := range []series.Method{series.Last, series.Linear, series.Mean, series.MinMax} {
			out, err := series.Resampling{Step: time.Duration(step), Valid: time.Duration(valid), Method: method}.Window(w)
			if err != nil {
				continue
			}
			for _, x := range out.Traces {
				for k, v := range x.V {
					if v < low-1e-9 || v > high+1e-9 {
						t.Fatalf("%s at %d: %g is outside of all samples", method, x.T[k], v)
					}
				}
			}
		}
	})
}
