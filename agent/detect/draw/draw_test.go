package draw_test

import (
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/detect/draw"
	"edgelabel/agent/series"
)

func build(id string, length time.Duration, draws int) *draw.Detector {
	tag := series.Tag{ID: id, Name: "Force", Kind: series.Number}
	return draw.New(tag, detect.Rule{Kind: detect.Sample, Period: length, Draws: draws}.Complete(tag))
}

func TestContract(t *testing.T) {
	detecttest.Run(t, detecttest.Fixture{
		New:    func(*testing.T) detect.Detector { return build("x", 10*time.Second, 3000) },
		Signal: make([]float64, 600),
	})
}

// TestAsManyAsWanted draws from a hundred days of two signals: about as many windows as were asked for, at other times.
func TestAsManyAsWanted(t *testing.T) {
	const days, draws = 100, 4
	drawn := map[string]map[int64]bool{}
	for _, id := range []string{"a", "b"} {
		d := build(id, time.Minute, draws)
		drawn[id] = map[int64]bool{}
		for at := int64(0); at < days*24*3600; at += 10 {
			for _, ev := range d.Push(series.Sample{Tag: id, Source: at * 1e9}) {
				if !ev.Closed {
					drawn[id][ev.Candidate.From] = true
				} else if lasted := ev.Candidate.To - ev.Candidate.From; lasted < int64(time.Minute) {
					t.Errorf("%s: a window of %s", id, time.Duration(lasted))
				}
			}
		}
		if n := len(drawn[id]); n < days*draws*3/4 || n > days*draws*5/4 {
			t.Errorf("%s: %d windows in %d days, want about %d a day", id, n, days, draws)
		}
	}
	same := 0
	for at := range drawn["a"] {
		if drawn["b"][at] {
			same++
		}
	}
	if same > 10 {
		t.Errorf("%d windows of both signals", same)
	}
}
