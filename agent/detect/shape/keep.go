package shape

import (
	"math"

	"edgelabel/agent/detect/keep"
	"edgelabel/agent/detect/rhythm"
)

const (
	most    = math.MaxInt // of a counter
	longest = 1 << 16     // period
)

// Keep implements detect.Keeper.
func (d *Detector) Keep(b *keep.Book) {
	b.Head("shape", 1, d.warmup, points, reach)
	d.track.Keep(b)
	b.Floats(&d.learnt, 0, d.warmup)
	b.Int(&d.taught, 0, most)
	b.Float(&d.distance)
	known := d.judge != nil
	if b.Flag(&known); !known {
		return
	}
	found, scale := rhythm.Rhythm{}, 0.
	if !b.Reads() {
		found, scale = d.judge.found, d.judge.scale
	}
	b.Int(&found.Period, 0, longest)
	for _, v := range []*float64{&found.Match, &found.Lag1, &found.Mean, &found.Spread, &found.Noise, &scale} {
		b.Float(v)
	}
	if b.Check(scale > 0, "the signal has no size"); b.Reads() {
		d.judge = blank(found, scale, d.warmup/2)
		d.times = newTimes(d.judge.scales[0].profile.width + 4)
	}
	d.judge.keep(b)
	d.times.keep(b)
}

func (j *judge) keep(b *keep.Book) {
	b.Int(&j.rows, 0, most)
	for i := range j.scales {
		j.scales[i].keep(b)
	}
	j.rough.keep(b)
	for i := range j.queue.slots {
		n := len(j.queue.slots[i])
		b.Floats(&j.queue.slots[i], n, n)
	}
}

func (s *scaled) keep(b *keep.Book) {
	b.Int(&s.n, 0, s.bin)
	b.Float(&s.sum)
	s.profile.keep(b)
	s.form.keep(b)
	s.size.keep(b)
	s.formZ.keep(b)
	s.sizeZ.keep(b)
}

// mostSpare is how many values to spare were ever kept.
const mostSpare = 1024

func (p *profile) keep(b *keep.Book) {
	b.Int(&p.n, 0, most)
	b.Int(&p.again, 0, p.reach-1)
	b.Singles(&p.products, p.reach, p.reach)
	least, values := p.reach+p.width, p.values
	b.Singles(&values, least, least+mostSpare)
	if !b.Reads() {
		return
	}
	p.values = p.values[:copy(p.values[:least], values[len(values)-least:])] // the others are to spare
	for _, s := range []*[]float32{&p.mean, &p.inverse, &p.flat, &p.size} {
		*s = (*s)[:min(p.width, len(p.values))]
	}
	for i := p.width; i < len(p.values); i++ {
		p.describe(p.values[i-p.width+1 : i+1])
	}
}

func (r *running) keep(b *keep.Book) {
	b.Floats(&r.ring, len(r.ring), len(r.ring))
	b.Int(&r.next, 0, len(r.ring)-1)
	b.Int(&r.n, 0, len(r.ring))
}

func (u *usual) keep(b *keep.Book) {
	for _, v := range []*float64{&u.n, &u.mean, &u.square} {
		b.Float(v)
	}
}

func (r *roughness) keep(b *keep.Book) {
	for _, v := range []*float64{&r.last, &r.before, &r.sum} {
		b.Float(v)
	}
	b.Int(&r.n, 0, most)
	b.Int(&r.seen, 0, 2)
	r.short.keep(b)
	r.long.keep(b)
	r.shortZ.keep(b)
	r.longZ.keep(b)
}

func (k *times) keep(b *keep.Book) {
	for i := range k.ring {
		b.Int64(&k.ring[i])
	}
	b.Int(&k.first, -1, most)
	b.Int(&k.next, 0, most)
}
