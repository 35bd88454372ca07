package missing_test

import (
	"math"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/detect/missing"
	"edgelabel/agent/series"
)

var tag = series.Tag{ID: "x", Name: "Force", Unit: "kN", Kind: series.Number}

var nan = math.NaN()

func build() *missing.Detector {
	return missing.New(tag, detect.Rule{Kind: detect.Missing, Period: 3 * time.Second}.Complete(tag))
}

func TestContract(t *testing.T) {
	detecttest.Run(t, detecttest.Fixture{
		New:    func(*testing.T) detect.Detector { return build() },
		Signal: []float64{1, 2, nan, nan, nan, nan, nan, 3, 4},
	})
}

func TestMissing(t *testing.T) {
	tests := []struct {
		name   string
		values []float64 // NaN is silence
		story  []string
	}{
		{"not armed before the first sample", []float64{nan, nan, nan, nan, nan, nan}, nil},
		{"just in time", []float64{1, nan, nan, 2, nan, nan, 3}, nil},
		{"silent", []float64{1, nan, nan, nan, nan, nan, 2, 3}, []string{
			"open 1: Force sent nothing usable for 3 s.",
			"close 1-7: Force sent nothing usable for 6 s.",
		}},
		{"silent to the end", []float64{1, 2, nan, nan, nan, nan, nan}, []string{"open 2: Force sent nothing usable for 3 s."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { detecttest.Tells(t, build(), tt.values, tt.story) })
	}
}

func TestBadSamplesCountAsMissing(t *testing.T) {
	d := build()
	var opened []detect.Event
	for i := range 6 {
		s := series.Sample{Tag: "x", Source: int64(i+1) * 1e9, Value: 1}
		if i > 0 {
			s.Status = series.StatusBad
		}
		opened = append(opened, d.Push(s)...)
	}
	if len(opened) != 1 || opened[0].Candidate.From != 1e9 {
		t.Errorf("events: %+v", opened)
	}
}

func BenchmarkPush(b *testing.B) { detecttest.Bench(b, build()) }
