package pipeline_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// level is one tag without rules that is cleaned.
func level(c pipeline.Cleaning) pipeline.Config {
	return pipeline.Config{Tags: []pipeline.Tag{{
		Tag: series.Tag{ID: "level", Kind: series.Number, Source: "plc"}, Cleaning: c, Rules: []detect.Rule{},
	}}}
}

// stored is the history of a tag in the order of time.
func (r *rig) stored(tag string) (out []series.Sample) {
	r.store.set(func() {
		for _, s := range r.store.samples {
			if s.Tag == tag {
				out = append(out, s)
			}
		}
	})
	slices.SortStableFunc(out, func(a, b series.Sample) int { return cmp.Compare(a.Time(), b.Time()) })
	return out
}

func (r *rig) rejected(reason string) uint64 { return r.p.Stats().Sources["plc"].Rejected[reason] }

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

// TestHistoryStaysWithinItsBound takes every sample that came and looks what the history says of its time.
func TestHistoryStaysWithinItsBound(t *testing.T) {
	const bound = 0.8
	for name, c := range map[string]struct {
		history pipeline.History
		line    bool
	}{
		"deadband":  {pipeline.History{Deadband: bound, Every: time.Minute}, false},
		"exception": {pipeline.History{Exception: bound, Every: time.Minute}, false},
		"swing":     {pipeline.History{Swing: bound, Every: time.Minute}, true},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(40) {
				rnd := rand.New(rand.NewPCG(seed, 1))
				r := start(t, level(pipeline.Cleaning{History: c.history}), newStore(), nil)
				all := lively(rnd, 400)
				for chunk := range slices.Chunk(slices.Clone(all), 1+rnd.IntN(30)) {
					r.send(slices.Clone(chunk)...)
				}
				r.stop()
				history := r.stored("level")
				if len(history) >= len(all)*9/10 {
					t.Fatalf("seed %d: %d of %d are stored: nothing was thinned out", seed, len(history), len(all))
				}
				if n := r.rejected("thinned"); n == 0 || int(n) < len(all)-len(history) {
					t.Errorf("seed %d: %d counted, %d left out", seed, n, len(all)-len(history))
				}
				for _, s := range all {
					got := reconstruct(history, s.Time(), c.line)
					if s.Quality() == series.Bad || math.IsNaN(s.Value) {
						i := sort.Search(len(history), func(i int) bool { return history[i].Time() > s.Time() })
						if last := history[i-1]; last.Status != s.Status || math.IsNaN(s.Value) && !math.IsNaN(last.Value) {
							t.Fatalf("seed %d: the history says %+v of %+v", seed, last, s)
						}
						continue
					}
					if !(math.Abs(got-s.Value) <= bound*(1+1e-9)) {
						t.Fatalf("seed %d: %g at %.2f s, the history says %g", seed, s.Value, float64(s.Time()-base)/1e9, got)
					}
				}
			}
		})
	}
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

func TestCounter(t *testing.T) {
	cfg := level(pipeline.Cleaning{Counter: &pipeline.Counter{Modulus: 65536}})
	cfg.Tags[0].Scale = 0.5
	r := start(t, cfg, newStore(), nil)
	for s, raw := range []float64{65000, 65500, 200, 300, 10, 60} { // rolls over after 65500, is reset after 300
		r.send(num("level", float64(s), raw))
	}
	r.send(num("level", 3, 300)) // delivered twice
	var got []float64
	for _, s := range r.stored("level") {
		got = append(got, s.Value/0.5)
	}
	if want := []float64{65000, 65500, 65736, 65836, 65846, 65896}; !slices.Equal(got, want) {
		t.Errorf("total %v, want %v", got, want)
	}
	want(t, "roll-overs", r.rejected("rolled_over"), 1)
	want(t, "resets", r.rejected("counter_reset"), 1)
}

// TestCounterCountsEverything rolls a counter over again and again.
func TestCounterCountsEverything(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	for _, modulus := range []float64{256, 1000, 65536} {
		r := start(t, level(pipeline.Cleaning{Counter: &pipeline.Counter{Modulus: modulus}}), newStore(), nil)
		sum := float64(rnd.IntN(int(modulus)))
		first := sum
		for s := range 200 {
			r.send(num("level", float64(s), math.Mod(sum, modulus)))
			sum += float64(rnd.IntN(int(modulus / 4)))
		}
		all := r.stored("level")
		if got := all[len(all)-1].Value; got < first || math.Mod(got, modulus) != math.Mod(all[len(all)-1].Value, modulus) || got > sum || sum-got > modulus/4 {
			t.Errorf("modulus %g: counted to %g, want up to %g", modulus, got, sum)
		}
	}
}

func TestPoorQualityIsDropped(t *testing.T) {
	var a answers
	r := start(t, level(pipeline.Cleaning{Drop: true, Worst: series.Uncertain}), newStore(), nil)
	for s, status := range []uint32{series.StatusGood, series.StatusUncertain, series.StatusBad} {
		sample := num("level", float64(s), 1)
		sample.Status = status
		r.push(&a, sample)
	}
	a.want(t, "batches", 3, 0)
	want(t, "stored", len(r.stored("level")), 2)
	want(t, "counted", r.rejected("quality"), 1)
}

func TestStale(t *testing.T) {
	r := start(t, level(pipeline.Cleaning{Stale: 10 * time.Second}), newStore(), nil)
	r.send(num("level", 0, 7))
	r.at(9)
	want(t, "stored before the limit", len(r.stored("level")), 1)
	r.at(11)
	r.at(30)
	got := r.stored("level")
	if len(got) != 2 || got[1].Time() != sec(10) || got[1].Value != 7 || got[1].Quality() != series.Uncertain {
		t.Fatalf("stored %+v", got)
	}
	r.send(num("level", 31, 8))
	r.at(45)
	want(t, "stored after it came back and fell silent again", len(r.stored("level")), 4)
	want(t, "counted", r.rejected("stale"), 2)
}

func TestClockOffset(t *testing.T) {
	cfg := level(pipeline.Cleaning{})
	cfg.Clocks = func() map[string]time.Duration { return map[string]time.Duration{"plc": 2 * time.Hour} }
	r := start(t, cfg, newStore(), nil)
	s := num("level", 7200, 1) // two hours ahead: without the correction it would lose its time
	s.Receive = sec(0.1)
	r.send(s)
	if got := r.stored("level"); len(got) != 1 || got[0].Source != sec(0) {
		t.Errorf("stored %+v", got)
	}
	want(t, "counted", r.rejected("clock"), 1)
	want(t, "future", r.rejected("future"), 0)
}

func TestCleaningIsChecked(t *testing.T) {
	for _, c := range []pipeline.Cleaning{
		{History: pipeline.History{Deadband: 1, Swing: 1}}, {History: pipeline.History{Swing: -1}}, {History: pipeline.History{Swing: math.NaN()}},
		{Counter: &pipeline.Counter{}}, {Counter: &pipeline.Counter{Modulus: 10, MaxStep: 10}}, {Stale: -1},
	} {
		cfg := level(c)
		cfg.NewID = func() string { return "" }
		cfg.Detector = func(series.Tag, detect.Rule) (detect.Detector, error) { return nil, fmt.Errorf("none") }
		if _, err := pipeline.New(cfg, newStore(), newStore()); err == nil {
			t.Errorf("no error for %+v", c)
		}
	}
}
