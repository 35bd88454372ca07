package retune_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/label"
	"edgelabel/agent/learn/retune"
	"edgelabel/agent/series"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const second = int64(time.Second)

var (
	li    = label.Person{ID: "li"}
	force = series.Tag{ID: "force", Name: "Force", Unit: "kN", Kind: series.Number}
)

func ptr(v float64) *float64 { return &v }

// press is five hours at 1 Hz around 100 kN: every ten minutes a harmless peak of 112 kN, every hour a jam of 130 kN.
type press struct {
	fail error
	hold chan struct{} // nil: reading never waits
}

const end = 5 * 3600 * second

func value(s int64) float64 {
	v := 100 + rand.New(rand.NewPCG(uint64(s), 1)).NormFloat64()
	switch {
	case s%3600 >= 1800 && s%3600 < 1810:
		v += 30
	case s%600 >= 300 && s%600 < 305:
		v += 12
	}
	return v
}

func (p *press) Window(ctx context.Context, tags []string, from, to int64) (*series.Window, error) {
	if p.hold != nil {
		select {
		case <-p.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	tr := series.Trace{Tag: tags[0]}
	for s := (from + second - 1) / second; s*second < to; s++ {
		tr.T, tr.V, tr.Status = append(tr.T, s*second), append(tr.V, value(s)), append(tr.Status, 0)
	}
	return &series.Window{From: from, To: to, Traces: []series.Trace{tr}}, p.fail
}

// Judged says that jams are jams and that of the peaks those of the first two hours were looked at.
func (p *press) Judged(_ string, from, to int64) (list []retune.Candidate) {
	for s := int64(0); s*second < end; s += 300 {
		c := retune.Candidate{From: s * second, To: (s + 5) * second, Verdict: label.OK}
		switch {
		case s%3600 == 1800:
			c.To, c.Verdict = (s+10)*second, label.NotOK
		case s%600 != 300 || s > 7200:
			continue
		}
		if c.From >= from && c.From < to {
			list = append(list, c)
		}
	}
	return list
}

type rig struct {
	*retune.Desk
	book    *retune.Book
	applied []string
}

func start(t *testing.T, p *press, path string, rules ...detect.Rule) *rig {
	t.Helper()
	book, err := retune.OpenBook(path)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{book: book}
	r.Desk = retune.New(retune.Config{
		Book: book, History: p, Verdicts: p, Build: catalog.New,
		Rule: func(name string) (series.Tag, detect.Rule, bool) {
			for _, rule := range rules {
				if rule = rule.Complete(force); rule.Name == name {
					return force, rule, true
				}
			}
			return force, detect.Rule{}, false
		},
		Apply: func(_ context.Context, rule string) error { r.applied = append(r.applied, rule); return nil },
		Rest:  func(context.Context, time.Duration) {},
		Now:   func() time.Time { return time.Unix(1000, 0) },
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, book.Close()); err != nil {
			t.Error(err)
		}
	})
	return r
}

// done waits until a replay is no longer running.
func done(t *testing.T, r *rig, rule string) label.Replay {
	t.Helper()
	for range 20_000 {
		j, err := r.Replay(rule)
		if err != nil {
			t.Fatal(err)
		}
		if j.State != label.Replaying {
			return j
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the replay does not end")
	return label.Replay{}
}

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "tuned.jsonl") }

func TestReplayProposesALimit(t *testing.T) {
	rule := detect.Rule{Kind: detect.Limit, H: ptr(110)}
	r := start(t, &press{}, file(t), rule)
	begun, err := r.Begin(li, "force.limit", "", 0, end)
	if err != nil || begun.Field != "h" || !slices.Equal(begun.Fields, []string{"h"}) || begun.By != "li" {
		t.Fatalf("%+v, %v", begun, err)
	}
	j := done(t, r, "force.limit")
	if j.State != label.ReplayDone || j.Done != 1 || j.Samples != 5*3600 || j.Confirmed != 5 || j.Rejected != 12 {
		t.Fatalf("%+v", j)
	}
	var now, proposed label.Setting
	for _, s := range j.Settings {
		if s.Now {
			now = s
		}
		if s.Proposed {
			proposed = s
		}
	}
	// At 110 the peaks are flagged beside the 5 jams, some of them twice: 12 are rejected, the rest not judged.
	if now.Value != 110 || now.Candidates < 30 || now.Confirmed != 5 || now.Rejected != 12 || now.Unjudged < 13 {
		t.Errorf("now %+v", now)
	}
	if proposed.Value <= 112 || proposed.Value >= 128 || proposed.Confirmed != 5 || proposed.Rejected > 2 || proposed.Candidates >= now.Candidates {
		t.Errorf("proposed %+v of %+v", proposed, j.Settings)
	}
}

// TestNothingIsSwitchedOff replays a rule all of whose candidates were rejected: the limit that none of them reaches is not proposed.
func TestNothingIsSwitchedOff(t *testing.T) {
	r := start(t, &press{}, file(t), detect.Rule{Kind: detect.Limit, H: ptr(110)})
	if _, err := r.Begin(li, "force.limit", "", 0, 1700*second); err != nil {
		t.Fatal(err)
	}
	silent := 0
	for _, s := range done(t, r, "force.limit").Settings {
		if s.Candidates == 0 {
			silent++
		}
		if s.Proposed && s.Candidates == 0 {
			t.Errorf("proposed %+v", s)
		}
	}
	if silent == 0 {
		t.Error("no setting was silent")
	}
}

func TestReplayOfDetectorsThatLearn(t *testing.T) {
	for _, rule := range []detect.Rule{
		{Kind: detect.RobustZ, Refractory: time.Minute}, {Kind: detect.Rate, PerSecond: 8}, {Kind: detect.Stuck, Period: time.Minute},
	} {
		name := rule.Complete(force).Name
		r := start(t, &press{}, file(t), rule)
		if _, err := r.Begin(li, name, "", 0, end); err != nil {
			t.Fatal(err)
		}
		if j := done(t, r, name); j.State != label.ReplayDone || len(j.Settings) != 8 {
			t.Errorf("%+v", j)
		}
	}
}

func TestReplayIsCancelled(t *testing.T) {
	p := &press{hold: make(chan struct{})}
	r := start(t, p, file(t), detect.Rule{Kind: detect.Limit, H: ptr(110)}, detect.Rule{Name: "spc", Kind: detect.SPC})
	if _, err := r.Replay("force.limit"); !errors.Is(err, label.ErrNotFound) {
		t.Error(err)
	}
	if _, err := r.Begin(li, "nothing", "", 0, end); !errors.Is(err, label.ErrNotFound) {
		t.Error(err)
	}
	if _, err := r.Begin(li, "spc", "", 0, end); !errors.Is(err, label.ErrInvalid) {
		t.Error(err)
	}
	for range 2 { // the second takes the place of the first
		if _, err := r.Begin(li, "force.limit", "h", 0, end); err != nil {
			t.Fatal(err)
		}
	}
	p.hold <- struct{}{}
	for range 2 {
		if j, err := r.Cancel("force.limit"); err != nil || j.State != label.ReplayCancelled {
			t.Errorf("%+v, %v", j, err)
		}
	}
}

func TestAReplayThatFailsSaysSo(t *testing.T) {
	r := start(t, &press{fail: errors.New("disk")}, file(t), detect.Rule{Kind: detect.Limit, H: ptr(110)})
	if _, err := r.Begin(li, "force.limit", "", 0, end); err != nil {
		t.Fatal(err)
	}
	if j := done(t, r, "force.limit"); j.State != label.ReplayFailed || j.Error == "" {
		t.Errorf("%+v", j)
	}
}

func TestTuningHoldsAfterARestartAndIsTakenBack(t *testing.T) {
	rule := detect.Rule{Kind: detect.Limit, H: ptr(110), L: ptr(20)}
	plain, path := rule.Complete(force), file(t)
	r := start(t, &press{}, path, rule)
	for _, bad := range []*float64{ptr(5), ptr(20)} { // not above L
		if _, err := r.Tune(t.Context(), li, "force.limit", "h", bad, ""); !errors.Is(err, label.ErrInvalid) {
			t.Errorf("%g: %v", *bad, err)
		}
	}
	if _, err := r.Tune(t.Context(), li, "force.limit", "threshold", ptr(5), ""); !errors.Is(err, label.ErrInvalid) {
		t.Error(err)
	}
	if _, err := r.Tune(t.Context(), li, "force.limit", "h", ptr(1180), "a digit too many"); !errors.Is(err, label.ErrInvalid) || !strings.Contains(err.Error(), "h = 1180 lies far from what Force showed in the last 24 hours, 9") {
		t.Error(err)
	}
	got, err := r.Tune(t.Context(), li, "force.limit", "h", ptr(118), "peaks are harmless")
	if err != nil || got.Was != 110 || got.By != "li" || len(r.applied) != 1 {
		t.Fatalf("%+v, %v, applied %v", got, err, r.applied)
	}
	again, err := retune.OpenBook(path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if h := *again.Tuned(plain).H; h != 118 || *plain.H != 110 {
		t.Errorf("%g after a restart, and the configuration says %g", h, *plain.H)
	}
	other := plain
	other.L = ptr(119) // the configuration was changed: what was tuned no longer fits
	if h := *again.Tuned(other).H; h != 110 {
		t.Errorf("%g", h)
	}
	if _, err := r.Tune(t.Context(), li, "force.limit", "h", nil, "wrong after all"); err != nil {
		t.Fatal(err)
	}
	all := r.Tunings()
	if h := *r.book.Tuned(plain).H; h != 110 || len(all) != 1 || all[0].Value != nil || all[0].Was != 118 || len(r.applied) != 2 {
		t.Errorf("%g, %+v", h, all)
	}
}
