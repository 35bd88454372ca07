package pipeline_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// TestRetune holds that a limit that a person changed holds at once, that the candidate that is open stays open until it is over by the
// new limit, and that taking it back does the same.
func TestRetune(t *testing.T) {
	var limit atomic.Pointer[float64]
	cfg := press()
	cfg.Tuned = func(r detect.Rule) detect.Rule {
		if h := limit.Load(); h != nil && r.Name == "force.limit" {
			r.H = h
		}
		return r
	}
	s := newStore()
	r := start(t, cfg, s, nil)
	if all := r.p.Watched(); len(all) != 2 || all[0].Rule.Name != "force.limit" || *all[0].Rule.H != 480 || all[0].Tag.ID != "force" {
		t.Fatalf("%+v", all)
	}
	set := func(h *float64) {
		t.Helper()
		limit.Store(h)
		if err := r.p.Retune(context.Background(), "force.limit"); err != nil {
			t.Fatal(err)
		}
	}
	r.run(0, 20, nil)
	set(ptr(600))
	r.run(21, 40, map[string][2]int{"force": {25, 35}}) // 512 is below the new limit
	r.items(0)
	set(nil)
	r.run(41, 46, map[string][2]int{"force": {45, 60}})
	set(ptr(600))
	r.run(47, 70, map[string][2]int{"force": {45, 60}})
	it := r.items(1)[0]
	if c := it.Candidates[0]; len(it.Candidates) != 1 || c.From != sec(45) || c.To == 0 || c.To > sec(48) {
		t.Errorf("%+v", it.Candidates)
	}
	if err := r.p.Retune(context.Background(), "nothing"); !errors.Is(err, label.ErrNotFound) {
		t.Error(err)
	}
	r.stop()
	if err := r.p.Retune(context.Background(), "force.limit"); !errors.Is(err, pipeline.ErrStopped) {
		t.Error(err)
	}
}

func TestTeach(t *testing.T) {
	cfg := press()
	cfg.Tags[0].Rules = []detect.Rule{{Name: "force.new", Kind: detect.Novelty}}
	r := start(t, cfg, newStore(), nil)
	stretch := []series.Sample{num("force", 1, 5)}
	if taken, err := r.p.Teach(context.Background(), "force.new", stretch); !taken || err != nil {
		t.Error(taken, err)
	}
	if taken, err := r.p.Teach(context.Background(), "temp.limit", stretch); taken || err != nil {
		t.Error("a limit learns nothing", taken, err)
	}
	if _, err := r.p.Teach(context.Background(), "nothing", stretch); !errors.Is(err, label.ErrNotFound) {
		t.Error(err)
	}
}
