package pipeline_test

import (
	"errors"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
)

func TestOneCandidateMakesOneItem(t *testing.T) {
	r := start(t, press(), newStore(), nil)
	r.send(text("part", -20, "P1"), text("part", 15, "P2"))
	r.run(0, 12, map[string][2]int{"force": {10, 13}})
	open := r.items(1)[0]
	want(t, "partial while it goes on", open.IsPartial, true)
	want(t, "open candidate", open.Candidates[0].To, 0)
	want(t, "explain", open.Candidates[0].Explain.EN, "Force 512 kN is above the high limit 480 kN.")

	r.run(13, 19, nil)
	it := r.items(1)[0]
	want(t, "settled", it.IsPartial, false)
	want(t, "kind", it.Kind, label.KindWindow)
	want(t, "at", it.At, sec(10))
	want(t, "from", it.Window.From, sec(5))
	want(t, "to", it.Window.To, sec(18))
	want(t, "part at the onset", it.Part.PartID, "P1")
	want(t, "place", it.Place, label.Place{Site: "s", Line: "l", Cell: "c", Asset: "press1"})
	want(t, "simulated", it.IsSimulated, true)
	want(t, "machine", it.Machine, label.NotOK)
	want(t, "score above one half", it.Score > 0.5 && it.Score < 1, true)
	c := it.Candidates[0]
	want(t, "end", c.To, sec(13))
	want(t, "limit", c.Limit, "H")
	want(t, "en", c.Explain.EN, "Force 512 kN stayed above the high limit 480 kN for 3 s.")
	want(t, "zh-CN", c.Explain.ZH, "Force 512 kN 连续 3 秒高于上限 480 kN。")

	w := r.store.window(it.ID)
	want(t, "traces", len(w.Traces), 2)
	want(t, "samples in the window", len(w.Traces[0].T), 13)
	want(t, "first sample", w.Traces[0].T[0], sec(5))
	want(t, "last sample", w.Traces[0].T[12], sec(17))
}

func TestCandidatesThatOverlapShareAnItem(t *testing.T) {
	tests := []struct {
		name  string
		over  map[string][2]int
		items int
		from  float64
		to    float64 // of the first item
	}{
		{"one inside the other", map[string][2]int{"force": {10, 20}, "temp": {12, 14}}, 1, 5, 25},
		{"one before the other ends", map[string][2]int{"force": {10, 14}, "temp": {12, 20}}, 1, 5, 25},
		{"begins while the first is still recorded", map[string][2]int{"force": {10, 12}, "temp": {15, 17}}, 1, 5, 22},
		{"begins after the first has settled", map[string][2]int{"force": {10, 12}, "temp": {20, 22}}, 2, 5, 17},
		{"begins in the moment the first settles", map[string][2]int{"force": {10, 12}, "temp": {17, 19}}, 2, 5, 17},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, press(), newStore(), nil)
			r.run(0, 40, tt.over)
			all := r.items(tt.items)
			want(t, "from", all[0].Window.From, sec(tt.from))
			want(t, "to", all[0].Window.To, sec(tt.to))
			n := 0
			for _, it := range all {
				want(t, "settled", it.IsPartial, false)
				n += len(it.Candidates)
			}
			want(t, "candidates", n, 2)
		})
	}
}

func TestItemEndsAtMaxDuration(t *testing.T) {
	r := start(t, press(), newStore(), nil)
	r.run(0, 100, map[string][2]int{"force": {10, 90}})
	it := r.items(1)[0]
	want(t, "settled", it.IsPartial, false)
	want(t, "to", it.Window.To, sec(70))
	want(t, "goes on", it.Candidates[0].To, 0)
	r.run(101, 130, map[string][2]int{"force": {110, 112}})
	r.items(2)
}

func TestRuleRests(t *testing.T) {
	cfg := press()
	cfg.Tags[0].Rules[0].Refractory = 30 * time.Second
	r := start(t, cfg, newStore(), nil)
	r.run(0, 25, map[string][2]int{"force": {10, 11}})
	r.run(26, 40, map[string][2]int{"force": {30, 31}}) // rests until 41, and this is over before
	r.items(1)
	want(t, "rested", r.p.Stats().Rested, uint64(1))
	r.run(41, 70, map[string][2]int{"force": {45, 46}})
	r.items(2)
	r.run(71, 110, map[string][2]int{"force": {74, 90}}) // begins inside the rest, which ends at 76, and lasts
	it := r.items(3)[2]
	want(t, "onset", it.At, sec(74))
	want(t, "end", it.Candidates[0].To, sec(90))
}

