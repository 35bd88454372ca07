package pipeline

import (
	"hash/maphash"
	"math"
	"slices"
	"time"

	"edgelabel/agent/series"
)

// remembered is how many samples of a tag a repetition is looked for among: more than a broker has in flight.
const remembered = 256

// tooFar is how far ahead of the gateway's clock a source's clock may be before it is not believed.
const tooFar = int64(time.Hour)

// cleaner makes the samples of one tag sound: a time that can be believed, the unit of the tag, a plausible range, no repetition.
type cleaner struct {
	scale, offset float64
	low, high     float64
	counter       *total // nil: the value is no counter
	ahead         int64  // of the source's clock before this gateway's, ns, to be taken off
	seed          maphash.Seed

	past   []uint64 // ring of hashed traits, next is the oldest once it is full
	next   int
	newest int64
	begun  bool
}

// trait is what tells samples of one tag apart.
type trait struct {
	t      int64
	value  uint64 // bits of the number, or a hash of text and wave
	status uint32
}

func newCleaner(t Tag, seed maphash.Seed) cleaner {
	c := cleaner{scale: or(t.Scale, 1), offset: t.Offset, low: math.Inf(-1), high: math.Inf(1), seed: seed}
	if t.Min != nil {
		c.low = *t.Min
	}
	if t.Max != nil {
		c.high = *t.Max
	}
	if k := t.Cleaning.Counter; k != nil {
		c.counter = &total{Counter: *k}
	}
	return c
}

// clean corrects the sample in place and reports whether it repeats one that was there. now is the gateway's clock.
func (c *cleaner) clean(s *series.Sample, now int64, n *counts) (repeated bool) {
	if c.ahead != 0 && s.Source > 0 {
		s.Source -= c.ahead
		n.reject(clockCorrected)
	}
	date(s, now, n)
	if raw := *s; c.counter != nil {
		if c.repeats(&raw) { // of the raw value: the total has gone on since
			return true
		}
		c.count(s, n)
		c.unit(s, n)
		return false
	}
	c.unit(s, n)
	return c.repeats(s)
}

// unit brings the value into the tag's unit and marks one that cannot be.
func (c *cleaner) unit(s *series.Sample, n *counts) {
	if c.scale != 1 || c.offset != 0 {
		s.Value = s.Value*c.scale + c.offset
		for i := range s.Wave {
			s.Wave[i] = s.Wave[i]*c.scale + c.offset
		}
	}
	if c.implausible(s) && s.Quality() != series.Bad {
		s.Status = series.StatusBadOutOfRange
		n.reject(outOfRange)
	}
}

// date gives the sample a time that can be believed: the gateway's where the source's cannot.
func date(s *series.Sample, now int64, n *counts) {
	if s.Receive <= 0 {
		s.Receive = now
	}
	switch {
	case s.Source <= 0:
		s.Source = 0
		n.reject(noTime)
	case s.Source > s.Receive && s.Source-s.Receive > tooFar:
		s.Source = 0
		n.reject(future)
	}
}

func (c *cleaner) implausible(s *series.Sample) bool {
	if s.Value < c.low || s.Value > c.high { // false for NaN: no value is not an implausible one
		return true
	}
	for _, v := range s.Wave {
		if v < c.low || v > c.high {
			return true
		}
	}
	return false
}

func (c *cleaner) repeats(s *series.Sample) bool {
	k := c.traits(s)
	hash := maphash.Comparable(c.seed, k)
	if c.begun && k.t <= c.newest && slices.Contains(c.past, hash) {
		return true
	}
	c.newest, c.begun = max(c.newest, k.t), true
	if len(c.past) < remembered {
		c.past = append(c.past, hash)
		return false
	}
	c.past[c.next] = hash
	c.next = (c.next + 1) % remembered
	return false
}

// forget makes every sample new: the store refused some, and their repetition must get through.
func (c *cleaner) forget() { c.past, c.next = c.past[:0], 0 }

func (c *cleaner) traits(s *series.Sample) trait {
	k := trait{t: s.Time(), value: math.Float64bits(s.Value), status: s.Status}
	if s.Text != "" {
		k.value ^= maphash.String(c.seed, s.Text)
	}
	if len(s.Wave) > 0 {
		var h maphash.Hash
		h.SetSeed(c.seed)
		for _, v := range s.Wave {
			maphash.WriteComparable(&h, math.Float64bits(v))
		}
		k.value ^= h.Sum64()
	}
	return k
}
