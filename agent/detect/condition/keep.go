package condition

import "edgelabel/agent/detect/keep"

// Keep implements detect.Keeper.
func (d *Detector) Keep(b *keep.Book) {
	b.Head("condition", 1)
	d.track.Keep(b)
}

// Resume implements detect.Resumer.
func (d *Detector) Resume(int64) { d.track.Resume() }
