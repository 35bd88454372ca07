package change

import (
	"math"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/keep"
)

// Keep implements detect.Keeper.
func (d *Detector) Keep(b *keep.Book) {
	b.Head("change", 1, d.warmup)
	d.track.Keep(b)
	b.Floats(&d.learnt, 0, d.warmup)
	b.Int(&d.size, 0, d.warmup+leastBlock)
	b.Int(&d.found, 0, channels-1)
	b.Int64(&d.block.from)
	b.Int(&d.block.n, 0, max(d.size-1, 0))
	numbers := []*float64{&d.distance, &d.block.mean, &d.block.square, &d.block.last, &d.block.moves}
	for i := range d.channels {
		c := &d.channels[i]
		numbers = append(numbers, &c.n, &c.mean, &c.square, &c.last, &c.product)
		for _, s := range []*side{&c.up, &c.down} {
			b.Int64(&s.from)
			numbers = append(numbers, &s.sum, &s.total, &s.n)
		}
	}
	for _, v := range numbers {
		b.Float(v)
		b.Check(detect.Finite(*v), "what was learnt is no number")
	}
	b.Check(d.size == 0 || d.size >= leastBlock && d.learnt == nil || len(d.learnt) == 0, "the block cannot be")
	b.Check(d.distance >= 0 && d.distance < math.MaxFloat64, "the distance cannot be")
}
