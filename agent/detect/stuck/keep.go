package stuck

import (
	"edgelabel/agent/detect"
	"edgelabel/agent/detect/keep"
)

// Keep implements detect.Keeper.
func (d *Detector) Keep(b *keep.Book) {
	b.Head("stuck", 1)
	d.track.Keep(b)
	b.Float(&d.value)
	b.Int64(&d.since)
	b.Int(&d.n, 0, leastSamples)
	b.Check(d.n == 0 || detect.Finite(d.value), "it stands at no value")
}

// Resume implements detect.Resumer.
func (d *Detector) Resume(int64) {
	if !d.track.Open() {
		d.track.Resume()
		d.n = 0
	}
}
