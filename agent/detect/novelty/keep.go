package novelty

import (
	"math"

	"edgelabel/agent/detect/keep"
)

const most = math.MaxInt // of a counter

// Keep implements detect.Keeper.
func (d *Detector) Keep(b *keep.Book) {
	b.Head("novelty", 2, d.committee.warmup)
	d.track.Keep(b)
	d.committee.keep(b)
	b.Int(&d.opened, -d.rest, most)
	b.Flag(&d.flagged)
	b.Float(&d.distance)
}

func (c *committee) keep(b *keep.Book) {
	b.Int(&c.rows, 0, most)
	b.Floats(&c.learnt, 0, c.warmup)
	c.bin.keep(b)
	for i := range c.held {
		b.Float(&c.held[i])
		b.Int(&c.until[i], 0, most)
	}
	if b.Reads() && !c.learning() {
		c.members = []member{blank(8), blank(4)}
	}
	for i := range c.members {
		c.members[i].keep(b)
	}
}

func (b *bin) keep(book *keep.Book) {
	book.Int(&b.n, 0, b.size-1)
	for _, v := range []*float64{&b.sum, &b.least, &b.largest, &b.level} {
		book.Float(v)
	}
	book.Flag(&b.begun)
}

// blank is a member that knows nothing.
func blank(width int) member {
	return member{width: width, art: newART(2*width, width-1), x: make([]float32, 4*width), scale: scale{slack: slack}}
}

func (m *member) keep(b *keep.Book) {
	b.Int(&m.period, 2, 2*perLearn)
	b.Int(&m.steps, 0, most)
	b.Singles(&m.window, 0, m.width)
	b.Floats(&m.recent, 0, m.period)
	for _, v := range []*float64{&m.lower, &m.upper, &m.sum, &m.alarmSum, &m.lastAlarm} {
		b.Float(v)
	}
	b.Int(&m.alarms, 0, most)
	b.Int(&m.alarmAt, 0, most)
	b.Int(&m.since, 0, most)
	masked := int(m.masked)
	b.Int(&masked, int(open), int(afterChange))
	m.masked = mask(masked)
	m.scale.keep(b)
	m.art.keep(b)
}

func (s *scale) keep(b *keep.Book) {
	b.Float(&s.lo)
	b.Float(&s.hi)
	b.Float(&s.total)
	b.Check(s.hi > s.lo && !math.IsInf(s.hi-s.lo, 0), "the range is empty")
	counts := s.counts[:]
	b.Floats(&counts, len(counts), len(counts))
}

func (a *art) keep(b *keep.Book) {
	b.Singles(&a.sums, 0, maxCategories)
	n := len(a.sums)
	b.Singles(&a.cats, n*a.size, n*a.size)
	b.Ints(&a.used, n, n)
	if b.Reads() {
		a.match = make([]float32, n)
	}
}
