package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// pump is one machine with a flow, a speed, a setpoint and a state that belongs to no asset, and the rules on its flow.
func pump(rules ...detect.Rule) pipeline.Config {
	tag := func(id, name, unit string, kind series.Kind) pipeline.Tag {
		return pipeline.Tag{Tag: series.Tag{ID: id, Name: name, Unit: unit, Kind: kind, Asset: "p", Source: "plc"}, Rules: []detect.Rule{}}
	}
	flow := tag("p.flow", "Flow", "l/min", series.Number)
	flow.Rules = rules
	state := tag("state", "State", "", series.Text)
	state.Asset = ""
	return pipeline.Config{
		Assets:  []pipeline.Asset{{ID: "p", Before: time.Second, After: time.Second, MaxDuration: time.Minute}},
		Tags:    []pipeline.Tag{flow, tag("p.speed", "Speed", "1/min", series.Number), tag("p.set", "Setpoint", "l/min", series.Number), state},
		Formula: catalog.Formula,
	}
}

// feed sends one value a second of flow, speed and setpoint.
func (r *rig) feed(from int, rows ...[3]float64) {
	r.t.Helper()
	for i, row := range rows {
		s := float64(from + i)
		r.now.Store(sec(s))
		r.send(num("p.flow", s, row[0]), num("p.speed", s, row[1]), num("p.set", s, row[2]))
	}
}

func one(t *testing.T, r *rig) label.Candidate {
	t.Helper()
	it := r.items(1)[0]
	if len(it.Candidates) != 1 {
		t.Fatalf("candidates: %+v", it.Candidates)
	}
	return it.Candidates[0]
}

func TestDeviationFromASetpoint(t *testing.T) {
	r := start(t, pump(detect.Rule{Kind: detect.Deviation, From: "p.set", H: ptr(5), HH: ptr(20), L: ptr(-5)}), newStore(), nil)
	r.feed(0, [3]float64{10, 0, 10}, [3]float64{30, 0, 29}, [3]float64{38, 0, 30}, [3]float64{60, 0, 30}, [3]float64{31, 0, 30}, [3]float64{31, 0, 30})
	r.at(8)
	c := one(t, r)
	want(t, "limit", c.Limit, "HH")
	want(t, "severity", c.Severity, 750)
	want(t, "value", c.Value, 30)
	want(t, "from", c.From, sec(2))
	want(t, "to", c.To, sec(4))
	want(t, "tags", strings.Join(c.Tags, " "), "p.flow p.set")
	want(t, "en", c.Explain.EN, "The deviation of Flow from Setpoint stayed above the high limit 5 l/min for 2 s and reached 30 l/min, above the high-high limit 20 l/min. At the onset: Flow 38 l/min, Setpoint 30 l/min.")
	want(t, "zh-CN", c.Explain.ZH, "Flow 与 Setpoint 的偏差 连续 2 秒高于上限 5 l/min，达到 30 l/min，高于上上限 20 l/min。起始时：Flow 38 l/min, Setpoint 30 l/min。")
}

func TestRatioWithHysteresis(t *testing.T) {
	r := start(t, pump(detect.Rule{Kind: detect.Expression, Of: "p.flow / p.speed", H: ptr(2), Deadband: 0.5}), newStore(), nil)
	r.feed(0, [3]float64{10, 10}, [3]float64{21, 10}, [3]float64{16, 10}, [3]float64{16, 0}, [3]float64{16, 10}, [3]float64{15, 10}, [3]float64{1, 10})
	r.at(9)
	c := one(t, r)
	want(t, "from", c.From, sec(1))
	want(t, "to", c.To, sec(5)) // a division by zero is no value and ends nothing
	want(t, "en", c.Explain.EN, "p.flow / p.speed 2.1 stayed above the high limit 2 for 4 s. At the onset: Flow 21 l/min, Speed 10 1/min.")
}

func TestOnlyWhile(t *testing.T) {
	rule := detect.Rule{Kind: detect.Limit, H: ptr(50), When: "state == 'Running'"}
	r := start(t, pump(rule), newStore(), nil)
	r.send(text("state", -1, "Idle"))
	r.feed(0, [3]float64{60}, [3]float64{60}) // not while idle
	r.send(text("state", 1.5, "Running"))
	r.feed(2, [3]float64{60}, [3]float64{60}) // judged from 1.5 on, when it was beyond the limit already
	r.send(text("state", 3.5, "Idle"))
	r.feed(4, [3]float64{60}, [3]float64{60}, [3]float64{10})
	r.at(9)
	c := one(t, r)
	want(t, "from", c.From, sec(1.5))
	want(t, "to", c.To, sec(3.5))
	want(t, "en", c.Explain.EN, "Flow 60 l/min is above the high limit 50 l/min. At the onset: State Running, Flow 60 l/min.")
}

func TestConditionOverBadInput(t *testing.T) {
	r := start(t, pump(detect.Rule{Name: "dry", Kind: detect.Expression, Of: "p.speed > 5 and p.flow < 1"}), newStore(), nil)
	r.feed(0, [3]float64{10, 10}, [3]float64{10, 10})
	bad := num("p.flow", 2, 0)
	bad.Status = series.StatusBad
	r.now.Store(sec(2))
	r.send(bad, num("p.speed", 2, 10))
	r.at(6)
	r.items(0)
	state := r.p.Rules()
	i := 0
	for state[i].Name != "dry" {
		i++
	}
	want(t, "blocked by", state[i].Blocked, "p.flow")
	r.feed(7, [3]float64{0, 10}, [3]float64{0, 10}, [3]float64{10, 10})
	r.at(13)
	want(t, "en", one(t, r).Explain.EN, "Condition held for 2 s: p.speed > 5 and p.flow < 1. At the onset: Flow 0 l/min, Speed 10 1/min.")
}

func TestRulesThatCannotBe(t *testing.T) {
	for part, rule := range map[string]detect.Rule{
		`no tag "nowhere"`:     {Kind: detect.Expression, Of: "nowhere > 1"},
		"want limits":          {Kind: detect.Expression, Of: "p.flow + 1"},
		"has no limits":        {Kind: detect.Expression, Of: "p.flow > 1", H: ptr(1)},
		"want a condition":     {Kind: detect.Limit, H: ptr(1), When: "p.flow"},
		"high ones above":      {Kind: detect.Deviation, From: "p.set", H: ptr(-1)},
		`no tag "p.elsewhere"`: {Kind: detect.Deviation, From: "p.elsewhere", H: ptr(1)},
	} {
		cfg := pump(rule)
		cfg.Detector, cfg.NewID = catalog.New, func() string { return "" }
		if _, err := pipeline.New(cfg, newStore(), newStore()); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", part, err)
		}
	}
}

func TestShelved(t *testing.T) {
	cfg := pump(detect.Rule{Name: "high", Kind: detect.Limit, H: ptr(50)})
	cfg.Shelved = func(rule string, at int64) bool { return rule == "high" && at < sec(5) }
	r := start(t, cfg, newStore(), nil)
	r.feed(0, [3]float64{60}, [3]float64{10}, [3]float64{10}, [3]float64{60}, [3]float64{60})
	r.items(0)
	want(t, "kept back", r.p.Stats().Shelved, 2)
	r.feed(5, [3]float64{60}, [3]float64{60}, [3]float64{10}, [3]float64{10})
	r.at(12)
	c := one(t, r)
	want(t, "from", c.From, sec(3))
	want(t, "to", c.To, sec(7))
}
