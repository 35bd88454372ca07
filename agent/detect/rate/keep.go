package rate

import (
	"edgelabel/agent/detect"
	"edgelabel/agent/detect/keep"
)

// Keep implements detect.Keeper.
func (d *Detector) Keep(b *keep.Book) {
	b.Head("rate", 1)
	d.track.Keep(b)
	b.Int64(&d.t)
	b.Float(&d.v)
	b.Flag(&d.begun)
	b.Flag(&d.outside)
	b.Check(detect.Finite(d.v), "the sample before has no value")
}
