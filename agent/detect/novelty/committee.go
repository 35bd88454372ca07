package novelty

import "math"

// The members: windows of 8 and of 4 values, for both of which a warm-up has 104 steps.
const (
	maxWidth = 8
	perLearn = 104 // steps in a warm-up
	slack    = .25 // of the range of the warm-up
)

// Shares of the warm-up.
const (
	holdShare = .05 // members fire at different rows; a score is held this long
	restShare = .12 // between two candidates
)

// reach bounds values so that the differences of any two are finite.
const reach = math.MaxFloat64 / 16

// committee is the two members on one downsampled signal. It is a plain value: nothing in it points outside.
type committee struct {
	warmup  int // rows
	rows    int // seen
	bin     bin
	learnt  []float64 // bins of the warm-up, nil afterwards
	members []member
	held    [2]float64
	until   [2]int // row
	hold    int    // rows
}

func newCommittee(warmup int) committee {
	return committee{
		warmup: warmup, bin: bin{size: max(1, warmup/perLearn)}, hold: max(1, int(holdShare*float64(warmup))),
	}
}

func (c *committee) learning() bool { return c.rows < c.warmup }

// push takes the next value and answers how new the signal is, 0 to 1, over the last few rows. Where it is taught, or learning, that
// is 0.
func (c *committee) push(v float64, taught bool) float64 {
	v = max(-reach, min(reach, v))
	learning := c.learning()
	c.rows++
	value, full := c.bin.add(v)
	switch {
	case full && learning:
		c.learnt = append(c.learnt, value)
	case full:
		for i := range c.members {
			if s := c.members[i].step(value, taught); s > c.held[i] && s > 0 {
				c.held[i], c.until[i] = s, c.rows+c.hold
			}
		}
	}
	if learning {
		if !c.learning() {
			c.members = []member{newMember(8, slack, c.learnt), newMember(4, slack, c.learnt)}
			c.learnt = nil
		}
		return 0
	}
	sum := 0.0
	for i := range c.held {
		if c.rows >= c.until[i] {
			c.held[i] = 0
		}
		sum += c.held[i]
	}
	return sum / float64(len(c.held))
}

// usual is the range in which nine of ten values lie.
func (c *committee) usual() (lo, hi float64) {
	if len(c.members) == 0 {
		return 0, 0
	}
	s := &c.members[0].scale
	return s.at(s.quantile(.05)), s.at(s.quantile(.95))
}

// bin makes one value of several rows and keeps their spikes.
type bin struct {
	size, n        int
	sum            float64 // of shares, so that it stays finite
	least, largest float64
	level          float64
	begun          bool
}

// nearMean is the share of the mean within which an extreme is no spike.
const nearMean = .1

func (b *bin) add(v float64) (float64, bool) {
	if b.n == 0 {
		b.sum, b.least, b.largest = 0, v, v
	}
	b.sum += v / float64(b.size)
	b.least, b.largest = min(b.least, v), max(b.largest, v)
	if b.n++; b.n < b.size {
		return 0, false
	}
	b.n = 0
	mean := b.sum
	if !b.begun {
		b.level, b.begun = mean, true
	}
	b.level = (b.level + mean) / 2
	far := b.largest
	if math.Abs(b.least-b.level) > math.Abs(far-b.level) {
		far = b.least
	}
	if math.Abs(far-mean) <= nearMean*math.Abs(mean) {
		return mean, true
	}
	return far, true
}
