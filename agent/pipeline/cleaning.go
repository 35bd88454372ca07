package pipeline

import (
	"errors"
	"math"
	"time"

	"edgelabel/agent/series"
)

// Cleaning is what is done to the samples of a tag beyond unit and range. The zero value does nothing.
type Cleaning struct {
	Worst   series.Quality // samples of a worse quality are dropped where Drop is set
	Drop    bool
	Counter *Counter      // the raw value counts; nil does not
	Stale   time.Duration // silent for so long, the signal gets one sample that says so (UncertainLastUsableValue); 0 never
	History History
}

// Counter makes a running total, in raw units, of a value that begins anew: at Modulus (roll-over) or anywhere (reset). A step back is a
// roll-over when the way ahead to the new value is no longer than MaxStep; else the counter was reset, and counted from zero since.
type Counter struct {
	Modulus float64 // 65536 for 16 bits
	MaxStep float64 // largest advance between two samples; 0 is a quarter of Modulus
}

// History thins out what is stored of a signal; detectors and the windows of items see every sample. At most one of Deadband, Exception
// and Swing is set; with none every sample is stored. The bound, in the tag's unit, holds at the time of every sample that was left out:
//
//	Deadband   the newest stored value before it differs by at most the bound
//	Exception  the same, and the last sample before a change is stored too, so that a step stays a step
//	Swing      the straight line between the stored samples around it differs by at most the bound
type History struct {
	Deadband, Exception, Swing float64
	Every                      time.Duration // store one after so long in any case; 0 is DefaultEvery
}

// DefaultEvery is how often something of a quiet signal is stored.
const DefaultEvery = time.Minute

const statusLastUsable uint32 = 0x40900000 // UncertainLastUsableValue, OPC 10000-6 annex A

// check reports everything that is wrong with it, joined.
func (c *Cleaning) check() error {
	var errs []error
	h, n := c.History, 0
	for _, bound := range []float64{h.Deadband, h.Exception, h.Swing} {
		if bound < 0 || math.IsNaN(bound) || math.IsInf(bound, 0) {
			errs = append(errs, errors.New("history: want a bound of zero or more"))
		}
		if bound > 0 {
			n++
		}
	}
	if n > 1 {
		errs = append(errs, errors.New("history: want one of deadband, exception and swing"))
	}
	if h.Every < 0 || c.Stale < 0 {
		errs = append(errs, errors.New("every, stale: want zero or more"))
	}
	if k := c.Counter; k != nil && (k.Modulus <= 0 || k.MaxStep < 0 || k.MaxStep >= k.Modulus) {
		errs = append(errs, errors.New("counter: want a modulus above zero and a largest step below it"))
	}
	return errors.Join(errs...)
}

// total is a Counter at work.
type total struct {
	Counter
	last float64 // raw
	base float64 // added to the raw value
	seen bool
}

// next returns the total at a raw value, and what happened to the counter on the way.
func (t *total) next(raw float64) (sum float64, rolled, reset bool) {
	if ahead := raw - t.last + t.Modulus; t.seen && raw < t.last {
		if rolled = ahead <= or(t.MaxStep, t.Modulus/4); rolled {
			t.base += t.Modulus
		} else {
			reset = true
			t.base += t.last
		}
	}
	t.last, t.seen = raw, true
	return t.base + raw, rolled, reset
}

// count turns a raw count into the total. One that is no number leaves it alone.
func (c *cleaner) count(s *series.Sample, n *counts) {
	if c.counter == nil || s.Quality() == series.Bad || math.IsNaN(s.Value) || math.IsInf(s.Value, 0) {
		return
	}
	if t := s.Time(); t < c.newest && c.begun {
		s.Value += c.counter.base // late: as if it had come before what happened since
		return
	}
	sum, rolled, reset := c.counter.next(s.Value)
	switch {
	case rolled:
		n.reject(rolledOver)
	case reset:
		n.reject(counterReset)
	}
	s.Value = sum
}

// poor reports whether a sample's quality is below what is wanted.
func (c *Cleaning) poor(s *series.Sample) bool { return c.Drop && s.Quality() > c.Worst }
