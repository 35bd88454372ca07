package pipeline_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// memory keeps what is learnt in a map.
type memory struct {
	mu     sync.Mutex
	states map[string][]byte
	spoilt error // of every read
	set    int   // aside
}

func (m *memory) Learned(key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.states[key], m.spoilt
}

func (m *memory) KeepLearned(key string, state []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.states[key] = state
	return nil
}

func (m *memory) ForgetLearned(key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.states, key)
	m.set++
	return nil
}

func learning(m *memory) pipeline.Config {
	cfg := press()
	cfg.Memory = m
	cfg.Tags[0].Rules = []detect.Rule{{Kind: detect.RobustZ, Warmup: 100}}
	return cfg
}

// quiet sends a minute or more of what is normal, from second a up to b.
func quiet(r *rig, a, b int) {
	rnd := rand.New(rand.NewPCG(uint64(a), 1))
	for i := a; i < b; i++ {
		r.send(num("force", float64(i), 100+rnd.NormFloat64()))
	}
}

// TestLearntSurvivesARestart holds that an outlier right after a start is seen with what was learnt before it.
func TestLearntSurvivesARestart(t *testing.T) {
	m, s := &memory{states: map[string][]byte{}}, newStore()
	r := start(t, learning(m), s, nil)
	quiet(r, 0, 200)
	r.wait()
	r.stop()
	if m.states["force.robust_z"] == nil {
		t.Fatal("nothing was kept at the stop")
	}
	r = start(t, learning(m), s, nil)
	quiet(r, 200, 210)
	r.send(num("force", 210, 140))
	r.wait()
	want(t, "items", len(r.items(1)), 1)
}

// TestLearntThatDoesNotFit holds that a changed rule and damaged state mean learning anew, not a stop.
func TestLearntThatDoesNotFit(t *testing.T) {
	m := &memory{states: map[string][]byte{"force.robust_z": []byte("nonsense")}}
	r := start(t, learning(m), newStore(), nil)
	quiet(r, 0, 150)
	r.send(num("force", 150, 140))
	r.wait()
	want(t, "items", len(r.items(1)), 1)
	want(t, "set aside", m.set, 1)
	r.stop()
	m.spoilt = errors.New("damaged")
	r = start(t, learning(m), newStore(), nil)
	r.send(num("force", 1, 140))
	r.wait()
	want(t, "items of a detector that learns", len(r.items(0)), 0)
}

// TestLearntIsKeptAllTheTime holds that a round begins every ten minutes, so that a crash costs little.
func TestLearntIsKeptAllTheTime(t *testing.T) {
	m := &memory{states: map[string][]byte{}}
	r := start(t, learning(m), newStore(), nil)
	r.send([]series.Sample{num("force", 1, 100)}...)
	r.wait()
	kept := func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.states["force.robust_z"] != nil
	}
	for s := time.Second; s < 11*time.Minute && !kept(); s += time.Minute {
		r.at(s.Seconds())
		r.at(s.Seconds() + 1)
	}
	want(t, "kept while it runs", kept(), true)
}

// TestAStopIsNoSilence holds that the time in which the agent was off is nobody's silence, standstill or delay.
func TestAStopIsNoSilence(t *testing.T) {
	m, s := &memory{states: map[string][]byte{}}, newStore()
	cfg := learning(m)
	cfg.Tags[0].Rules = []detect.Rule{
		{Kind: detect.Missing, Period: 10 * time.Second}, {Kind: detect.Stuck, Period: 30 * time.Second},
		{Kind: detect.Limit, H: ptr(90), OnDelay: time.Minute}, {Kind: detect.Rate, PerSecond: 1000},
	}
	r := start(t, cfg, s, nil)
	for i := range 8 {
		r.send(num("force", float64(i), 100))
	}
	r.wait()
	r.stop()
	want(t, "states", len(m.states), 5)
	r = start(t, cfg, s, nil)
	for i := range 8 {
		r.send(num("force", float64(1000+i), 100))
	}
	r.wait()
	want(t, "items", len(r.items(0)), 0)
}

// TestWatchesAreKept holds that a rule with a condition remembers what it learnt too.
func TestWatchesAreKept(t *testing.T) {
	m, s := &memory{states: map[string][]byte{}}, newStore()
	cfg := learning(m)
	cfg.Formula = catalog.Formula
	cfg.Tags[0].Rules = []detect.Rule{{Kind: detect.RobustZ, Warmup: 100, When: "force > 0"}}
	r := start(t, cfg, s, nil)
	quiet(r, 0, 200)
	r.wait()
	r.stop()
	r = start(t, cfg, s, nil)
	quiet(r, 200, 210)
	r.send(num("force", 210, 140))
	r.at(215)
	r.wait()
	want(t, "items", len(r.items(1)), 1)
}
