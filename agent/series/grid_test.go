package series_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"edgelabel/agent/series"
)

var nan = math.NaN()

func TestFrame(t *testing.T) {
	bad := []uint32{0, series.StatusBad, 0}
	tests := []struct {
		name  string
		grid  series.Grid
		trace series.Trace // times in ns
		to    int64
		want  []float64
	}{
		{"last known value", series.Grid{Step: 10, Valid: 100}, series.Trace{T: []int64{5, 20, 31}, V: []float64{1, 2, 3}, Status: make([]uint32, 3)}, 50, []float64{nan, 1, 2, 2, 3}},
		{"validity ends", series.Grid{Step: 10, Valid: 15}, series.Trace{T: []int64{0}, V: []float64{1}, Status: make([]uint32, 1)}, 40, []float64{1, 1, nan, nan}},
		{"bad speaks for itself", series.Grid{Step: 10, Valid: 100}, series.Trace{T: []int64{0, 10, 30}, V: []float64{1, 2, 3}, Status: bad}, 40, []float64{1, nan, nan, 3}},
		{"no number", series.Grid{Step: 10, Valid: 100}, series.Trace{T: []int64{0, 10, 20}, V: []float64{1, nan, math.Inf(1)}, Status: make([]uint32, 3)}, 30, []float64{1, nan, nan}},
		{"straight line", series.Grid{Step: 10, Valid: 100, Linear: true}, series.Trace{T: []int64{0, 40}, V: []float64{0, 8}, Status: make([]uint32, 2)}, 60, []float64{0, 2, 4, 6, 8, 8}},
		{"no line over a hole", series.Grid{Step: 10, Valid: 30, Linear: true}, series.Trace{T: []int64{0, 40}, V: []float64{0, 8}, Status: make([]uint32, 2)}, 50, []float64{0, 0, 0, 0, 8}},
		{"no line to a bad sample", series.Grid{Step: 10, Valid: 100, Linear: true}, series.Trace{T: []int64{0, 20, 40}, V: []float64{1, 5, 9}, Status: bad}, 50, []float64{1, 1, nan, nan, 9}},
		{"nothing", series.Grid{Step: 10, Valid: 100}, series.Trace{}, 20, []float64{nan, nan}},
		{"empty window", series.Grid{Step: 10}, series.Trace{T: []int64{0}, V: []float64{1}, Status: make([]uint32, 1)}, 0, []float64{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.grid.Frame(&series.Window{To: tt.to, Traces: []series.Trace{tt.trace}})
			var got []float64
			if len(f.V) > 0 {
				got = f.V[0]
			}
			same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
			if !slices.EqualFunc(got, tt.want, same) || len(f.T) != len(tt.want) {
				t.Errorf("%v at %v, want %v", got, f.T, tt.want)
			}
		})
	}
}

func TestFrameIsBounded(t *testing.T) {
	w := &series.Window{To: int64(24 * time.Hour), Traces: []series.Trace{{Tag: "x"}}}
	if f := (series.Grid{Step: time.Microsecond}).Frame(w); len(f.T) != 0 {
		t.Errorf("%d points", len(f.T))
	}
	if f := (series.Grid{}).Frame(&series.Window{From: math.MinInt64, To: math.MaxInt64}); len(f.T) != 0 {
		t.Errorf("%d points of all time", len(f.T))
	}
}

// FuzzFrame checks that no value is invented: each one is that of the newest sample at or before it, sound and still valid.
func FuzzFrame(f *testing.F) {
	f.Add([]byte{1, 2, 3, 0, 9, 9, 9, 1, 1, 1, 1, 0}, int64(3), int64(10), false)
	f.Add([]byte{0, 255, 0, 0, 1, 254, 0, 0, 3, 1, 1, 2}, int64(1), int64(1000), true)
	f.Fuzz(func(t *testing.T, data []byte, step, valid int64, linear bool) {
		tr, end := traceOf(data)
		g := series.Grid{Step: time.Duration(step), Valid: time.Duration(valid), Linear: linear}
		frame := g.Frame(&series.Window{To: min(end, 100_000), Traces: []series.Trace{tr}})
		low, high := math.Inf(1), math.Inf(-1)
		for i, v := range tr.V {
			if !math.IsNaN(v) && !math.IsInf(v, 0) && series.QualityOf(tr.Status[i]) != series.Bad {
				low, high = min(low, v), max(high, v)
			}
		}
		for k, at := range frame.T {
			v := frame.V[0][k]
			if math.IsNaN(v) {
				continue
			}
			i, _ := slices.BinarySearch(tr.T, at+1)
			if i == 0 || at-tr.T[i-1] > valid || series.QualityOf(tr.Status[i-1]) == series.Bad {
				t.Fatalf("at %d: %v without a valid sample", at, v)
			}
			if !linear && v != tr.V[i-1] {
				t.Fatalf("at %d: %v, the sample says %v", at, v, tr.V[i-1])
			}
			if v < low-1e-9 || v > high+1e-9 {
				t.Fatalf("at %d: %v is outside of all samples", at, v)
			}
		}
	})
}

// traceOf reads four bytes a sample: time step, value, status, spare.
func traceOf(data []byte) (series.Trace, int64) {
	tr := series.Trace{Tag: "x"}
	at := int64(0)
	for ; len(data) >= 4; data = data[4:] {
		at += int64(data[0])
		v := float64(int8(data[1]))
		if data[1] == 127 {
			v = nan
		}
		tr.T, tr.V, tr.Status = append(tr.T, at), append(tr.V, v), append(tr.Status, uint32(data[2]&3)<<30)
	}
	return tr, at + 100
}
