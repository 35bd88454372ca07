package limit

import "edgelabel/agent/detect/keep"

// Keep implements detect.Keeper.
func (d *Detector) Keep(b *keep.Book) {
	settings := []int{}
	for _, s := range d.sides {
		settings = append(settings, int(s.sign), len(s.levels))
	}
	b.Head("limit", 1, settings...)
	for _, s := range d.sides {
		s.keep(b)
	}
	b.Float(&d.score)
}

// Resume implements detect.Resumer.
func (d *Detector) Resume(t int64) {
	for _, s := range d.sides {
		s.track.Resume()
		for i := range s.levels {
			s.levels[i].since = t
		}
	}
}

func (s *side) keep(b *keep.Book) {
	s.track.Keep(b)
	b.Int(&s.raised, 0, len(s.levels)-1)
	for i := range s.levels {
		b.Flag(&s.levels[i].outside)
		b.Int64(&s.levels[i].since)
	}
}
