package pipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// answers counts what a batch was answered.
type answers struct{ good, bad atomic.Int64 }

func (a *answers) done(err error) {
	if err != nil {
		a.bad.Add(1)
		return
	}
	a.good.Add(1)
}

func (a *answers) want(t *testing.T, what string, good, bad int64) {
	t.Helper()
	want(t, what+": good answers", a.good.Load(), good)
	want(t, what+": bad answers", a.bad.Load(), bad)
}

func (r *rig) push(a *answers, samples ...series.Sample) {
	r.t.Helper()
	if err := r.p.Samples(context.Background(), samples, a.done); err != nil {
		r.t.Fatal(err)
	}
	r.wait()
}

func TestSamplesAreAnsweredOnce(t *testing.T) {
	t.Run("stored", func(t *testing.T) {
		var a answers
		r := start(t, press(), newStore(), nil)
		r.push(&a, num("force", 1, 1), num("force", 2, 2))
		a.want(t, "batch", 1, 0)
	})
	t.Run("nothing inside", func(t *testing.T) {
		var a answers
		r := start(t, press(), newStore(), nil)
		r.push(&a)
		a.want(t, "batch", 1, 0)
	})
	t.Run("repetition of what is stored", func(t *testing.T) {
		var a, b answers
		s := newStore()
		r := start(t, press(), s, nil)
		r.push(&a, num("force", 1, 1))
		r.push(&b, num("force", 1, 1))
		b.want(t, "repetition", 1, 0)
		want(t, "stored", s.count("force"), 1)
		want(t, "duplicates", r.p.Stats().Sources["plc"].Duplicates, uint64(1))
	})
	t.Run("repetition of what is on its way", func(t *testing.T) {
		var a, b, c answers
		s := newStore()
		s.holding = true
		r := start(t, press(), s, nil)
		r.push(&a, num("force", 1, 1))
		r.push(&b, num("force", 1, 1))
		r.push(&c, num("force", 1, 1), num("force", 2, 2))
		a.want(t, "batch", 0, 0)
		b.want(t, "repetition", 0, 0)
		s.release(nil)
		a.want(t, "batch", 1, 0)
		b.want(t, "repetition", 1, 0)
		c.want(t, "half a repetition", 1, 0)
		want(t, "stored", s.count("force"), 2)
	})
	t.Run("repetition of what the store then refuses", func(t *testing.T) {
		var a, b, c answers
		s := newStore()
		s.holding = true
		r := start(t, press(), s, nil)
		r.push(&a, num("force", 1, 1))
		r.push(&b, num("force", 1, 1))
		s.release(label.ErrFull)
		a.want(t, "batch", 0, 1)
		b.want(t, "repetition", 0, 1)
		s.set(func() { s.samples = nil })
		r.push(&c, num("force", 1, 1))
		c.want(t, "sent again", 1, 0)
		want(t, "stored", s.count("force"), 1)
		want(t, "refused", r.p.Stats().Failures["append"], uint64(1))
	})
	t.Run("left in the queue at the end", func(t *testing.T) {
		var a answers
		s := newStore()
		s.block = make(chan struct{})
		r := start(t, press(), s, nil)
		for i := range 5 {
			if err := r.p.Samples(context.Background(), []series.Sample{num("force", float64(i), 1)}, a.done); err != nil {
				t.Fatal(err)
			}
		}
		r.stop()
		a.want(t, "five batches", 0, 5)
		err := r.p.Samples(context.Background(), []series.Sample{num("force", 9, 1)}, a.done)
		want(t, "after the end", errors.Is(err, pipeline.ErrStopped), true)
		a.want(t, "not taken, not answered", 0, 5)
	})
}

func TestFullQueueMakesTheSourceWait(t *testing.T) {
	s := newStore()
	s.block = make(chan struct{})
	cfg := press()
	cfg.Queue = 10
	r := start(t, cfg, s, nil)
	batch := func(i int) []series.Sample {
		return []series.Sample{num("force", float64(i), 1), num("temp", float64(i), 1)}
	}
	i := 0
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	var err error
	for ; err == nil; i++ { // one batch is in the store's hands and five wait
		err = r.p.Samples(ctx, batch(i), nil)
	}
	want(t, "refused when its context ended", errors.Is(err, context.DeadlineExceeded), true)
	want(t, "batches taken", i-1, 6)
	want(t, "queue", r.p.Stats().Queue, 10)
	close(s.block)
	if err := r.p.Samples(context.Background(), batch(i), nil); err != nil {
		t.Fatal(err)
	}
	r.wait()
	want(t, "stored", s.count("force"), 7)
}

func TestSentAgainAfterARestart(t *testing.T) {
	s := newStore()
	r := start(t, press(), s, nil)
	r.send(num("force", -4, 1), num("force", -3, math.NaN()), text("part", -3, "P1"))
	r.stop()

	r = start(t, press(), s, nil)
	var a answers
	r.push(&a, num("force", -4, 1), num("force", -3, math.NaN()), text("part", -3, "P1"), num("force", -3, 2), num("force", -2, 1))
	a.want(t, "batch", 1, 0)
	want(t, "stored", s.count("force"), 4)
	want(t, "repetitions", r.p.Stats().Sources["plc"].Duplicates, uint64(2))
}

