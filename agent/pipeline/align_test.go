package pipeline_test

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"

	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

var nan = math.NaN()

func TestFrame(t *testing.T) {
	bad := []uint32{0, series.StatusBad, 0}
	tests := []struct {
		name  string
		grid  pipeline.Grid
		trace series.Trace // times in ns
		to    int64
		want  []float64
	}{
		{"last known value", pipeline.Grid{Step: 10, Valid: 100}, series.Trace{T: []int64{5, 20, 31}, V: []float64{1, 2, 3}, Status: make([]uint32, 3)}, 50, []float64{nan, 1, 2, 2, 3}},
		{"validity ends", pipeline.Grid{Step: 10, Valid: 15}, series.Trace{T: []int64{0}, V: []float64{1}, Status: make([]uint32, 1)}, 40, []float64{1, 1, nan, nan}},
		{"bad speaks for itself", pipeline.Grid{Step: 10, Valid: 100}, series.Trace{T: []int64{0, 10, 30}, V: []float64{1, 2, 3}, Status: bad}, 40, []float64{1, nan, nan, 3}},
		{"no number", pipeline.Grid{Step: 10, Valid: 100}, series.Trace{T: []int64{0, 10, 20}, V: []float64{1, nan, math.Inf(1)}, Status: make([]uint32, 3)}, 30, []float64{1, nan, nan}},
		{"straight line", pipeline.Grid{Step: 10, Valid: 100, Linear: true}, series.Trace{T: []int64{0, 40}, V: []float64{0, 8}, Status: make([]uint32, 2)}, 60, []float64{0, 2, 4, 6, 8, 8}},
		{"no line over a hole", pipeline.Grid{Step: 10, Valid: 30, Linear: true}, series.Trace{T: []int64{0, 40}, V: []float64{0, 8}, Status: make([]uint32, 2)}, 50, []float64{0, 0, 0, 0, 8}},
		{"no line to a bad sample", pipeline.Grid{Step: 10, Valid: 100, Linear: true}, series.Trace{T: []int64{0, 20, 40}, V: []float64{1, 5, 9}, Status: bad}, 50, []float64{1, 1, nan, nan, 9}},
		{"nothing", pipeline.Grid{Step: 10, Valid: 100}, series.Trace{}, 20, []float64{nan, nan}},
		{"empty window", pipeline.Grid{Step: 10}, series.Trace{T: []int64{0}, V: []float64{1}, Status: make([]uint32, 1)}, 0, []float64{}},
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
	if f := (pipeline.Grid{Step: time.Microsecond}).Frame(w); len(f.T) != 0 {
		t.Errorf("%d points", len(f.T))
	}
	if f := (pipeline.Grid{}).Frame(&series.Window{From: math.MinInt64, To: math.MaxInt64}); len(f.T) != 0 {
		t.Errorf("%d points of all time", len(f.T))
	}
}

// FuzzFrame checks that no value is invented: each one is that of the newest sample at or before it, sound and still valid.
func FuzzFrame(f *testing.F) {
	f.Add([]byte{1, 2, 3, 0, 9, 9, 9, 1, 1, 1, 1, 0}, int64(3), int64(10), false)
	f.Add([]byte{0, 255, 0, 0, 1, 254, 0, 0, 3, 1, 1, 2}, int64(1), int64(1000), true)
	f.Fuzz(func(t *testing.T, data []byte, step, valid int64, linear bool) {
		tr, end := traceOf(data)
		g := pipeline.Grid{Step: time.Duration(step), Valid: time.Duration(valid), Linear: linear}
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

// FuzzSamples sends anything: every batch is answered once, every sample is stored or repeats one that is, and what is stored has a time
// and a sound status.
func FuzzSamples(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3})
	f.Add(slices.Repeat([]byte{7, 250, 3, 4, 0, 0, 0, 0, 64, 1}, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg := press()
		cfg.Tags[0].Min, cfg.Tags[0].Max, cfg.Tags[0].MaxDelay = ptr(-1e6), ptr(1e6), 50*time.Millisecond
		cfg.Tags = append(cfg.Tags, pipeline.Tag{Tag: series.Tag{ID: "wave", Kind: series.Wave, Rate: 3}})
		s := newStore()
		r := start(t, cfg, s, nil)
		var a answers
		sent, batches := 0, 0
		for ; len(data) >= 10 && batches < 50; data = data[10:] {
			x := series.Sample{
				Tag: []string{"force", "temp", "part", "wave", "?"}[data[0]%5], Receive: base,
				Source: base + int64(int8(data[1]))*1e7, Status: uint32(data[2]) << 24, Value: math.Float64frombits(binary.LittleEndian.Uint64(data[2:])),
			}
			switch data[0] / 64 {
			case 1:
				x.Source = int64(binary.LittleEndian.Uint64(data[1:]))
			case 2:
				x.Wave = []float64{x.Value, 1, -x.Value}
			case 3:
				x.Text, x.Receive = string(data[3:6]), 0
			}
			batch := slices.Repeat([]series.Sample{x}, 1+int(data[1]%3))
			sent, batches = sent+len(batch), batches+1
			r.push(&a, batch...)
		}
		r.stop()
		a.want(t, "all", int64(batches), 0)
		repeated := uint64(0)
		for _, n := range r.p.Stats().Sources {
			repeated += n.Duplicates
		}
		want(t, "stored and repeated", len(s.samples)+int(repeated), sent)
		for _, x := range s.samples {
			if x.Time() <= 0 || x.Receive <= 0 || x.Source > x.Receive && x.Source-x.Receive > int64(time.Hour) {
				t.Errorf("stored with time %d, received %d", x.Source, x.Receive)
			}
			if x.Tag == "force" && math.Abs(x.Value) > 1e6 && x.Quality() != series.Bad {
				t.Errorf("implausible %v is stored as good", x.Value)
			}
		}
	})
}
