// Package change flags the moment at which a signal begins to behave otherwise: its level, its spread, or how much it moves from sample to
// sample. It costs a few operations a sample, so that every signal can have one.
//
//	samples ─▶ learn: period, lag-1 correlation ─▶ blocks ─┬─▶ mean ──────────────▶ z ─▶ CUSUM ─┐
//	                                                       ├─▶ log of deviation ──▶ z ─▶ CUSUM ─┼─▶ candidate, then learn anew
//	                                                       └─▶ log of differences ▶ z ─▶ CUSUM ─┘
//
// A block is as long as the signal's period, or as long as its samples depend on each other. The sums are two-sided (Page 1954) and
// self-starting (Hawkins 1987): what is usual is learnt from all blocks until now, so that few are enough to begin with.
package change

import (
	"math"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/rhythm"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// How a signal is cut.
const (
	leastBlock  = 4  // samples
	leastBlocks = 16 // before anything is judged
	reach       = 1e150
	evident     = .3 // autocorrelation of a period: noise has weaker ones by chance
)

// Detector watches one signal. Its first samples, as many as the rule's Warmup, tell how long a block is.
type Detector struct {
	tag       series.Tag
	track     *detect.Track
	threshold float64
	factor    float64 // of the threshold
	warmup    int
	learnt    []float64 // nil once the block is known

	size     int // samples in a block
	block    block
	channels [channels]channel
	found    int // the channel that the newest candidate is about
	distance float64
}

// What is watched.
const (
	level = iota
	spread
	difference
	channels
)

// New returns a detector for a complete, checked rule.
func New(tag series.Tag, r detect.Rule) *Detector {
	rule := r
	rule.OnDelay, rule.OffDelay = 0, 0
	d := &Detector{tag: tag, threshold: r.Threshold, factor: 1, warmup: r.Warmup}
	d.track = detect.NewTrack(tag, rule, "", func(*label.Candidate, time.Duration) label.Text { return d.sentence() })
	return d
}

// Push implements detect.Detector. A candidate lasts from the block in which the change began to the one after it was certain.
func (d *Detector) Push(s series.Sample) []detect.Event {
	if !detect.Usable(s) {
		return nil
	}
	t := s.Time()
	if !d.take(t, s.Value) {
		return nil
	}
	if d.track.Open() {
		return d.anew(t)
	}
	most := 0
	for i := range d.channels {
		d.channels[i].judge(d.block.of(i), d.block.from)
		if d.channels[i].sum() > d.channels[most].sum() {
			most = i
		}
	}
	d.block = block{}
	d.distance = d.channels[most].sum() / d.threshold
	if d.distance < d.factor {
		return nil
	}
	d.found = most
	d.track.Arm(d.channels[most].since(), s.Value)
	return d.track.Set(t, true, s.Value, d.distance/d.factor)
}

// anew ends the candidate, and begins to learn with the block at hand.
func (d *Detector) anew(t int64) []detect.Event {
	d.track.Tick(t)
	events := d.track.Drop(t)
	for i := range d.channels {
		d.channels[i] = channel{}
		d.channels[i].learn(d.block.of(i))
	}
	d.block, d.distance = block{}, 0
	return events
}

// Learn implements detect.Learner: what is usual takes the sample in.
func (d *Detector) Learn(s series.Sample) {
	if !detect.Usable(s) || !d.take(s.Time(), s.Value) {
		return
	}
	for i := range d.channels {
		d.channels[i].learn(d.block.of(i))
	}
	d.block = block{}
}

// take puts a sample into the block and reports whether it is full.
func (d *Detector) take(t int64, v float64) bool {
	v = max(-reach, min(reach, v))
	if d.size > 0 {
		d.block.add(t, v)
		return d.block.n == d.size
	}
	if d.learnt = append(d.learnt, v); len(d.learnt) < d.warmup {
		return false
	}
	d.begin()
	return false
}

// begin finds out how long a block is, and learns the first samples.
func (d *Detector) begin() {
	found := rhythm.Of(d.learnt)
	most := max(leastBlock, len(d.learnt)/leastBlocks)
	d.size = found.Period
	if found.Match < evident {
		d.size = int(min((1+found.Lag1)/max(1-found.Lag1, .01), float64(most)))
	}
	for ; d.size > 0 && d.size < leastBlock; d.size *= 2 {
	}
	d.size = max(leastBlock, min(d.size, most))
	for _, v := range d.learnt {
		if d.block.add(0, v); d.block.n == d.size {
			for i := range d.channels {
				d.channels[i].learn(d.block.of(i))
			}
			d.block = block{}
		}
	}
	d.learnt, d.block = nil, block{}
}

// Tick implements detect.Detector. What it knows follows from samples alone.
func (d *Detector) Tick(int64) []detect.Event { return nil }

// Score implements detect.Detector.
func (d *Detector) Score() float64 { return detect.Squash(d.distance / d.factor) }

// Scale implements detect.Scalable.
func (d *Detector) Scale(factor float64) { d.factor = factor }

// Distance implements detect.Scalable.
func (d *Detector) Distance() float64 { return d.distance }

// block is some samples on end.
type block struct {
	from         int64 // event time of the first
	n            int
	mean, square float64
	last, moves  float64 // moves is the sum of the sizes of differences
}

func (b *block) add(t int64, v float64) {
	if b.n == 0 {
		b.from = t
	} else {
		b.moves += math.Abs(v - b.last)
	}
	b.n++
	step := v - b.mean
	b.mean += step / float64(b.n)
	b.square += step * (v - b.mean)
	b.last = v
}

// tiny keeps the logarithm of a standstill within bounds.
const tiny = 1e-9

// of is what a channel sees of the block. Sizes are logarithms: a spread that doubles is as far as one that halves.
func (b *block) of(what int) float64 {
	n := float64(b.n)
	least := tiny * (math.Abs(b.mean) + tiny)
	switch what {
	case spread:
		return math.Log(math.Sqrt(b.square/n) + least)
	case difference:
		return math.Log(b.moves/max(n-1, 1) + least)
	}
	return b.mean
}
