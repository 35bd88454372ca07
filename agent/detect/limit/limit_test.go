package limit_test

import (
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/detect/limit"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

var tag = series.Tag{ID: "x", Name: "Force", Unit: "kN", Kind: series.Number}

func ptr(v float64) *float64 { return &v }

func build(r detect.Rule) *limit.Detector {
	r.Kind = detect.Limit
	return limit.New(tag, r.Complete(tag))
}

func TestContract(t *testing.T) {
	for name, r := range map[string]detect.Rule{
		"plain":  {H: ptr(480)},
		"delays": {H: ptr(480), L: ptr(0), Deadband: 5, OnDelay: 1500 * time.Millisecond, OffDelay: 2 * time.Second},
		"four":   {LL: ptr(-10), L: ptr(0), H: ptr(480), HH: ptr(500)},
	} {
		t.Run(name, func(t *testing.T) {
			detecttest.Run(t, detecttest.Fixture{
				New:    func(*testing.T) detect.Detector { return build(r) },
				Signal: []float64{1, 2, 490, 478, 490, 512, 505, 5, 5, 5, 5, 5, -50, -50, -50, 50, 50, 50, 50},
			})
		})
	}
}

func TestDelaysAndDeadband(t *testing.T) {
	tests := []struct {
		name   string
		rule   detect.Rule
		values []float64
		story  []string
	}{
		{"at the limit is inside", detect.Rule{H: ptr(480)}, []float64{480, 480}, nil},
		{"on-delay drops a spike", detect.Rule{H: ptr(480), OnDelay: 1500 * time.Millisecond}, []float64{1, 500, 1, 1}, nil},
		{"a spike as long as the on-delay", detect.Rule{H: ptr(480), OnDelay: time.Second}, []float64{1, 500, 1, 1}, nil},
		{"on-delay runs out", detect.Rule{H: ptr(480), OnDelay: time.Second}, []float64{1, 500, 512, 1}, []string{
			"open 2: Force 512 kN stayed above the high limit 480 kN for 1 s.",
			"close 2-4: Force 512 kN stayed above the high limit 480 kN for 2 s.",
		}},
		{"deadband holds", detect.Rule{H: ptr(480), Deadband: 10}, []float64{500, 475, 490, 470, 475}, []string{
			"open 1: Force 500 kN is above the high limit 480 kN.",
			"close 1-4: Force 500 kN stayed above the high limit 480 kN for 3 s.",
		}},
		{"off-delay bridges", detect.Rule{H: ptr(480), OffDelay: 2 * time.Second}, []float64{500, 1, 500, 1, 1, 1, 1}, []string{
			"open 1: Force 500 kN is above the high limit 480 kN.",
			"close 1-4: Force 500 kN stayed above the high limit 480 kN for 3 s.",
		}},
		{"low", detect.Rule{L: ptr(0)}, []float64{1, -0.12345, 1}, []string{
			"open 2: Force -0.1235 kN is below the low limit 0 kN.",
			"close 2-3: Force -0.1235 kN stayed below the low limit 0 kN for 1 s.",
		}},
		{"high escalates to high-high", detect.Rule{H: ptr(480), HH: ptr(500)}, []float64{490, 510, 490, 1}, []string{
			"open 1: Force 490 kN is above the high limit 480 kN.",
			"raise 1 to HH 750: Force stayed above the high limit 480 kN for 1 s and reached 510 kN, above the high-high limit 500 kN.",
			"close 1-4: Force stayed above the high limit 480 kN for 3 s and reached 510 kN, above the high-high limit 500 kN.",
		}},
		{"beyond high-high at once", detect.Rule{H: ptr(480), HH: ptr(500)}, []float64{1, 510, 1}, []string{
			"open 2: Force 510 kN is above the high-high limit 500 kN.",
			"close 2-3: Force stayed above the high limit 480 kN for 1 s and reached 510 kN, above the high-high limit 500 kN.",
		}},
		{"escalation waits as long", detect.Rule{L: ptr(0), LL: ptr(-10), OnDelay: 2 * time.Second}, []float64{-1, -2, -20, -5, -20, -21, -22, 1}, []string{
			"open 1: Force -20 kN stayed below the low limit 0 kN for 2 s.",
			"raise 1 to LL 750: Force stayed below the low limit 0 kN for 6 s and reached -22 kN, below the low-low limit -10 kN.",
			"close 1-8: Force stayed below the low limit 0 kN for 7 s and reached -22 kN, below the low-low limit -10 kN.",
		}},
		{"the next one starts over", detect.Rule{H: ptr(480), HH: ptr(500)}, []float64{510, 1, 490, 1}, []string{
			"open 1: Force 510 kN is above the high-high limit 500 kN.",
			"close 1-2: Force stayed above the high limit 480 kN for 1 s and reached 510 kN, above the high-high limit 500 kN.",
			"open 3: Force 490 kN is above the high limit 480 kN.",
			"close 3-4: Force 490 kN stayed above the high limit 480 kN for 1 s.",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { detecttest.Tells(t, build(tt.rule), tt.values, tt.story) })
	}
}

func TestOnDelayRunsOutInSilence(t *testing.T) {
	d := build(detect.Rule{H: ptr(480), OnDelay: 2400 * time.Millisecond})
	at := func(s float64) int64 { return int64(s * 1e9) }
	d.Push(series.Sample{Tag: "x", Source: at(1), Value: 512})
	if events := d.Tick(at(3)); len(events) != 0 {
		t.Errorf("too early: %+v", events)
	}
	events := d.Tick(at(4))
	if len(events) != 1 || events[0].At != at(3.4) {
		t.Fatalf("events: %+v", events)
	}
	want := label.Text{ZH: "Force 512 kN 连续 2.4 秒高于上限 480 kN。", EN: "Force 512 kN stayed above the high limit 480 kN for 2.4 s."}
	if got := events[0].Candidate.Explain; got != want {
		t.Errorf("explain: %+v", got)
	}
}

func TestSeverityAndScore(t *testing.T) {
	d := build(detect.Rule{H: ptr(480), HH: ptr(500), Severity: 400})
	near := d.Push(series.Sample{Tag: "x", Source: 1, Value: 490})
	if len(near) != 1 || near[0].Candidate.Severity != 400 || near[0].Changed {
		t.Errorf("beyond high: %+v", near)
	}
	far := d.Push(series.Sample{Tag: "x", Source: 1, Value: 510})
	if len(far) != 1 || far[0].Candidate.Severity != 700 || !far[0].Changed {
		t.Errorf("beyond high-high: %+v", far)
	}
	high := d.Score()
	d.Push(series.Sample{Tag: "x", Source: 2, Value: 2000})
	if higher := d.Score(); !(0.5 < high && high < higher && higher < 1) {
		t.Errorf("scores %v, then %v", high, higher)
	}
	d.Push(series.Sample{Tag: "x", Source: 3, Value: 100})
	if d.Score() != 0 {
		t.Errorf("score inside: %v", d.Score())
	}
}

func BenchmarkPush(b *testing.B) {
	detecttest.Bench(b, build(detect.Rule{H: ptr(480), HH: ptr(500), L: ptr(0)}))
}
