package pipeline_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// afterKill is what the next start would find of a tag.
func (r *rig) afterKill(tag string) []series.Sample {
	out := r.stored(tag)
	r.store.set(func() {
		if end, open := r.store.ends[tag]; open {
			out = append(out, end)
		}
	})
	return inOrder(out)
}

// lively is a signal with noise, ramps, steps and spikes at uneven times, some of it bad.
func lively(rnd *rand.Rand, n int) []series.Sample {
	var all []series.Sample
	at, v, slope := 0.0, 0.0, 0.0
	for range n {
		at += 0.01 + rnd.ExpFloat64()
		switch rnd.IntN(20) {
		case 0:
			slope = 0.2 * rnd.NormFloat64()
		case 1:
			v += 10 * rnd.NormFloat64()
		}
		v += slope + 0.2*rnd.NormFloat64()
		s := num("level", at, v)
		switch rnd.IntN(40) {
		case 0:
			s.Value += 50 // a spike
		case 1:
			s.Status = series.StatusBad
		case 2:
			s.Value = math.NaN()
		}
		all = append(all, s)
	}
	return all
}

// reconstruct reads the history at the time of a sample that was left out: held, or on the straight line.
func reconstruct(history []series.Sample, at int64, line bool) float64 {
	i := sort.Search(len(history), func(i int) bool { return history[i].Time() > at })
	if i == 0 {
		return math.NaN()
	}
	a := history[i-1]
	if !line || a.Time() == at || i == len(history) {
		return a.Value
	}
	b := history[i]
	share := float64(at-a.Time()) / float64(b.Time()-a.Time())
	return a.Value + share*(b.Value-a.Value)
}

// bound is the error that is allowed in tests of the history.
const bound = 0.8

// ways of thinning a history out, each within bound.
var ways = map[string]pipeline.History{
	"deadband":  {Deadband: bound, Every: time.Minute},
	"exception": {Exception: bound, Every: time.Minute},
	"swing":     {Swing: bound, Every: time.Minute},
}

// tells fails the test when the history says something else of the time of a sample that came.
func tells(t *testing.T, history []series.Sample, s series.Sample, line bool) {
	t.Helper()
	if s.Quality() == series.Bad || math.IsNaN(s.Value) {
		i := sort.Search(len(history), func(i int) bool { return history[i].Time() > s.Time() })
		if last := history[i-1]; last.Status != s.Status || math.IsNaN(s.Value) && !math.IsNaN(last.Value) {
			t.Fatalf("the history says %+v of %+v", last, s)
		}
		return
	}
	if got := reconstruct(history, s.Time(), line); !(math.Abs(got-s.Value) <= bound*(1+1e-9)) {
		t.Fatalf("%g at %.2f s, the history says %g", s.Value, float64(s.Time()-base)/1e9, got)
	}
}

// TestHistoryStaysWithinItsBound takes every sample that came and looks what the history says of its time.
func TestHistoryStaysWithinItsBound(t *testing.T) {
	for name, history := range ways {
		for seed := range uint64(20) {
			t.Run(fmt.Sprint(name, " ", seed), func(t *testing.T) {
				rnd := rand.New(rand.NewPCG(seed, 1))
				r := start(t, level(pipeline.Cleaning{History: history}), newStore(), nil)
				all := lively(rnd, 400)
				for chunk := range slices.Chunk(slices.Clone(all), 1+rnd.IntN(30)) {
					r.send(slices.Clone(chunk)...)
				}
				r.stop()
				stored := r.stored("level")
				if len(stored) >= len(all)*9/10 {
					t.Fatalf("%d of %d are stored: nothing was thinned out", len(stored), len(all))
				}
				if n := r.rejected("thinned"); n == 0 || int(n) < len(all)-len(stored) {
					t.Errorf("%d counted, %d left out", n, len(all)-len(stored))
				}
				for _, s := range all {
					tells(t, stored, s, history.Swing > 0)
				}
			})
		}
	}
}

// TestKillKeepsTheBound looks after every answer what a kill at that moment would leave: every sample that was acknowledged is within the
// bound, also while the store refuses now and then and the source sends again what it got no answer for.
func TestKillKeepsTheBound(t *testing.T) {
	for name, history := range ways {
		for seed := range uint64(20) {
			t.Run(fmt.Sprint(name, " ", seed), func(t *testing.T) {
				rnd := rand.New(rand.NewPCG(seed, 2))
				r := start(t, level(pipeline.Cleaning{History: history}), newStore(), nil)
				var told []series.Sample
				for chunk := range slices.Chunk(lively(rnd, 300), 1+rnd.IntN(12)) {
					for !r.deliver(chunk, rnd.IntN(8) == 0) {
					}
					told = append(told, chunk...)
					left := r.afterKill("level")
					for _, s := range told {
						tells(t, left, s, history.Swing > 0)
					}
				}
			})
		}
	}
}

// deliver sends a batch, to a store that may be full, and reports whether it was acknowledged.
func (r *rig) deliver(batch []series.Sample, full bool) bool {
	r.t.Helper()
	r.store.set(func() {
		if r.store.full = nil; full {
			r.store.full = label.ErrFull
		}
	})
	answer := make(chan error, 1)
	if err := r.p.Samples(r.t.Context(), slices.Clone(batch), func(err error) { answer <- err }); err != nil {
		r.t.Fatal(err)
	}
	r.wait()
	return <-answer == nil
}

func TestExceptionKeepsAStepAStep(t *testing.T) {
	r := start(t, level(pipeline.Cleaning{History: pipeline.History{Exception: 1, Every: time.Hour}}), newStore(), nil)
	for s := range 10 {
		r.send(num("level", float64(s), 5))
	}
	r.send(num("level", 10, 9))
	got := r.stored("level")
	if len(got) != 3 || got[1].Time() != sec(9) || got[2].Value != 9 {
		t.Errorf("stored %v, want the first, the last before the step and the step", got)
	}
}

func TestThinnedSamplesAreAnsweredAndJudged(t *testing.T) {
	high := 100.0
	cfg := level(pipeline.Cleaning{History: pipeline.History{Deadband: 1000, Every: time.Hour}})
	cfg.Tags[0].Rules = []detect.Rule{{Name: "limit", Kind: detect.Limit, H: &high}}
	var a answers
	r := start(t, cfg, newStore(), nil)
	for s, v := range []float64{5, 6, 200, 7} {
		r.push(&a, num("level", float64(s), v))
	}
	a.want(t, "batches", 4, 0)
	want(t, "stored", len(r.stored("level")), 1)
	want(t, "candidates", r.p.Stats().Candidates["limit"], 1)
}

func TestWhatIsHeldIsStoredInTheEnd(t *testing.T) {
	for name, end := range map[string]func(*rig){
		"after a while":  func(r *rig) { r.at(70); r.at(72) },
		"when it stops":  func(r *rig) { r.stop() },
		"late comes too": func(r *rig) { r.send(num("level", 0.5, 3)); r.stop() },
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, level(pipeline.Cleaning{History: pipeline.History{Swing: 1, Every: time.Minute}}), newStore(), nil)
			r.send(num("level", 0, 1), num("level", 1, 1), num("level", 2, 1))
			want(t, "stored at once", len(r.stored("level")), 1)
			end(r)
			if got := r.stored("level"); got[len(got)-1].Time() != sec(2) {
				t.Errorf("stored %v", got)
			}
		})
	}
}
