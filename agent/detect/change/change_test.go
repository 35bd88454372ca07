package change_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/change"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/series"
)

var tag = series.Tag{ID: "x", Name: "Force", Unit: "kN", Kind: series.Number}

func build(learn int) *change.Detector {
	return change.New(tag, detect.Rule{Kind: detect.Change, Warmup: learn}.Complete(tag))
}

// noise is n values of an AR(1) process of variance 1 about 100.
func noise(seed uint64, n int, rho float64) []float64 {
	rnd := rand.New(rand.NewPCG(seed, 8))
	values, x := make([]float64, n), rnd.NormFloat64()
	for i := range values {
		x = rho*x + math.Sqrt(1-rho*rho)*rnd.NormFloat64()
		values[i] = 100 + x
	}
	return values
}

func TestContract(t *testing.T) {
	values := noise(1, 600, 0)
	for i := range values[400:] {
		values[400+i] += 5
	}
	detecttest.Run(t, detecttest.Fixture{New: func(*testing.T) detect.Detector { return build(200) }, Signal: values})
}

// TestFindsWhatChanged holds that each kind of change is found, soon, where it began, and by its name; and nothing else is.
func TestFindsWhatChanged(t *testing.T) {
	const n, at = 4000, 2500
	rnd := rand.New(rand.NewPCG(3, 3))
	wave := func(values []float64) {
		for i := range values {
			values[i] += 3 * math.Sin(2*math.Pi*float64(i)/20)
		}
	}
	for name, tt := range map[string]struct {
		rho   float64
		fault func(v []float64)
		want  string
		begun func(v []float64) // from the start on
	}{
		"level":             {0, func(v []float64) { add(v, 1.5) }, "Force changed its level from 99.99 to 101", nil},
		"level of a wave":   {0, func(v []float64) { add(v, -1.5) }, "Force changed its level from 99.99 to 98", wave},
		"level, slow noise": {.8, func(v []float64) { add(v, 3) }, "Force changed its level from ", nil},
		"spread": {0, func(v []float64) {
			for i := range v {
				v[i] = 100 + 2.5*(v[i]-100)
			}
		}, "Force changed its spread (standard deviation) from 0.", nil},
		"difference": {.9, func(v []float64) {
			for i := range v {
				v[i] = 100 + rnd.NormFloat64()
			}
		}, "Force changed how far it moves from sample to sample from 0.", nil},
	} {
		t.Run(name, func(t *testing.T) {
			values := noise(2, n, tt.rho)
			if tt.begun != nil {
				tt.begun(values)
			}
			tt.fault(values[at:])
			d, found := build(0), 0
			for i, v := range values {
				for _, ev := range d.Push(series.Sample{Tag: "x", Source: int64(i+1) * 1e9, Value: v}) {
					c := ev.Candidate
					if ev.Closed {
						continue
					}
					if found++; found == 1 && (len(c.Explain.EN) < len(tt.want) || c.Explain.EN[:len(tt.want)] != tt.want) {
						t.Errorf("row %d: %s", i, c.Explain.EN)
					}
					if from := int(c.From / 1e9); found == 1 && (from < at-300 || from > at+150 || i > at+400) {
						t.Errorf("told at %d, from %d", i, from)
					}
				}
			}
			if found == 0 || found > 2 {
				t.Errorf("%d changes", found)
			}
		})
	}
}

func add(v []float64, what float64) {
	for i := range v {
		v[i] += what
	}
}

// TestQuietWhereNothingChanges holds how rare false changes are: of signals whose samples depend on each other, too.
func TestQuietWhereNothingChanges(t *testing.T) {
	for _, rho := range []float64{0, .5, .9} {
		t.Run(fmt.Sprint(rho), func(t *testing.T) {
			n := 0
			for seed := range uint64(4) {
				n += len(detecttest.Story(build(0), noise(seed, 40_000, rho))) / 2
			}
			if n > 4 {
				t.Errorf("%d changes in 160,000 samples", n)
			}
		})
	}
	for name, values := range map[string][]float64{"constant": make([]float64, 5000), "steps": steps(20_000)} {
		if story := detecttest.Story(build(0), values); len(story) > 0 {
			t.Errorf("%s: %q", name, story)
		}
	}
}

// steps is a machine with two states that it changes between in one rhythm.
func steps(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(i / 15 % 2)
	}
	return values
}

// FuzzPush holds that no row of numbers breaks scores or sentences.
func FuzzPush(f *testing.F) {
	for _, values := range [][]float64{{0, 0, 1}, {math.MaxFloat64, -math.MaxFloat64, math.NaN()}, {1, math.Nextafter(1, 2)}, {1e-320, -1e-320}} {
		var b []byte
		for _, v := range values {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d := build(detect.LeastChangeLearn)
		for i := 0; i < 4000 && len(b) >= 8; i++ {
			v := math.Float64frombits(binary.LittleEndian.Uint64(b[i%(len(b)/8)*8:]))
			events := d.Push(series.Sample{Tag: "x", Source: int64(i+1) * 1e9, Value: v * float64(1+i/1000)})
			if s := d.Score(); !(s >= 0 && s <= 1) {
				t.Fatalf("score %v after %v", s, v)
			}
			if _, err := json.Marshal(events); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func BenchmarkPush(b *testing.B) {
	detecttest.Bench(b, build(0))
	detecttest.State(b, func() *change.Detector {
		d := build(0)
		for i, v := range noise(1, 2000, 0) {
			d.Push(series.Sample{Source: int64(i+1) * 1e9, Value: v})
		}
		return d
	})
}