func TestClean(t *testing.T) {
	cfg := press()
	cfg.Tags[0].Scale, cfg.Tags[0].Offset, cfg.Tags[0].Min, cfg.Tags[0].Max = 2, 1, ptr(0), ptr(100)
	old := num("force", 0, 1)
	old.Source = 0
	ahead := num("force", 0, 1)
	ahead.Source = sec(7200)
	bad := num("force", 0, 1000)
	bad.Status = 0x80050000
	tests := []struct {
		name   string
		in     series.Sample
		value  float64
		status uint32
		time   int64
		reason string
	}{
		{"scale and offset", num("force", 0, 4), 9, 0, sec(0), ""},
		{"too high", num("force", 0, 50), 101, series.StatusBadOutOfRange, sec(0), "out_of_range"},
		{"too low", num("force", 0, -1), -1, series.StatusBadOutOfRange, sec(0), "out_of_range"},
		{"bad already", bad, 2001, 0x80050000, sec(0), ""},
		{"no value", num("force", 0, math.NaN()), math.NaN(), 0, sec(0), ""},
		{"infinite", num("force", 0, math.Inf(1)), math.Inf(1), series.StatusBadOutOfRange, sec(0), "out_of_range"},
		{"no time", old, 3, 0, sec(0), "no_time"},
		{"far in the future", ahead, 3, 0, sec(0), "future"},
		{"unknown tag", num("other", 0, 4), 4, 0, sec(0), "unknown_tag"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStore()
			r := start(t, cfg, s, nil)
			r.send(tt.in)
			got := s.samples[0]
			want(t, "value", math.Float64bits(got.Value), math.Float64bits(tt.value))
			want(t, "status", got.Status, tt.status)
			want(t, "time", got.Time(), tt.time)
			for source, n := range r.p.Stats().Sources {
				for reason, count := range n.Rejected {
					want(t, "reason from "+source, reason, tt.reason)
					want(t, "count", count, uint64(1))
				}
				if tt.reason == "" {
					want(t, "rejected", len(n.Rejected), 0)
				}
			}
		})
	}
}

func TestLateSamples(t *testing.T) {
	tests := []struct {
		name  string
		delay time.Duration
		late  uint64
		items int // the spike that comes late is judged or not
	}{
		{"no bound", 0, 1, 0},
		{"within the bound", 4 * time.Second, 0, 1},
		{"beyond the bound", time.Second, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := press()
			cfg.Tags[0].MaxDelay = tt.delay
			s := newStore()
			r := start(t, cfg, s, nil)
			r.send(num("force", 1, 50), num("force", 2, 50), num("force", 3, 50), num("force", 6, 50), num("force", 2.5, 512), num("force", 9, 50))
			r.items(tt.items)
			want(t, "late", r.p.Stats().Sources["plc"].Late, tt.late)
			want(t, "stored", s.count("force"), 6)
		})
	}
}

func TestLookupDescribesUnknownTags(t *testing.T) {
	cfg := press()
	cfg.Lookup = func(tag string) (pipeline.Tag, bool) {
		return pipeline.Tag{Tag: series.Tag{Source: "mqtt", Kind: series.Number}, Rules: []detect.Rule{{Kind: detect.Limit, H: ptr(10)}}}, tag == "extra"
	}
	r := start(t, cfg, newStore(), nil)
	r.send(num("extra", 1, 50), num("nobody", 1, 50))
	it := r.items(1)[0]
	want(t, "tags", it.Window.Tags[0], "extra")
	want(t, "source", r.p.Stats().Sources["mqtt"].Samples, uint64(1))
	want(t, "rule", it.Candidates[0].Rule, "extra.limit")
}

func TestGapsAreInTheWindow(t *testing.T) {
	s := newStore()
	r := start(t, press(), s, nil)
	gap := series.Gap{Source: "plc", From: sec(7), To: sec(8), Reason: series.GapDisconnected}
	for _, g := range []series.Gap{gap, {Source: "other", From: sec(7), To: sec(8)}, {Source: "plc", From: sec(100), To: sec(101)}} {
		if err := r.p.Gap(context.Background(), g); err != nil {
			t.Fatal(err)
		}
	}
	r.run(0, 20, map[string][2]int{"force": {10, 12}})
	w := s.window(r.items(1)[0].ID)
	want(t, "journaled", len(s.gaps), 3)
	want(t, "in the window", len(w.Gaps), 1)
	want(t, "gap", w.Gaps[0], gap)
}

func TestWaveIsJudgedPointByPoint(t *testing.T) {
	cfg := press()
	cfg.Tags[0].Kind, cfg.Tags[0].Rate = series.Wave, 4
	s := newStore()
	r := start(t, cfg, s, nil)
	for i := range 30 {
		w := num("force", float64(i), math.NaN())
		w.Wave = []float64{1, 2, 3, 4}
		if i == 10 {
			w.Wave[2] = 600
		}
		r.send(w)
	}
	it := r.items(1)[0]
	want(t, "onset", it.At, sec(10.5))
	want(t, "points", len(s.window(it.ID).Traces[0].T), 41)
}

// TestBatchesDoNotMatter sends the same samples in batches of several sizes.
func TestBatchesDoNotMatter(t *testing.T) {
	var all []series.Sample
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 2000 {
		tag := []string{"force", "temp"}[rnd.IntN(2)]
		v := 50 + 5*rnd.NormFloat64()
		if rnd.IntN(100) == 0 {
			v = 900
		}
		all = append(all, num(tag, float64(i)/4+rnd.Float64(), v))
	}
	items := func(size int) string {
		cfg := press()
		cfg.Tags[0].MaxDelay = 2 * time.Second
		s := newStore()
		r := start(t, cfg, s, nil)
		for i := 0; i < len(all); i += size {
			r.send(append([]series.Sample(nil), all[i:min(i+size, len(all))]...)...)
		}
		b, err := json.MarshalIndent(s.all(), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if len(s.all()) < 5 {
			t.Fatalf("%d items only", len(s.all()))
		}
		return string(b)
	}
	one := items(1)
	for _, size := range []int{7, 100, len(all)} {
		if items(size) != one {
			t.Errorf("batches of %d lead to other items than batches of 1", size)
		}
	}
}
