package pipeline_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
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
	return inOrder(out)
}

func inOrder(samples []series.Sample) []series.Sample {
	slices.SortStableFunc(samples, func(a, b series.Sample) int { return cmp.Compare(a.Time(), b.Time()) })
	return samples
}

func (r *rig) rejected(reason string) uint64 { return r.p.Stats().Sources["plc"].Rejected[reason] }

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
