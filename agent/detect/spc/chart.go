package spc

import (
	"fmt"
	"math"
	"strings"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
)

// chart plots points and applies its rules. It is a plain value: the forecast has one of its own.
type chart struct {
	setup detect.Chart

	last   [5]float64 // individuals, the newest first
	n      int        // points so far, up to 5
	side   int        // points in a row above the centre, or below it where negative
	trend  int        // points in a row that rise, or fall where negative
	swings int        // points in a row that alternate
	inside int        // points in a row within one standard deviation; negative: beyond it

	smooth   float64 // ewma
	up, down float64 // cusum
}

func newChart(setup detect.Chart) chart { return chart{setup: setup} }

// plot takes a point in standard deviations. rule is the one that signals, 0 for the limit of EWMA and CUSUM, negative for none; distance
// is how far the point is, 1 at the limit.
//
//go:norace
func (c *chart) plot(z float64) (rule int, distance float64) {
	switch c.setup.Plot {
	case detect.EWMA:
		c.smooth += c.setup.Lambda * (z - c.smooth)
		return beyond(math.Abs(c.smooth) / (c.setup.Width * math.Sqrt(c.setup.Lambda/(2-c.setup.Lambda))))
	case detect.CUSUM:
		// Twice the limit is the most, so that the end of a long shift is seen soon.
		most, slack := 2*c.setup.Decision, c.setup.Shift/2
		c.up = max(min(c.up+z-slack, most), 0)
		c.down = max(min(c.down-z-slack, most), 0)
		return beyond(max(c.up, c.down) / c.setup.Decision)
	}
	c.count(z)
	for _, rule := range c.setup.Rules {
		if c.holds(rule) {
			return rule, max(math.Abs(z)/3, 1)
		}
	}
	return -1, min(math.Abs(z)/3, 1)
}

func beyond(distance float64) (int, float64) {
	if distance > 1 {
		return 0, distance
	}
	return -1, distance
}

// count notes what runs the point belongs to.
//
//go:norace
func (c *chart) count(z float64) {
	before := c.last[0]
	copy(c.last[1:], c.last[:4])
	c.last[0] = z
	if c.n = min(c.n+1, len(c.last)); c.n > 1 {
		way := sign(z - before)
		switch {
		case way == 0:
			c.swings = 1
		case c.trend*way < 0:
			c.swings++
		default:
			c.swings = 2
		}
		c.trend = follow(c.trend, way, 2)
	}
	c.side = follow(c.side, sign(z), 1)
	c.inside = follow(c.inside, sign(1-math.Abs(z)), 1)
}

// follow counts on in one direction, or begins anew in the other.
func follow(count, way, first int) int {
	if count*way > 0 {
		return max(min(count+way, 1<<20), -1<<20)
	}
	return way * first
}

func sign(v float64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// holds applies a run rule in the numbering of Nelson (1984). Rules 1, 5 and 6 are those of Western Electric (1956), whose fourth is a run
// of eight.
//
//go:norace
func (c *chart) holds(rule int) bool {
	switch rule {
	case 1:
		return math.Abs(c.last[0]) > 3
	case 2:
		return abs(c.side) >= c.setup.Run
	case 3:
		return abs(c.trend) >= 6
	case 4:
		return c.swings >= 14
	case 5:
		return c.sided(2, 3, 2)
	case 6:
		return c.sided(4, 5, 1)
	case 7:
		return c.inside >= 15
	}
	return c.inside <= -8
}

func abs(n int) int { return max(n, -n) }

// sided reports whether so many of the last points, the newest among them, lie beyond a distance on one side.
//
//go:norace
func (c *chart) sided(many, of int, distance float64) bool {
	way := float64(sign(c.last[0]))
	if c.n < of || way*c.last[0] <= distance {
		return false
	}
	for _, z := range c.last[:of] {
		if way*z > distance {
			many--
		}
	}
	return many <= 0
}

// words says what a rule saw.
func (c *chart) words(rule int) label.Text {
	switch rule {
	case 0:
		return label.Text{ZH: strings.ToUpper(c.setup.Plot) + " 超出控制限", EN: strings.ToUpper(c.setup.Plot) + " beyond its control limit"}
	case 1:
		return label.Text{ZH: "规则 1，一点超出 3σ", EN: "rule 1, a point beyond 3 sigma"}
	case 2:
		return label.Text{ZH: fmt.Sprintf("规则 2，连续 %d 点在中心线同侧", c.setup.Run), EN: fmt.Sprintf("rule 2, %d points in a row on one side of the centre", c.setup.Run)}
	case 3:
		return label.Text{ZH: "规则 3，连续 6 点递增或递减", EN: "rule 3, 6 points in a row rising or falling"}
	case 4:
		return label.Text{ZH: "规则 4，连续 14 点交替上下", EN: "rule 4, 14 points in a row alternating up and down"}
	case 5:
		return label.Text{ZH: "规则 5，3 点中 2 点在同侧 2σ 外", EN: "rule 5, 2 of 3 points beyond 2 sigma on one side"}
	case 6:
		return label.Text{ZH: "规则 6，5 点中 4 点在同侧 1σ 外", EN: "rule 6, 4 of 5 points beyond 1 sigma on one side"}
	case 7:
		return label.Text{ZH: "规则 7，连续 15 点在 1σ 内", EN: "rule 7, 15 points in a row within 1 sigma"}
	}
	return label.Text{ZH: "规则 8，连续 8 点在两侧 1σ 外", EN: "rule 8, 8 points in a row beyond 1 sigma on both sides"}
}
