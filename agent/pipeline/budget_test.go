package pipeline_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// wild sends hours of a signal with far outliers, one sample a second from hour a to b.
func wild(r *rig, a, b int) {
	rnd := rand.New(rand.NewPCG(uint64(a), 9))
	for i := a * 3600; i < b*3600; i += 600 {
		batch := make([]series.Sample, 600)
		for k := range batch {
			batch[k] = num("force", float64(i+k), 100+rnd.NormFloat64()/math.Sqrt(rnd.ExpFloat64()+.05))
		}
		r.now.Store(sec(float64(i + 600)))
		r.send(batch...)
		r.wait()
	}
	r.at(float64(b * 3600))
	r.at(float64(b*3600 + 1))
}

// TestBudgetOfAnAsset holds that an asset's self-adjusting rules make about as many candidates as wanted, that hard limits stay out of
// it, and that a restart goes on with what was known.
func TestBudgetOfAnAsset(t *testing.T) {
	m := &memory{states: map[string][]byte{}}
	cfg := learning(m)
	cfg.Assets[0].Budget = detect.Budget{Candidates: 4, Per: time.Hour}
	cfg.Tags[0].Rules = append(cfg.Tags[0].Rules, detect.Rule{Name: "hard", Kind: detect.Limit, H: ptr(1e6)})
	r := start(t, cfg, newStore(), nil)
	wild(r, 0, 8)
	b := r.p.Budgets()
	if len(b) != 1 || b[0].Asset != "press1" || !b[0].Known || b[0].Rules != 1 || math.Abs(b[0].Promised-4) > .5 {
		t.Fatalf("%+v", b)
	}
	before := factors(r)
	want(t, "factor of a limit", before["hard"], 0)
	if before["force.robust_z"] <= 1 {
		t.Errorf("factors %v", before)
	}
	r.stop()
	r = start(t, cfg, newStore(), nil)
	r.now.Store(sec(8 * 3600))
	r.at(8 * 3600)
	want(t, "factor after a restart", factors(r)["force.robust_z"], before["force.robust_z"])
	wild(r, 8, 16)
	if b := r.p.Budgets()[0]; b.Observed < 2 || b.Observed > 7 {
		t.Errorf("%+v", b)
	}
}

// TestBudgetOfARuleThatIsSetAnew holds that the budget goes on with the detector that takes the place of the old one.
func TestBudgetOfARuleThatIsSetAnew(t *testing.T) {
	cfg := learning(&memory{states: map[string][]byte{}})
	cfg.Assets[0].Budget = detect.Budget{Candidates: 4, Per: time.Hour}
	r := start(t, cfg, newStore(), nil)
	wild(r, 0, 8)
	if err := r.p.Retune(t.Context(), "force.robust_z"); err != nil {
		t.Fatal(err)
	}
	wild(r, 8, 14)
	if b := r.p.Budgets()[0]; b.Observed < 2 || b.Observed > 7 {
		t.Errorf("%+v", b)
	}
}

func factors(r *rig) map[string]float64 {
	all := map[string]float64{}
	for _, s := range r.p.Rules() {
		all[s.Name] = s.Factor
	}
	return all
}

func state(r *rig, rule string) pipeline.RuleState {
	for _, s := range r.p.Rules() {
		if s.Name == rule {
			return s
		}
	}
	return pipeline.RuleState{}
}

// TestChattering holds that a rule with three candidates in a minute is named for an hour, and its candidates for a day.
func TestChattering(t *testing.T) {
	r := start(t, press(), newStore(), nil)
	say := func(at float64, values ...float64) {
		for i, v := range values {
			r.send(num("force", at+float64(i), v))
		}
		r.wait()
		r.at(at + 10)
		r.at(at + 12)
	}
	say(0, 1, 500, 1, 1)
	say(100, 1, 500, 1, 1)
	want(t, "two far apart", state(r, "force.limit").Chattering, false)
	say(130, 1, 500, 1, 500, 1)
	s := state(r, "force.limit")
	want(t, "three in a minute", s.Chattering, true)
	want(t, "in a day", s.LastDay, 4)
	say(130+3601, 1)
	want(t, "an hour later", state(r, "force.limit").Chattering, false)
	say(26*3600, 1)
	want(t, "a day later", state(r, "force.limit").LastDay, 0)
	want(t, "since the start", state(r, "force.limit").Candidates, 4)
}
