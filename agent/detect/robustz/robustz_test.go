package robustz_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/detect/robustz"
	"edgelabel/agent/series"
)

var tag = series.Tag{ID: "x", Name: "Force", Unit: "kN", Kind: series.Number}

func build(r detect.Rule) *robustz.Detector {
	r.Kind = detect.RobustZ
	return robustz.New(tag, r.Complete(tag))
}

// noise is n values around level, with the fault added to those from a up to b.
func noise(n int, level float64, a, b int, fault float64) []float64 {
	rnd := rand.New(rand.NewPCG(1, 1))
	values := make([]float64, n)
	for i := range values {
		values[i] = level + rnd.NormFloat64()
		if i >= a && i < b {
			values[i] += fault
		}
	}
	return values
}

func TestContract(t *testing.T) {
	detecttest.Run(t, detecttest.Fixture{
		New:    func(*testing.T) detect.Detector { return build(detect.Rule{Window: 50, Warmup: 20, OffDelay: 2e9}) },
		Signal: noise(200, 100, 120, 140, 30),
	})
}

func TestFlagsWhatIsFarFromItsPast(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		opens  int
		from   string
	}{
		{"noise", noise(5000, 100, 0, 0, 0), 0, ""},
		{"a step up", noise(600, 100, 500, 520, 12), 1, "open 501: Force "},
		{"a step down", noise(600, 100, 500, 520, -12), 1, "open 501: Force "},
		{"inside the warm-up", noise(300, 100, 20, 40, 12), 0, ""},
		{"a lasting change ends", noise(1500, 100, 500, 1500, 50), 1, "open 501: Force "},
		{"one step of the converter", append(slices.Repeat([]float64{7}, 400), 7.1, 7, 7, 7.1, 7.1, 7.2), 0, ""},
		{"two states", slices.Repeat([]float64{32, 32.01, 32, 32, 32.01, 33}, 200), 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			story := detecttest.Story(build(detect.Rule{}), tt.values)
			opens := 0
			for _, s := range story {
				if strings.HasPrefix(s, "open") {
					opens++
				}
			}
			if opens != tt.opens || opens > 0 && (!strings.HasPrefix(story[0], tt.from) || len(story) != 2*opens) {
				t.Errorf("story: %q", story)
			}
		})
	}
}

func TestFaultDoesNotBecomeNormal(t *testing.T) {
	values := noise(700, 100, 500, 650, 50)
	story := detecttest.Story(build(detect.Rule{}), values)
	if len(story) != 2 || !strings.HasPrefix(story[1], "close 501-651: ") || !strings.Contains(story[1], "was unusually high for 2 min 30 s; normal was 99.92 ± 1.055 kN.") {
		t.Errorf("story: %q", story)
	}
}

func TestLearnsWhatItIsTold(t *testing.T) {
	d := build(detect.Rule{})
	for i, v := range noise(400, 100, 0, 0, 0) {
		d.Learn(series.Sample{Tag: "x", Source: int64(i + 1), Value: v})
	}
	if events := d.Push(series.Sample{Tag: "x", Source: 1000, Value: 120}); len(events) != 1 || d.Score() < 0.5 {
		t.Errorf("events %+v, score %v", events, d.Score())
	}
}

// TestSpread compares median and deviation with the plain way to find them.
func TestSpread(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 2))
	for n := 8; n < 60; n += 7 {
		d := build(detect.Rule{Window: n, Warmup: n, Threshold: 1, MinScale: 1e-9})
		var past []float64
		for i := range 500 {
			v := math.Round(rnd.NormFloat64()*20) / 4
			if len(past) == n {
				mid, spread := plain(past)
				outside := math.Abs(v-mid) > max(1.4826*spread, 1e-9)
				events := d.Push(series.Sample{Tag: "x", Source: int64(i+1) * 1e9, Value: v})
				if got := len(events) > 0 && !events[len(events)-1].Closed; got != outside {
					t.Fatalf("window %d, row %d: flagged %v, want %v", n, i, got, outside)
				}
				if outside { // it learns nothing then; end the candidate
					d.Push(series.Sample{Tag: "x", Source: int64(i+1)*1e9 + 1, Value: mid})
					v = mid
				}
				past = append(past[1:], v)
				continue
			}
			d.Push(series.Sample{Tag: "x", Source: int64(i+1) * 1e9, Value: v})
			past = append(past, v)
		}
	}
}

func plain(past []float64) (mid, spread float64) {
	s := slices.Clone(past)
	mid = middle(s)
	range80 := s[len(s)-1-len(s)/10] - s[len(s)/10]
	for i := range s {
		s[i] = math.Abs(s[i] - mid)
	}
	slices.Sort(s)
	return mid, max(s[len(s)/2], range80/2.5631/1.4826)
}

func middle(s []float64) float64 {
	slices.Sort(s)
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

func BenchmarkPush(b *testing.B) {
	detecttest.Bench(b, build(detect.Rule{}))
	detecttest.State(b, func() *robustz.Detector {
		d := build(detect.Rule{})
		for i := range 2000 {
			d.Push(series.Sample{Source: int64(i+1) * 1e9, Value: float64(i % 7)})
		}
		return d
	})
}
