package shutter_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/camera/shutter"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConfig(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  shutter.Config
		want string
	}{
		"neither":  {shutter.Config{}, "either"},
		"both":     {shutter.Config{Every: 1, Tag: "a"}, "either"},
		"edge":     {shutter.Config{Tag: "a", Edge: "up"}, "edge"},
		"negative": {shutter.Config{Tag: "a", Delay: -1}, "zero or more"},
	} {
		if _, err := shutter.New(c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// bench is a shutter whose samples come at times of a made-up clock.
type bench struct {
	t *testing.T
	s *shutter.Shutter
	*collectors.Status
}

var start = time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)

func newBench(t *testing.T, cfg shutter.Config) bench {
	t.Helper()
	cfg.Tag = "part_present"
	cfg.Now = func() time.Time { return start.Add(time.Hour) } // past every delay
	s, err := shutter.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return bench{t, s, collectors.NewStatus("cam", time.Now)}
}

// at gives the shutter one value at so many milliseconds; behind is how much later than measured it comes.
func (b bench) at(ms int, v float64, behind time.Duration) {
	receive := start.Add(time.Duration(ms) * time.Millisecond)
	b.s.See(series.Sample{Tag: "part_present", Value: v, Receive: receive.UnixNano(), Source: receive.Add(-behind).UnixNano()})
}

// shots returns the moments of all shots so far, in ms since the start.
func (b bench) shots() (all []int64) {
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
		shot, err := b.s.Next(ctx, b.Status)
		cancel()
		if err != nil {
			return all
		}
		b.s.Done()
		all = append(all, shot.At.Sub(start).Milliseconds())
	}
}

func TestEdges(t *testing.T) {
	const hour = time.Hour
	for name, c := range map[string]struct {
		cfg      shutter.Config
		do       func(b bench)
		want     []int64
		rejected string
		n        uint64
	}{
		"rising, with a delay": {shutter.Config{Delay: 40 * time.Millisecond}, func(b bench) {
			b.at(0, 0, 0)
			b.at(1000, 1, 0)
			b.at(1500, 0, 0)
			b.at(2000, 1, 0)
		}, []int64{1040, 2040}, "", 0},
		"falling": {shutter.Config{Edge: shutter.Falling}, func(b bench) {
			b.at(0, 1, 0)
			b.at(1000, 0, 0)
			b.at(2000, 1, 0)
		}, []int64{1000}, "", 0},
		"any other value": {shutter.Config{Edge: shutter.Change}, func(b bench) {
			b.at(0, 7, 0)
			b.at(1000, 8, 0)
			b.at(2000, 8, 0)
			b.at(3000, 9, 0)
		}, []int64{1000, 3000}, "", 0},
		"the first value says only how things stand": {shutter.Config{}, func(b bench) { b.at(0, 1, 0) }, nil, "", 0},
		"a contact that bounces": {shutter.Config{Debounce: 50 * time.Millisecond}, func(b bench) {
			b.at(0, 0, 0)
			for ms := 1000; ms < 1010; ms += 2 {
				b.at(ms, 1, 0)
				b.at(ms+1, 0, 0)
			}
			b.at(1100, 1, 0)
		}, []int64{1000, 1100}, "trigger_bounce", 4},
		"a clock that is years behind": {shutter.Config{}, func(b bench) {
			b.at(0, 0, 30000*hour)
			b.at(1000, 1, 30000*hour)
		}, []int64{1000}, "", 0},
		"history that is read back": {shutter.Config{}, func(b bench) {
			b.at(0, 0, 0)
			b.at(60000, 1, 50*time.Second)
			b.at(60001, 0, 40*time.Second)
			b.at(60002, 1, 30*time.Second)
			b.at(60003, 0, 0)
			b.at(61000, 1, 0)
		}, []int64{61000}, "trigger_stale", 2},
		"a clock that was set back": {shutter.Config{}, func(b bench) {
			b.at(0, 0, 0)
			b.at(100000, 1, 90*time.Second)
			b.at(105000, 0, 90*time.Second)
			b.at(106000, 1, 90*time.Second)
		}, []int64{106000}, "trigger_stale", 1},
		"more than wait": {shutter.Config{Queue: 2}, func(b bench) {
			for i := range 5 {
				b.at(1000*i, 0, 0)
				b.at(1000*i+500, 1, 0)
			}
		}, []int64{500, 1500}, "trigger_lost", 3},
		"no quality, no number": {shutter.Config{}, func(b bench) {
			b.at(0, 0, 0)
			b.at(1, math.NaN(), 0)
			b.s.See(series.Sample{Tag: "part_present", Value: 1, Status: series.StatusBad, Receive: start.UnixNano() + 5e6})
			b.s.See(series.Sample{Tag: "another", Value: 1, Receive: start.UnixNano() + 6e6})
		}, nil, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, c.cfg)
			c.do(b)
			got := b.shots()
			if len(got) != len(c.want) {
				t.Fatalf("shots at %v, want %v", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Fatalf("shots at %v, want %v", got, c.want)
				}
			}
			rejected := b.Snapshot().Rejected
			if c.rejected != "" && rejected[c.rejected] != c.n || c.rejected == "" && len(rejected) > 0 {
				t.Errorf("counted %v, want %d %q", rejected, c.n, c.rejected)
			}
		})
	}
}

func TestShotCarriesTheMomentByTheTagsClock(t *testing.T) {
	b := newBench(t, shutter.Config{Delay: time.Second})
	b.at(0, 0, time.Minute)
	b.at(1000, 1, time.Minute)
	shot, err := b.s.Next(context.Background(), b.Status)
	if err != nil {
		t.Fatal(err)
	}
	if want := start.Add(2*time.Second - time.Minute).UnixNano(); shot.Event != want || !shot.Triggered {
		t.Errorf("%+v, want event %d", shot, want)
	}
}

func TestShotIsTheSameUntilDone(t *testing.T) {
	b := newBench(t, shutter.Config{})
	b.at(0, 0, 0)
	b.at(1000, 1, 0)
	b.at(2000, 0, 0)
	b.at(3000, 1, 0)
	first, err := b.s.Next(context.Background(), b.Status)
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.s.Next(context.Background(), b.Status)
	if err != nil || again != first {
		t.Fatalf("%+v, %v; want %+v once more", again, err, first)
	}
	b.s.Done()
	if next, err := b.s.Next(context.Background(), b.Status); err != nil || next == first {
		t.Fatalf("%+v, %v after Done", next, err)
	}
}

func TestTimerDoesNotCatchUp(t *testing.T) {
	now := start
	s, err := shutter.New(shutter.Config{Every: time.Second, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	status := collectors.NewStatus("cam", time.Now)
	for i, at := range []time.Duration{0, 10 * time.Second, 11 * time.Second} {
		now = start.Add(at)
		shot, err := s.Next(context.Background(), status)
		if err != nil {
			t.Fatal(err)
		}
		if s.Done(); !shot.At.Equal(now) {
			t.Errorf("shot %d at %v, want %v", i, shot.At, now)
		}
	}
}
