package pipeline_test

import (
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// echo says of each sample what it was, some samples later.
type echo struct {
	behind int
	past   []float64
}

func (e *echo) Push(s series.Sample) []detect.Event {
	e.past = append(e.past, s.Value)
	return nil
}
func (e *echo) Tick(int64) []detect.Event { return nil }
func (e *echo) Behind() int {
	if len(e.past) <= 3 { // it learns
		return 0
	}
	return e.behind
}
func (e *echo) Score() float64 {
	if at := len(e.past) - 1 - e.behind; at >= 0 {
		return e.past[at]
	}
	return 0
}

// TestHoldback holds that a row waits for the detector that looks back, that rows without a sample are passed over, and that the rows
// that nobody can judge any more come at the end.
func TestHoldback(t *testing.T) {
	late := func(behind int) func(series.Tag, detect.Rule) (detect.Detector, error) {
		return func(series.Tag, detect.Rule) (detect.Detector, error) { return &echo{behind: behind}, nil }
	}
	r, err := pipeline.NewReplay([]pipeline.Tag{signal("a", detect.Rule{Kind: "echo"})}, late(2), 0)
	if err != nil {
		t.Fatal(err)
	}
	h := pipeline.NewHoldback(r)
	values := []float64{.1, .1, .1, .4, .5, nan, .6, .7, .8}
	scores := []float64{.0, .0, .0, .4, .5, 0, .6, 0, 0}
	done := 0
	check := func(rows []pipeline.Judged) {
		for _, row := range rows {
			want(t, "time", row.T, sec(float64(done)))
			if done >= 3 {
				want(t, "score", row.Signals[0].Score, scores[done])
				want(t, "whole", row.Whole.Score, scores[done])
			}
			done++
		}
	}
	for i, v := range values {
		check(h.Row(sec(float64(i)), []float64{v}))
		if i == 5 {
			want(t, "rows done while two wait", done, 3)
		}
	}
	want(t, "rows done before the end", done, 7)
	check(h.Rest())
	want(t, "rows done", done, len(values))
}
