package change

import (
	"math"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
)

// sentence says what changed, from what to what.
func (d *Detector) sentence() label.Text {
	c, name := &d.channels[d.found], detect.Named(d.tag)
	before, after := c.usual(), c.now()
	if d.found != level {
		before, after = math.Exp(before), math.Exp(after)
	}
	from, to := detect.Quantity(before, ""), detect.Quantity(after, d.tag.Unit)
	switch d.found {
	case spread:
		return label.Text{ZH: name + " 的波动（标准差）从 " + from + " 变为 " + to + "。", EN: name + " changed its spread (standard deviation) from " + from + " to " + to + "."}
	case difference:
		return label.Text{ZH: name + " 相邻采样的变化量从 " + from + " 变为 " + to + "。", EN: name + " changed how far it moves from sample to sample from " + from + " to " + to + "."}
	}
	return label.Text{ZH: name + " 的水平从 " + from + " 变为 " + to + "。", EN: name + " changed its level from " + from + " to " + to + "."}
}

// usual is the mean of the blocks before the change.
func (c *channel) usual() float64 {
	s := c.further()
	return (c.mean*c.n - s.total) / max(c.n-s.n, 1)
}