func TestItemSettlesInSilence(t *testing.T) {
	tests := []struct {
		name string
		over map[string][2]int
		to   float64
		when float64 // gateway's clock by which it has settled
	}{
		{"after the candidate has closed", map[string][2]int{"force": {10, 12}}, 17, 19},
		{"while the candidate is open", map[string][2]int{"force": {10, 99}}, 70, 72},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, press(), newStore(), nil)
			r.run(0, 13, tt.over)
			r.at(tt.when - 3)
			want(t, "not yet", r.items(1)[0].IsPartial, true)
			r.at(tt.when)
			it := r.items(1)[0]
			want(t, "settled", it.IsPartial, false)
			want(t, "to", it.Window.To, sec(tt.to))
		})
	}
}

func TestSilenceOfOneSignalHoldsNothingUp(t *testing.T) {
	r := start(t, press(), newStore(), nil)
	r.run(0, 11, map[string][2]int{"force": {10, 99}})
	for s := 12.0; s < 30; s++ { // temp is silent
		r.now.Store(sec(s))
		r.send(num("force", s, 50))
	}
	want(t, "settled", r.items(1)[0].IsPartial, false)
}

func TestOldValueHoldsNothingUp(t *testing.T) {
	r := start(t, press(), newStore(), nil)
	old := num("temp", 0, 20) // a source that reports changes sends first what it has had for an hour
	old.Source = sec(-3600)
	r.send(old)
	for s := 1.0; s < 20; s++ {
		r.now.Store(sec(s))
		v := 50.0
		if s == 10 {
			v = 512
		}
		r.send(num("force", s, v))
	}
	want(t, "settled", r.items(1)[0].IsPartial, false)
}

func TestClocksThatDisagreeHoldNothingUpForLong(t *testing.T) {
	r := start(t, press(), newStore(), nil)
	for s := 1.0; s < 30; s++ {
		r.now.Store(sec(s))
		ahead := num("temp", s, 20)
		ahead.Source = sec(s + 1800)
		if s == 10 {
			ahead.Value = 512
		}
		r.send(num("force", s, 50), ahead)
	}
	want(t, "settled", r.items(1)[0].IsPartial, false)
}

func TestChatterIsOneItem(t *testing.T) {
	r := start(t, press(), newStore(), nil)
	r.run(0, 9, nil)
	for i := range 400 {
		r.send(num("force", 10+float64(i)/20, 50+float64(i%2)*462))
	}
	r.run(30, 40, nil)
	it := r.items(1)[0]
	want(t, "candidates", len(it.Candidates), 64)
	want(t, "crowded", r.p.Stats().Crowded, uint64(136))
	want(t, "settled", it.IsPartial, false)
	want(t, "to", it.Window.To, sec(35))
	want(t, "revisions", it.Rev < 150, true)
}

func TestRefusedItemIsStoredLater(t *testing.T) {
	s := newStore()
	s.refuse = label.ErrFull
	r := start(t, press(), s, nil)
	r.run(0, 11, map[string][2]int{"force": {10, 13}})
	r.items(0)
	s.set(func() { s.refuse = nil })
	r.run(12, 20, map[string][2]int{"force": {10, 13}})
	it := r.items(1)[0]
	want(t, "settled", it.IsPartial, false)
	want(t, "end", it.Candidates[0].To, sec(13))
	want(t, "counted", r.p.Stats().Failures["update"], uint64(1))
}

func TestRestartFinishesWhatWasOpen(t *testing.T) {
	s := newStore()
	r := start(t, press(), s, nil)
	r.run(0, 12, map[string][2]int{"force": {10, 99}})
	r.stop()
	want(t, "partial", r.items(1)[0].IsPartial, true)

	r = start(t, press(), s, nil)
	r.at(40)
	it := r.items(1)[0]
	want(t, "settled", it.IsPartial, false)
	want(t, "from", it.Window.From, sec(5))
	want(t, "samples", len(s.window(it.ID).Traces[0].T), 8)
}

func TestWindowReachesBeforeTheStart(t *testing.T) {
	s := newStore()
	r := start(t, press(), s, nil)
	r.run(0, 8, nil)
	r.stop()
	r = start(t, press(), s, nil)
	r.run(9, 30, map[string][2]int{"force": {10, 12}})
	w := s.window(r.items(1)[0].ID)
	want(t, "samples", len(w.Traces[0].T), 12)
}

func TestNewReportsEveryProblem(t *testing.T) {
	cfg := press()
	cfg.Tags[0].Asset, cfg.Tags[1].Rules[0].H, cfg.Cameras[0].Asset = "nowhere", nil, "nowhere"
	cfg.NewID, cfg.Detector = func() string { return "" }, nil
	if _, err := pipeline.New(cfg, newStore(), newStore()); err == nil {
		t.Error("no detector: no error")
	}
	_, err := pipeline.New(withDetector(cfg), newStore(), newStore())
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		t.Fatalf("error: %v", err)
	}
	for _, part := range []string{"tag force: asset \"nowhere\"", "tag temp: rule temp.limit: h: missing", "camera cam: asset"} {
		if !contains(err.Error(), part) {
			t.Errorf("%q is not in: %v", part, err)
		}
	}
}
