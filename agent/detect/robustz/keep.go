package robustz

import (
	"math"

	"slices"

	"edgelabel/agent/detect/keep"
)

// Keep implements detect.Keeper.
func (d *Detector) Keep(b *keep.Book) {
	size := cap(d.past.ring)
	b.Head("robust_z", 2, size)
	d.track.Keep(b)
	b.Floats(&d.past.ring, 0, size)
	b.Int(&d.past.next, 0, max(0, size-1))
	if b.Reads() {
		d.past.sorted = append(d.past.sorted[:0], d.past.ring...)
		slices.Sort(d.past.sorted)
	}
	b.Int(&d.open, 0, math.MaxInt)
	b.Float(&d.last)
	b.Flag(&d.begun)
	b.Float(&d.step)
	b.Float(&d.usual)
	b.Float(&d.spread)
	b.Float(&d.distance)
}
