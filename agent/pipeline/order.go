package pipeline

import (
	"math"
	"slices"

	"edgelabel/agent/series"
)

// maxHeld is how many samples of a tag may wait for an older one; beyond it the oldest go on early.
const maxHeld = 4096

// order puts the samples of one tag into the order of their event times. A sample waits until delay has passed in event time, so that
// older ones may overtake; one that comes later still is late and goes nowhere.
type order struct {
	delay  int64
	newest int64 // of all that came
	passed int64 // of those that went on
	held   []series.Sample
	due    []series.Sample
}

func newOrder(delay int64) order {
	return order{delay: delay, newest: math.MinInt64, passed: math.MinInt64}
}

// push takes a sample and returns what is due, valid until the next call. It reports false for a late one.
func (o *order) push(s series.Sample) (due []series.Sample, ok bool) {
	t := s.Time()
	if t < o.passed {
		return nil, false
	}
	o.newest = max(o.newest, t)
	if o.delay == 0 {
		o.passed = t
		o.due = append(o.due[:0], s)
		return o.due, true
	}
	at := len(o.held)
	for at > 0 && o.held[at-1].Time() > t {
		at--
	}
	o.held = slices.Insert(o.held, at, s)
	return o.release(o.newest - o.delay), true
}

// release returns what is not younger than t, valid until the next call.
func (o *order) release(t int64) (due []series.Sample) {
	n := 0
	for n < len(o.held) && (o.held[n].Time() <= t || len(o.held)-n > maxHeld) {
		n++
	}
	if n == 0 {
		return nil
	}
	o.due = append(o.due[:0], o.held[:n]...)
	o.held = slices.Delete(o.held, 0, n)
	o.passed = o.due[n-1].Time()
	return o.due
}
