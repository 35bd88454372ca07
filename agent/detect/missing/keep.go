package missing

import "edgelabel/agent/detect/keep"

// Keep implements detect.Keeper.
func (d *Detector) Keep(b *keep.Book) {
	b.Head("missing", 1)
	d.track.Keep(b)
	b.Int64(&d.last)
	b.Flag(&d.armed)
	b.Float(&d.score)
}

// Resume implements detect.Resumer.
func (d *Detector) Resume(t int64) {
	if d.armed && !d.track.Open() {
		d.track.Arm(t, 0)
		d.last = t
	}
}
