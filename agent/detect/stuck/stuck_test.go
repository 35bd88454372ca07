package stuck_test

import (
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/detect/stuck"
	"edgelabel/agent/series"
)

var tag = series.Tag{ID: "x", Name: "Force", Unit: "kN", Kind: series.Number}

func build(epsilon float64) *stuck.Detector {
	return stuck.New(tag, detect.Rule{Kind: detect.Stuck, Period: 5 * time.Second, Epsilon: epsilon}.Complete(tag))
}

func TestContract(t *testing.T) {
	detecttest.Run(t, detecttest.Fixture{
		New:    func(*testing.T) detect.Detector { return build(0) },
		Signal: []float64{1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 5, 5, 6},
	})
}

func TestStuck(t *testing.T) {
	tests := []struct {
		name    string
		epsilon float64
		values  []float64
		story   []string
	}{
		{"too short", 0, []float64{1, 3, 3, 3, 3, 3, 4}, nil},
		{"as long as the period", 0, []float64{1, 3, 3, 3, 3, 3, 3, 3, 4}, []string{
			"open 2: Force stayed at 3 kN for 5 s although samples kept coming.",
			"close 2-9: Force stayed at 3 kN for 7 s although samples kept coming.",
		}},
		{"within epsilon", 0.5, []float64{3, 3.2, 2.8, 3.4, 3, 3.1, 4}, []string{
			"open 1: Force stayed at 3 kN for 5 s although samples kept coming.",
			"close 1-7: Force stayed at 3 kN for 6 s although samples kept coming.",
		}},
		{"slow drift beyond epsilon", 0.5, []float64{3, 3.2, 3.4, 3.6, 3.8, 4, 4.2, 4.4, 4.6}, nil},
		{"again at another value", 0, []float64{1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2}, []string{
			"open 1: Force stayed at 1 kN for 5 s although samples kept coming.",
			"close 1-7: Force stayed at 1 kN for 6 s although samples kept coming.",
			"open 7: Force stayed at 2 kN for 5 s although samples kept coming.",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { detecttest.Tells(t, build(tt.epsilon), tt.values, tt.story) })
	}
}

func TestSilenceAndFewSamplesAreNotStuck(t *testing.T) {
	d := build(0)
	for i := range 4 { // a source that only reports changes sends a value again now and then
		at := int64(i) * 60e9
		events := append(d.Push(series.Sample{Tag: "x", Source: at + 1, Value: 3}), d.Tick(at+59e9)...)
		if len(events) > 0 {
			t.Errorf("events: %+v", events)
		}
	}
}

func BenchmarkPush(b *testing.B) { detecttest.Bench(b, build(0)) }
