package shape_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/detect/shape"
	"edgelabel/agent/series"
)

var tag = series.Tag{ID: "x", Name: "Force", Unit: "kN", Kind: series.Number}

func build(learn int) *shape.Detector {
	return shape.New(tag, detect.Rule{Kind: detect.Shape, Warmup: learn}.Complete(tag))
}

const period = 60

// strokes is n values of a machine whose every cycle has a slow rise, a plateau and a fall, and some noise.
func strokes(n int) []float64 {
	rnd := rand.New(rand.NewPCG(2, 2))
	values := make([]float64, n)
	for i := range values {
		p := float64(i%period) / period
		values[i] = 100 * (math.Sin(2*math.Pi*p) + .4*math.Sin(6*math.Pi*p))
		values[i] += 2 * rnd.NormFloat64()
	}
	return values
}

func TestContract(t *testing.T) {
	values := strokes(1600)
	flip(values[1200 : 1200+period])
	detecttest.Run(t, detecttest.Fixture{
		New:    func(*testing.T) detect.Detector { return build(600) },
		Signal: values,
		Long:   1200,
	})
}

func flip(values []float64) {
	for i := range values {
		values[i] = -values[i]
	}
}

// TestFindsTheOddCycle holds that each kind of fault has the highest score of the recording, at its place.
func TestFindsTheOddCycle(t *testing.T) {
	const at = 3000
	for name, fault := range map[string]func([]float64){
		"a cycle upside down": func(v []float64) { flip(v[:period]) },
		"a cycle too small": func(v []float64) {
			for i := range period {
				v[i] *= .3
			}
		},
		"a cycle too long": func(v []float64) { copy(v[period/2:period+period/2], append([]float64{}, v[:period]...)) },
		"it stands still": func(v []float64) {
			for i := range period / 2 {
				v[i] = v[0]
			}
		},
		"noise": func(v []float64) {
			rnd := rand.New(rand.NewPCG(3, 3))
			for i := range period / 2 {
				v[i] += 25 * rnd.NormFloat64()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			values := strokes(4000)
			fault(values[at:])
			d, best, found := build(1200), 0.0, 0
			for i, v := range values {
				d.Push(series.Sample{Tag: "x", Source: int64(i+1) * 1e9, Value: v})
				if s := d.Score(); s > best {
					best, found = s, i-d.Behind()
				}
			}
			if d.Period() != period {
				t.Errorf("period %d, want %d", d.Period(), period)
			}
			if found < at-period || found > at+2*period {
				t.Errorf("found at %d, want about %d", found, at)
			}
		})
	}
}

func TestQuietWhereNothingHappens(t *testing.T) {
	walk, v := make([]float64, 4000), 0.0
	rnd := rand.New(rand.NewPCG(5, 5))
	for i := range walk {
		v = .9*v + rnd.NormFloat64()
		walk[i] = v
	}
	for name, values := range map[string][]float64{
		"strokes": strokes(6000), "constant": make([]float64, 3000), "noise with a memory": walk,
	} {
		if story := detecttest.Story(build(2000), values); len(story) > 0 {
			t.Errorf("%s: %q", name, story)
		}
	}
}

// TestSaysWhereItBegan holds that the candidate begins with the odd cycle although it is known only later.
func TestSaysWhereItBegan(t *testing.T) {
	values := strokes(6000)
	flip(values[4000 : 4000+period])
	d := build(2000)
	opened := false
	for i, v := range values {
		at := int64(i+1) * 1e9
		for _, ev := range d.Push(series.Sample{Tag: "x", Source: at, Value: v}) {
			if ev.At != at {
				t.Errorf("said at %d, event at %d", at, ev.At)
			}
			if c := ev.Candidate; !opened && (c.From < 3940e9 || c.From > 4090e9 || !strings.Contains(c.Explain.EN, "a cycle is about 60 samples")) {
				t.Errorf("%+v", c)
			}
			opened = true
		}
	}
	if !opened {
		t.Error("nothing was flagged")
	}
}

func TestLearnsWhatItIsTold(t *testing.T) {
	values := strokes(6000)
	flip(values[4000 : 4000+period])
	d := build(2000)
	for i, v := range values {
		s := series.Sample{Tag: "x", Source: int64(i+1) * 1e9, Value: v}
		if i < 3000 || i >= 3900 && i < 4200 {
			d.Learn(s)
		} else if events := d.Push(s); len(events) > 0 {
			t.Errorf("row %d: %+v", i, events)
		}
	}
}

// FuzzPush holds that no row of numbers breaks scores or sentences.
func FuzzPush(f *testing.F) {
	seed := func(values ...float64) {
		var b []byte
		for _, v := range values {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
		f.Add(b)
	}
	seed(0, 0, 0, 0, 1)
	seed(math.MaxFloat64, -math.MaxFloat64, math.NaN(), math.Inf(1), 1e-320)
	seed(1, math.Nextafter(1, 2), 1)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1024 {
			return
		}
		d := build(detect.LeastLearn)
		for round := range 4 {
			for i := 0; i+8 <= len(b); i += 8 {
				v := math.Float64frombits(binary.LittleEndian.Uint64(b[i:]))
				events := d.Push(series.Sample{Tag: "x", Source: int64(round*len(b)+i+1) * 1e9, Value: v})
				if s := d.Score(); !(s >= 0 && s <= 1) {
					t.Fatalf("score %v after %v", s, v)
				}
				if _, err := json.Marshal(events); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// BenchmarkPush is a signal with a cycle of 240 samples.
func BenchmarkPush(b *testing.B) {
	d := build(2000)
	values := make([]float64, 24000)
	rnd := rand.New(rand.NewPCG(5, 5))
	for i := range values {
		values[i] = math.Sin(2*math.Pi*float64(i)/240) + .05*rnd.NormFloat64()
	}
	for i := range 2000 {
		d.Push(series.Sample{Tag: "x", Source: int64(i+1) * 1e9, Value: values[i]})
	}
	detecttest.BenchOn(b, d, values)
	detecttest.State(b, func() *shape.Detector {
		d := build(2000)
		for i, v := range values[:4000] {
			d.Push(series.Sample{Source: int64(i+1) * 1e9, Value: v})
		}
		return d
	})
}
