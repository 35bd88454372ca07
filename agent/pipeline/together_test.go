package pipeline_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/pipeline"
)

func watched() pipeline.Config {
	cfg := press()
	cfg.Panel = catalog.NewPanel
	cfg.Assets[0].Name = "Press 1"
	cfg.Assets[0].Together = &pipeline.Together{Step: time.Second, Rule: detect.Rule{Warmup: 60}}
	return cfg
}

// TestTogether lets two signals, that arrive at different moments and rates, go together for a while and then not.
func TestTogether(t *testing.T) {
	s := newStore()
	r := start(t, watched(), s, nil)
	rnd := rand.New(rand.NewPCG(1, 1))
	for i := range 180 {
		r.now.Store(sec(float64(i) + .8))
		v := rnd.NormFloat64()
		temp := 20 + 2*v + .1*rnd.NormFloat64()
		if i >= 120 && i < 130 {
			temp += 30 // below its limit of 80
		}
		r.send(num("force", float64(i)+.1, 100+10*v), num("force", float64(i)+.6, 100+10*v), num("temp", float64(i)+.3, temp))
	}
	it := r.items(1)[0]
	c := it.Candidates[0]
	want(t, "rule", c.Rule, "press1.multivariate")
	want(t, "detector", c.Detector, "multivariate")
	want(t, "onset", c.From >= sec(120) && c.From <= sec(124), true)
	want(t, "closed", c.To > c.From && c.To < sec(179), true)
	want(t, "names signals of the asset", len(c.Tags) > 0 && strings.Contains(c.Explain.EN, "Press 1"), true)
}

// TestTogetherAfterSilence holds that a long silence does not make rows without end.
func TestTogetherAfterSilence(t *testing.T) {
	r := start(t, watched(), newStore(), nil)
	for i := range 100 {
		r.now.Store(sec(float64(i)))
		r.send(num("force", float64(i), 1), num("temp", float64(i), 2))
	}
	late := 40.0 * 86400
	r.now.Store(sec(late))
	r.send(num("force", late, 1), num("temp", late, 2))
	r.items(0)
}

func TestTogetherNeedsTwoSignals(t *testing.T) {
	cfg := watched()
	cfg.Tags = cfg.Tags[:1]
	cfg.Detector, cfg.NewID = catalog.New, func() string { return "id" }
	if _, err := pipeline.New(cfg, newStore(), newStore()); err == nil || !strings.Contains(err.Error(), "asset press1: 1 signals") {
		t.Errorf("error: %v", err)
	}
	cfg.Panel = nil
	if _, err := pipeline.New(cfg, newStore(), newStore()); err == nil {
		t.Error("no error without Panel")
	}
}
