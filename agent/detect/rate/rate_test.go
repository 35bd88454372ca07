package rate_test

import (
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/detect/rate"
	"edgelabel/agent/series"
)

var tag = series.Tag{ID: "x", Name: "Force", Unit: "kN", Kind: series.Number}

func build(r detect.Rule) *rate.Detector {
	r.Kind, r.PerSecond = detect.Rate, 20
	return rate.New(tag, r.Complete(tag))
}

func TestContract(t *testing.T) {
	for name, r := range map[string]detect.Rule{
		"plain": {}, "delays": {OnDelay: time.Second, OffDelay: time.Second}, "over two samples": {Over: 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			detecttest.Run(t, detecttest.Fixture{
				New:    func(*testing.T) detect.Detector { return build(r) },
				Signal: []float64{1, 2, 3, 50, 100, 150, 200, 201, 202, 203, 204, 205, 206},
			})
		})
	}
}

func TestRate(t *testing.T) {
	tests := []struct {
		name   string
		rule   detect.Rule
		values []float64
		story  []string
	}{
		{"as fast as allowed", detect.Rule{}, []float64{0, 20, 40, 20}, nil},
		{"one step", detect.Rule{}, []float64{0, 0, 35, 35}, []string{
			"open 3: Force changed by 35 kN/s, faster than the 20 kN/s allowed.",
			"close 3-4: Force changed by up to 35 kN/s for 1 s, faster than the 20 kN/s allowed.",
		}},
		{"on-delay drops one step", detect.Rule{OnDelay: time.Second}, []float64{0, 0, 35, 35}, nil},
		{"downwards", detect.Rule{OnDelay: time.Second}, []float64{100, 70, 30, 30}, []string{
			"open 2: Force changed by up to -40 kN/s for 1 s, faster than the 20 kN/s allowed.",
			"close 2-4: Force changed by up to -40 kN/s for 2 s, faster than the 20 kN/s allowed.",
		}},
		{"deadband", detect.Rule{Deadband: 10}, []float64{0, 30, 45, 50}, []string{
			"open 2: Force changed by 30 kN/s, faster than the 20 kN/s allowed.",
			"close 2-4: Force changed by up to 30 kN/s for 2 s, faster than the 20 kN/s allowed.",
		}},
		{"a step is smaller over a longer time", detect.Rule{Over: 2 * time.Second}, []float64{0, 0, 35, 35, 35}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { detecttest.Tells(t, build(tt.rule), tt.values, tt.story) })
	}
}

func BenchmarkPush(b *testing.B) { detecttest.Bench(b, build(detect.Rule{})) }
