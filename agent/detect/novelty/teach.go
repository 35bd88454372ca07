package novelty

import (
	"slices"

	"edgelabel/agent/detect"
	"edgelabel/agent/series"
)

// Teach implements detect.Pupil. What the stretch shows is known from now on; the window that is being looked at, the held scores and the
// vigilances stay as they are. While the detector learns its first repertoire it takes no other.
func (d *Detector) Teach(stretch []series.Sample) {
	c := &d.committee
	if c.learning() {
		return
	}
	for phase := range min(c.bin.size, len(stretch), mostPhases) {
		values := c.binned(stretch[phase:])
		for i := range c.members {
			c.members[i].teach(values)
		}
	}
}

// mostPhases bounds how often a stretch is gone through: when it comes again its samples fall into bins differently.
const mostPhases = 8

func (c *committee) binned(stretch []series.Sample) (values []float64) {
	b := bin{size: c.bin.size, level: c.bin.level, begun: c.bin.begun}
	for _, s := range stretch {
		if !detect.Usable(s) {
			continue
		}
		if v, full := b.add(max(-reach, min(reach, s.Value))); full {
			values = append(values, v)
		}
	}
	return values
}

// teach learns windows without judging them. The range is widened first, so that the window at hand is rescaled with it.
func (m *member) teach(values []float64) {
	for _, v := range values {
		m.widen(v)
	}
	window := slices.Clone(m.window)
	m.window = m.window[:0]
	for _, v := range values {
		m.step(v, true)
	}
	m.window = append(m.window[:0], window...)
}
