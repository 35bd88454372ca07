package detect

import (
	"fmt"
	"math"
	"slices"
	"time"

	"edgelabel/agent/detect/keep"
	"edgelabel/agent/detect/tail"
)

// Budget is about how many candidates somebody wants to look at. The zero value wants nothing.
type Budget struct {
	Candidates float64       // in Per
	Per        time.Duration // of time with samples: a shift
}

// Bounds of a budget.
const (
	LeastPer      = time.Minute
	MaxPer        = 31 * 24 * time.Hour
	MaxCandidates = 100_000
)

// Check reports what is wrong with the budget, as *Problem.
func (b Budget) Check() error {
	if !(b.Candidates > 0 && b.Candidates <= MaxCandidates) {
		return &Problem{"candidates", fmt.Sprintf("%g, want more than 0 and at most %d", b.Candidates, MaxCandidates)}
	}
	if b.Per < LeastPer || b.Per > MaxPer {
		return &Problem{"per", fmt.Sprintf("%v, want %v to %v", b.Per, LeastPer, MaxPer)}
	}
	return nil
}

// Scalable is a detector whose threshold is a guess that somebody else may better. Limits that people set are not.
type Scalable interface {
	// Scale multiplies the rule's threshold from now on.
	Scale(factor float64)

	// Distance is how far the newest usable sample was from normal: 1 at the rule's own threshold, 0 while it learns.
	Distance() float64
}

// How a budget works.
const (
	leastFactor = .5 // of a rule's own threshold
	mostFactor  = 20.
	rounds      = 16   // in a period, in which thresholds are set anew
	remembered  = 5    // periods whose candidates are counted
	mostOpened  = 4096 // candidates whose times are remembered
	stretch     = 8    // times the usual time between samples is no time with samples any more
)

// Spending sets the thresholds of an asset's rules so that about as many candidates come as its budget wants:
//
//	each rule's distances ─▶ tail ─▶ rate beyond any threshold ─▶ an equal share of the budget each ─▶ Scale
//	                                                               what quiet rules leave goes to the others
//
// Rules with fewer than tail.Least peaks keep the threshold that they came with. It has no clock: time is that of samples, and pauses
// do not count.
type Spending struct {
	budget Budget
	rules  []spender
	last   int64   // UTC ns of the newest sample
	every  float64 // seconds from sample to sample, smoothed
	now    float64 // seconds with samples
	next   float64 // when thresholds are set again
	opened []float64
	expect float64 // candidates in a period that the tails promise; negative: not known
}

type spender struct {
	by     Scalable
	tail   *tail.Tail
	factor float64
	fitted bool
	told   bool // of the cluster that is going on
}

// NewSpending returns one that spends a checked budget.
func NewSpending(b Budget) *Spending { return &Spending{budget: b, expect: -1} }

// Join adds a rule whose candidates count as one when they follow each other within rest. The answer is its number.
func (s *Spending) Join(by Scalable, rest time.Duration) int {
	s.rules = append(s.rules, spender{by: by, tail: tail.New(rest.Seconds()), factor: 1})
	return len(s.rules) - 1
}

// Replace puts another detector in the place of a rule's.
func (s *Spending) Replace(rule int, by Scalable) {
	s.rules[rule].by = by
	by.Scale(s.rules[rule].factor)
}

// See takes what a rule says after a sample at event time t (UTC ns).
func (s *Spending) See(rule int, t int64) {
	s.pass(t)
	r := &s.rules[rule]
	if r.tail.Add(s.now, r.by.Distance()); !r.tail.Inside() {
		r.told = false
	}
	if s.now >= s.next {
		s.next = s.now + s.budget.Per.Seconds()/rounds
		s.spend()
	}
}

// pass lets time go on, but not for the time in which nothing came.
func (s *Spending) pass(t int64) {
	if s.last != 0 && t > s.last {
		step, most := float64(t-s.last)/1e9, max(time.Minute.Seconds(), stretch*s.every)
		step = min(step, most)
		s.every += (step - s.every) / 16
		s.now += step
	}
	s.last = max(s.last, t)
}

