package novelty_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/detect/novelty"
	"edgelabel/agent/series"
)

var tag = series.Tag{ID: "x", Name: "Force", Unit: "kN", Kind: series.Number}

func build(learn int) *novelty.Detector {
	return novelty.New(tag, detect.Rule{Kind: detect.Novelty, Warmup: learn}.Complete(tag))
}

// cycles is n values of a machine that works in cycles of 20, with the fault added from a up to b.
func cycles(n, a, b int, fault float64) []float64 {
	rnd := rand.New(rand.NewPCG(1, 1))
	values := make([]float64, n)
	for i := range values {
		values[i] = 100 + 20*math.Sin(2*math.Pi*float64(i)/20) + rnd.NormFloat64()
		if i >= a && i < b {
			values[i] += fault
		}
	}
	return values
}

func TestContract(t *testing.T) {
	detecttest.Run(t, detecttest.Fixture{
		New:    func(*testing.T) detect.Detector { return build(200) },
		Signal: cycles(1500, 1000, 1010, 150),
	})
}

func TestFlagsWhatIsNew(t *testing.T) {
	flat := make([]float64, 1500)
	for i := range flat {
		flat[i] = 20
	}
	standing := cycles(1500, 0, 0, 0)
	for i := 1000; i < 1040; i++ {
		standing[i] = 100
	}
	late := append([]float64{}, flat...)
	late[1200] = 25
	for _, tt := range []struct {
		name   string
		values []float64
		open   string // how the story begins; empty: nothing is flagged
	}{
		{"what it knows", cycles(3000, 0, 0, 0), ""},
		{"nothing ever happens", flat, ""},
		{"a spike", cycles(1500, 1000, 1003, 150), "open 100"},
		{"first movement of a constant", late, "open 120"},
		{"it stands still", standing, "open 10"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			story := detecttest.Story(build(300), tt.values)
			if tt.open == "" && len(story) > 0 || tt.open != "" && (len(story) == 0 || !strings.HasPrefix(story[0], tt.open)) {
				t.Errorf("story: %q, want %q", story, tt.open)
			}
			if len(story) > 4 {
				t.Errorf("one fault, many candidates: %q", story)
			}
		})
	}
}

func TestSaysWhatIsUsual(t *testing.T) {
	story := detecttest.Story(build(300), cycles(1500, 1000, 1003, 150))
	if len(story) == 0 || !strings.Contains(story[0], "Force shows a level or pattern not seen before: ") || !strings.Contains(story[0], "kN now, usually 8") {
		t.Errorf("story: %q", story)
	}
}

// TestLearnsWhatItIsTold holds that taught rows count as the warm-up, and that what is taught later is not flagged.
func TestLearnsWhatItIsTold(t *testing.T) {
	values := cycles(1500, 0, 0, 0)
	for i := 1000; i < 1040; i++ {
		values[i] = 100
	}
	d, opened := build(300), 0
	for i, v := range values {
		s := series.Sample{Tag: "x", Source: int64(i+1) * 1e9, Value: v}
		if i < 300 || i >= 950 && i < 1070 {
			d.Learn(s)
			continue
		}
		for _, ev := range d.Push(s) {
			if !ev.Closed {
				opened++
			}
		}
	}
	if opened != 0 {
		t.Errorf("%d candidates in what was taught", opened)
	}
}

// FuzzPush holds that no row of numbers, however far apart, breaks scores or sentences.
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
		d := build(detect.LeastLearn)
		for round := range 8 {
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

func BenchmarkPush(b *testing.B) { detecttest.Bench(b, build(0)) }

// BenchmarkRestless pushes a random walk, which fills the repertoire.
func BenchmarkRestless(b *testing.B) {
	rnd, v := rand.New(rand.NewPCG(5, 5)), 0.0
	values := make([]float64, 1<<16)
	for i := range values {
		v = .99*v + rnd.NormFloat64()
		values[i] = v
	}
	d := build(0)
	for i, v := range values {
		d.Push(series.Sample{Tag: "x", Source: int64(i+1) * 1e9, Value: v})
	}
	detecttest.BenchOn(b, d, values)
	detecttest.State(b, func() *novelty.Detector {
		d := build(0)
		for i, v := range values {
			d.Push(series.Sample{Source: int64(i+1) * 1e9, Value: v})
		}
		return d
	})
}
