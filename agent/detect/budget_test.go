package detect_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/robustz"
	"edgelabel/agent/series"
)

// spent runs three signals of one sample a second through a budget.
type spent struct {
	spending *detect.Spending
	rules    []*robustz.Detector
	draw     []func() float64
	now      int64
	ended    []int64 // per rule
}

const rest = time.Minute

func newSpent(b detect.Budget) *spent {
	rnd := rand.New(rand.NewPCG(4, 4))
	smooth := 0.
	s := &spent{spending: detect.NewSpending(b), draw: []func() float64{
		rnd.NormFloat64,
		func() float64 { return rnd.NormFloat64() / math.Sqrt(rnd.ExpFloat64()+.1) }, // far outliers
		func() float64 {
			smooth = .9*smooth + rnd.NormFloat64()
			return smooth
		},
	}}
	for range s.draw {
		d := robustz.New(series.Tag{ID: "x"}, detect.Rule{Kind: detect.RobustZ}.Complete(series.Tag{ID: "x"}))
		s.rules = append(s.rules, d)
		s.spending.Join(d, rest)
	}
	s.ended = make([]int64, len(s.rules))
	return s
}

// run lets hours go by and returns how many candidates there were in each.
func (s *spent) run(hours int) float64 {
	n := 0.
	for range hours * 3600 {
		s.now += 1e9
		for i, d := range s.rules {
			for _, ev := range d.Push(series.Sample{Tag: "x", Source: s.now, Value: s.draw[i]()}) {
				if !ev.Closed && s.now-s.ended[i] > int64(rest) {
					n++
				}
				if s.ended[i] = s.now; !ev.Closed {
					s.spending.Opened(i)
				}
			}
			s.spending.See(i, s.now)
		}
	}
	return n / float64(hours)
}

// TestBudgetIsKept holds that about as many candidates come as were asked for, whatever the signals are like, and that what is said
// about it is so.
func TestBudgetIsKept(t *testing.T) {
	for _, want := range []float64{2, 10} {
		s := newSpent(detect.Budget{Candidates: want, Per: time.Hour})
		s.run(20)
		if n := s.run(20); n < want/1.6 || n > want*1.6 {
			t.Errorf("%g an hour, want %g", n, want)
		}
		got := s.spending.Spent()
		if !got.Known || math.Abs(got.Promised/want-1) > .1 || got.Fitted != 3 || got.Over != 5*time.Hour {
			t.Errorf("%+v", got)
		}
		if now := s.run(5); math.Abs(s.spending.Spent().Observed-now) > 1+now/4 {
			t.Errorf("%g came, %+v", now, s.spending.Spent())
		}
	}
}

// TestBudgetKnowsNothingAtFirst holds that nothing is changed or promised before there is enough to go by, and that a pause is no time.
func TestBudgetKnowsNothingAtFirst(t *testing.T) {
	s := newSpent(detect.Budget{Candidates: 5, Per: 8 * time.Hour})
	s.run(1)
	s.now += int64(1000 * time.Hour)
	s.run(1)
	got := s.spending.Spent()
	if got.Known || got.Promised != 0 || got.Over > 130*time.Minute {
		t.Errorf("%+v", got)
	}
	if factor, _ := s.spending.Factor(1); factor != 1 {
		t.Errorf("factor %g", factor)
	}
}

func TestBudgetIsKeptOverARestart(t *testing.T) {
	b := detect.Budget{Candidates: 5, Per: time.Hour}
	s, fresh := newSpent(b), newSpent(b)
	s.run(4)
	if err := detect.Restore(detect.Kept(s.spending), fresh.spending); err != nil {
		t.Fatal(err)
	}
	if fresh.spending.Spent() != s.spending.Spent() {
		t.Errorf("%+v, want %+v", fresh.spending.Spent(), s.spending.Spent())
	}
	other := newSpent(detect.Budget{Candidates: 6, Per: time.Hour})
	if detect.Restore(detect.Kept(s.spending), other.spending) == nil {
		t.Error("took the state of another budget")
	}
}

func TestBudgetCheck(t *testing.T) {
	for _, b := range []detect.Budget{{}, {Candidates: 1}, {Candidates: -1, Per: time.Hour}, {Candidates: math.NaN(), Per: time.Hour}, {Candidates: 1, Per: time.Second}} {
		if b.Check() == nil {
			t.Errorf("%+v is taken", b)
		}
	}
	if err := (detect.Budget{Candidates: .5, Per: 8 * time.Hour}).Check(); err != nil {
		t.Error(err)
	}
}