// Opened counts a rule's candidate.
func (s *Spending) Opened(rule int) {
	r := &s.rules[rule]
	if r.told {
		return
	}
	r.told = r.tail.Inside()
	if s.opened = append(s.opened, s.now); len(s.opened) > mostOpened {
		s.opened = s.opened[1:]
	}
}

// spend shares the budget out.
func (s *Spending) spend() {
	per := s.budget.Per.Seconds()
	for i := range s.rules {
		r := &s.rules[i]
		r.fitted = r.tail.Fit(s.now, s.budget.Candidates/per/float64(len(s.rules)))
	}
	s.expect = -1
	if s.now < per/2 {
		return
	}
	left := s.budget.Candidates / per
	var most []float64
	for i := range s.rules {
		if r := &s.rules[i]; r.fitted {
			most = append(most, r.tail.Rate(max(leastFactor, r.tail.Level())))
		} else {
			left -= r.rate(s.now)
		}
	}
	each := share(max(left, 0), most)
	s.expect = 0
	for i := range s.rules {
		r := &s.rules[i]
		if r.fitted {
			r.scale(r.tail.Distance(each))
		}
		s.expect += r.rate(s.now) * per
	}
}

// share is the rate that each of the rules may have so that all together have left: those that cannot reach it, by what they have at
// most, leave more to the others.
func share(left float64, most []float64) float64 {
	slices.Sort(most)
	for i, m := range most {
		each := left / float64(len(most)-i)
		if m >= each {
			return each
		}
		left -= m
	}
	return math.Inf(1)
}

func (r *spender) scale(factor float64) {
	r.factor = max(leastFactor, min(mostFactor, factor))
	r.by.Scale(r.factor)
}

// rate is how many candidates a second the rule makes.
func (r *spender) rate(now float64) float64 {
	if r.fitted {
		return r.tail.Rate(r.factor)
	}
	n, seconds := r.tail.Seen(r.factor, now)
	return float64(n) / max(seconds, 1)
}

// Spent is how a budget is kept.
type Spent struct {
	Budget
	Known    bool          // false: too little was seen to set thresholds, or to promise anything
	Promised float64       // candidates in Per that the tails promise with the thresholds as they are
	Observed float64       // candidates in Per that came, true or false
	Over     time.Duration // the time with samples that Observed is about
	Rules    int           // that are in it
	Fitted   int           // of them, whose threshold follows from their tail
}

// Spent tells how it is going.
func (s *Spending) Spent() Spent {
	per := s.budget.Per.Seconds()
	over := min(s.now, remembered*per)
	out := Spent{
		Budget: s.budget, Known: s.expect >= 0, Promised: max(s.expect, 0), Over: time.Duration(over * float64(time.Second)), Rules: len(s.rules),
	}
	for i := range s.rules {
		if s.rules[i].fitted {
			out.Fitted++
		}
	}
	for i := len(s.opened) - 1; i >= 0 && s.opened[i] >= s.now-over; i-- {
		out.Observed++
	}
	if over > 0 {
		out.Observed *= per / over
	}
	return out
}

// Factor is what a rule's threshold is multiplied with, and whether that follows from its tail.
func (s *Spending) Factor(rule int) (factor float64, fitted bool) {
	return s.rules[rule].factor, s.rules[rule].fitted
}

// Keep implements Keeper.
func (s *Spending) Keep(b *keep.Book) {
	b.Head("budget", 1, int(s.budget.Per), int(s.budget.Candidates*1000), len(s.rules))
	b.Int64(&s.last)
	for _, v := range []*float64{&s.every, &s.now, &s.next, &s.expect} {
		b.Float(v)
		b.Check(!math.IsNaN(*v), "a time is no number")
	}
	b.Floats(&s.opened, 0, mostOpened)
	for i := range s.rules {
		r := &s.rules[i]
		r.tail.Keep(b)
		b.Float(&r.factor)
		b.Check(r.factor >= leastFactor && r.factor <= mostFactor, "a threshold cannot be")
		b.Flag(&r.fitted)
		b.Flag(&r.told)
		if b.Reads() {
			r.by.Scale(r.factor)
		}
	}
}
