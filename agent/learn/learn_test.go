package learn_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgelabel/agent/label"
	"edgelabel/agent/learn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const day = int64(24 * time.Hour)

var now = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// shelf is items in memory, with a feed.
type shelf struct {
	mu      sync.Mutex
	rows    map[string]label.Row
	fail    error
	changes chan label.Change
	read    chan string // every id that was asked for; nil: nobody looks
}

func newShelf() *shelf {
	return &shelf{rows: map[string]label.Row{}, changes: make(chan label.Change)}
}

func (s *shelf) put(r label.Row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[r.ID] = r
}

func (s *shelf) Items(_ context.Context, q label.Query) (label.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var p label.Page
	for _, r := range s.rows {
		if q.Cursor == "" || r.ID < q.Cursor {
			p.Rows = append(p.Rows, r)
		}
	}
	slices.SortFunc(p.Rows, func(a, b label.Row) int { return -compare(a.ID, b.ID) })
	if len(p.Rows) > q.Limit {
		p.Rows = p.Rows[:q.Limit]
		p.Next = p.Rows[q.Limit-1].ID
	}
	return p, s.fail
}

func compare(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

func (s *shelf) Item(_ context.Context, id string) (label.Row, []label.Label, error) {
	if s.read != nil {
		s.read <- id
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rows[id]
	if !ok {
		return r, nil, label.ErrNotFound
	}
	return r, nil, s.fail
}

func (s *shelf) Subscribe() (<-chan label.Change, func()) { return s.changes, func() {} }

// labelled lets what follows labels run until it has read those of these items.
func (s *shelf) labelled(t *testing.T, run func(context.Context) error, ids ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	for _, id := range ids {
		s.changes <- label.Change{What: "label", Item: id}
	}
	s.changes <- label.Change{What: "claim"} // taken when the last label was read
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// row is an item of one candidate, so many days old.
func row(n int, rule, detector string, score float64, days int64, v label.Verdict) label.Row {
	at := now.UnixNano() - days*day
	r := label.Row{Item: label.Item{
		ID: fmt.Sprintf("i%04d", n), At: at, Created: at, Place: label.Place{Asset: "press"}, Score: score,
		Window:     &label.WindowRef{From: at, To: at + int64(time.Minute), Tags: []string{"force"}},
		Candidates: []label.Candidate{{ID: "c", Rule: rule, Detector: detector, From: at, Score: score}},
	}}
	r.State, r.Verdict = label.StateOpen, v
	if v != label.Undefined {
		r.State, r.Labels = label.StateLabeled, 1
	}
	return r
}

// known runs a ledger until it knows the shelf, and stops it.
func known(t *testing.T, s *shelf, cfg learn.Config) *learn.Ledger {
	t.Helper()
	cfg.Items, cfg.Feed, cfg.Now = s, s, func() time.Time { return now }
	l := learn.New(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	s.changes <- label.Change{Rev: 1, What: "status"} // taken after everything was read
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return l
}

func TestWilson(t *testing.T) {
	if learn.Wilson(0, 0) != nil {
		t.Error("an estimate from nothing")
	}
	// Brown, Cai and DasGupta (2001) give such intervals; these were computed by hand from the formula.
	for _, tt := range []struct {
		hits, n   int
		low, high float64
	}{{0, 10, 0, .27753}, {10, 10, .72247, 1}, {5, 10, .23659, .76341}, {45, 50, .78640, .95652}} {
		e := learn.Wilson(tt.hits, tt.n)
		if math.Abs(e.Low-tt.low) > 1e-4 || math.Abs(e.High-tt.high) > 1e-4 || e.N != tt.n {
			t.Errorf("%d of %d: %+v", tt.hits, tt.n, e)
		}
	}
}

func TestPerformanceCountsByRuleAndPeriod(t *testing.T) {
	s := newShelf()
	s.put(row(1, "force.limit", "limit", .9, 3, label.NotOK))
	s.put(row(2, "force.limit", "limit", .8, 2, label.NotOK))
	s.put(row(3, "force.limit", "limit", .7, 1, label.OK))
	s.put(row(4, "force.limit", "limit", .7, 1, label.NotDecidable))
	s.put(row(5, "force.limit", "limit", .7, 1, label.Undefined))
	s.put(row(6, "temp.limit", "limit", .7, 1, label.OK))
	s.put(row(7, "force.limit", "limit", .7, 30, label.OK)) // before the period
	s.put(row(8, "person", "person", 1, 1, label.NotOK))    // says nothing about a detector
	l := known(t, s, learn.Config{})
	p, err := l.Performance(context.Background(), now.UnixNano()-4*day, now.UnixNano(), day)
	if err != nil || p.More || len(p.Rules) != 2 || len(p.Detectors) != 1 || p.Items != 7 {
		t.Fatalf("%+v, %v", p, err)
	}
	r := p.Rules[0]
	if r.Rule != "force.limit" || r.Tally != (label.Tally{Confirmed: 2, Rejected: 1, Undecided: 1, Waiting: 1}) || r.Asset != "press" {
		t.Errorf("%+v", r)
	}
	if r.Precision == nil || math.Abs(r.Precision.Value-2./3) > 1e-9 || r.Precision.N != 3 {
		t.Errorf("%+v", r.Precision)
	}
	if len(r.Periods) != 4 || r.Periods[1].Confirmed != 1 || r.Periods[3].Rejected != 1 {
		t.Errorf("%+v", r.Periods)
	}
	if d := p.Detectors[0]; d.Tally.Rejected != 2 || d.Rule != "" {
		t.Errorf("%+v", d)
	}
}

func TestAnItemCountsOnceForADetector(t *testing.T) {
	s := newShelf()
	r := row(1, "force.limit", "limit", .9, 1, label.NotOK)
	r.Candidates = append(r.Candidates, r.Candidates[0])
	s.put(r)
	p, err := known(t, s, learn.Config{}).Performance(context.Background(), now.UnixNano()-2*day, now.UnixNano(), day)
	if err != nil || p.Rules[0].Confirmed != 1 || p.Detectors[0].Confirmed != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestRecall draws every tenth picture of 1000 unflagged ones: 2 of 100 are wrong, so 20 were missed beside the 20 that were found.
func TestRecall(t *testing.T) {
	s := newShelf()
	picture := func(n int, detector string, v label.Verdict) {
		r := row(n, "cam."+detector, detector, .5, 1, v)
		r.Window, r.Images = nil, []label.Image{{SHA256: "x", Camera: "cam"}}
		s.put(r)
	}
	for n := range 100 {
		v := label.OK
		if n < 2 {
			v = label.NotOK
		}
		picture(n, learn.Sample, v)
	}
	for n := range 20 {
		picture(200+n, "golden", label.NotOK)
	}
	p, err := known(t, s, learn.Config{Every: map[string]int{"cam": 10}}).Performance(context.Background(), now.UnixNano()-2*day, now.UnixNano(), day)
	if err != nil || len(p.Recall) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	r := p.Recall[0]
	if r.Camera != "cam" || r.Drawn != 100 || r.Missed != 2 || r.Each != 10 || r.Flagged != 20 || math.Abs(r.Recall.Value-.5) > 1e-9 {
		t.Errorf("%+v %+v", r, r.Recall)
	}
	if r.Recall.Low > .25 || r.Recall.High < .75 || r.Recall.Low <= 0 || r.Recall.High >= 1 {
		t.Errorf("interval %+v", r.Recall)
	}
}

func TestRecallOfSignals(t *testing.T) {
	s := newShelf()
	for n := range 10 {
		s.put(row(n, "press.random", learn.Sample, 0, 5, label.OK))
	}
	s.put(row(20, "force.limit", "limit", .9, 4, label.NotOK))
	p, err := known(t, s, learn.Config{}).Performance(context.Background(), now.UnixNano()-10*day, now.UnixNano(), day)
	if err != nil || len(p.Recall) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	r := p.Recall[0] // five days are 7200 minutes, one of them flagged
	if r.Asset != "press" || r.Each != 719.9 || r.Recall.Value != 1 || r.Recall.Low > .01 {
		t.Errorf("%+v %+v", r, r.Recall)
	}
}

func TestQueueOrder(t *testing.T) {
	s := newShelf()
	s.put(row(1, "known", "limit", .6, 0, label.Undefined))
	s.put(row(2, "new", "limit", .6, 0, label.Undefined))
	s.put(row(3, "new", "limit", .9, 0, label.Undefined))
	s.put(row(4, "new", "limit", .3, 9, label.Undefined)) // old enough to come before a higher score
	for n := range 30 {
		s.put(row(100+n, "known", "limit", .9, 1, label.OK))
	}
	for n := range 8 {
		s.put(row(200+n, "cam.every", learn.Sample, .05, 0, label.Undefined))
	}
	for n := range 10 {
		s.put(row(300+n, "known", "limit", .1, 0, label.Undefined))
	}
	l := known(t, s, learn.Config{})
	q, err := l.Queue(context.Background(), 17)
	if err != nil || len(q) != 17 {
		t.Fatalf("%d, %v", len(q), err)
	}
	var ids []string
	for _, one := range q {
		ids = append(ids, one.ID)
	}
	if !slices.Equal(ids[:4], []string{"i0004", "i0003", "i0002", "i0001"}) || ids[7] != "i0200" || ids[15] != "i0201" {
		t.Errorf("%v", ids)
	}
	if !q[7].Random || q[0].Age != 4 || q[0].Novelty != 1 || q[3].Novelty != .5 {
		t.Errorf("%+v", q)
	}
}

func TestPast(t *testing.T) {
	s := newShelf()
	for n := range 8 {
		s.put(row(n, "force.limit", "limit", float64(n)/10, 2, label.NotOK))
	}
	s.put(row(10, "force.limit", "limit", .5, 1, label.OK))
	s.put(row(11, "force.limit", "limit", .5, 1, label.Undefined))
	s.put(row(12, "force.limit", "limit", .5, -1, label.OK)) // later
	it := row(20, "force.limit", "limit", .52, 0, label.Undefined)
	past := known(t, s, learn.Config{}).Past(&it.Item)
	if len(past) != 1 || past[0].Tally != (label.Tally{Confirmed: 8, Rejected: 1, Waiting: 1}) || len(past[0].Items) != 5 {
		t.Fatalf("%+v", past)
	}
	if past[0].Items[0].Item != "i0010" || past[0].Items[1].Item != "i0005" {
		t.Errorf("%+v", past[0].Items)
	}
}

func TestTheLedgerFollowsAndStaysSmall(t *testing.T) {
	s := newShelf()
	for n := range 1200 {
		s.put(row(n, "r", "limit", .5, 1, label.Undefined))
	}
	s.read = make(chan string)
	tick := make(chan time.Time)
	l := learn.New(learn.Config{Items: s, Feed: s, Most: 100, Tick: tick, Now: func() time.Time { return now }})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	s.changes <- label.Change{Rev: 1, What: "status"}
	if n, _ := l.Stats(); n > 100 {
		t.Errorf("%d items", n)
	}
	judged := row(1199, "r", "limit", .5, 1, label.NotOK)
	s.put(judged)
	s.changes <- label.Change{Rev: 2, What: "label", Item: judged.ID}
	<-s.read
	s.changes <- label.Change{Rev: 9, What: "claim"} // six hints were lost
	s.put(row(1198, "r", "limit", .5, 1, label.NotOK))
	tick <- time.Time{}
	s.changes <- label.Change{Rev: 10, What: "claim"}
	p, err := l.Performance(ctx, now.UnixNano()-2*day, now.UnixNano(), day)
	if err != nil || p.Rules[0].Confirmed != 2 || !p.More {
		t.Errorf("%+v, %v", p.Rules, err)
	}
	if _, lost := l.Stats(); lost != 6 {
		t.Errorf("%d lost", lost)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
