package condition_test

import (
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/condition"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/series"
)

func build(r detect.Rule) *condition.Detector {
	tag := series.Tag{ID: "x"}
	r.Kind, r.Of = detect.Expression, "a > b"
	return condition.New(tag, r.Complete(tag))
}

func TestContract(t *testing.T) {
	detecttest.Run(t, detecttest.Fixture{
		New: func(*testing.T) detect.Detector {
			return build(detect.Rule{OnDelay: time.Second, OffDelay: 1500 * time.Millisecond})
		},
		Signal: []float64{0, 1, 0, 1, 1, 1, 0, 0, 0, 0},
	})
}

func TestStory(t *testing.T) {
	want := []string{"open 2: Condition holds: a > b.", "close 2-4: Condition held for 2 s: a > b."}
	detecttest.Tells(t, build(detect.Rule{}), []float64{0, 1, 1, 0}, want)
}

func BenchmarkPush(b *testing.B) { detecttest.Bench(b, build(detect.Rule{})) }
