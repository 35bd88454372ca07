// Package limit flags values beyond fixed limits: low-low, low, high and high-high, each with a deadband. They are exclusive limits as in
// OPC 10000-9 §5.8.19: one candidate a side, which escalates from high to high-high and says so, and never sinks back.
package limit

import (
	"cmp"
	"math"

	"edgelabel/agent/detect"
	"edgelabel/agent/series"
)

// Detector watches up to four limits of one signal.
type Detector struct {
	sides []*side
	score float64
	out   []detect.Event
}

// New returns a detector for a complete, checked rule.
func New(tag series.Tag, r detect.Rule) *Detector {
	d := &Detector{}
	low := []level{{name: "L", at: r.L, severity: r.Severity}, {name: "LL", at: r.LL, severity: farther(r.Severity)}}
	high := []level{{name: "H", at: r.H, severity: r.Severity}, {name: "HH", at: r.HH, severity: farther(r.Severity)}}
	for _, s := range []*side{newSide(tag, r, -1, low), newSide(tag, r, 1, high)} {
		if s != nil {
			d.sides = append(d.sides, s)
		}
	}
	return d
}

// farther is the severity of LL and HH.
func farther(severity int) int { return (severity + 1000) / 2 }

// scale is the distance beyond a limit that doubles the excess: the width between the low and the high limits, or between the two of one
// side, or the only limit itself.
func scale(r detect.Rule) float64 {
	var given []float64
	for _, l := range []*float64{r.LL, r.L, r.H, r.HH} {
		if l != nil {
			given = append(given, *l)
		}
	}
	width := given[len(given)-1] - given[0]
	if r.L != nil && r.H != nil {
		width = *r.H - *r.L
	}
	return cmp.Or(width, math.Abs(given[0]), 1)
}

// Push implements detect.Detector.
func (d *Detector) Push(s series.Sample) []detect.Event {
	if !detect.Usable(s) {
		return d.Tick(s.Time())
	}
	d.out, d.score = d.out[:0], 0
	for _, side := range d.sides {
		d.out = side.push(s.Time(), s.Value, d.out)
		d.score = max(d.score, side.track.Score())
	}
	return d.out
}

// Tick implements detect.Detector.
func (d *Detector) Tick(now int64) []detect.Event {
	d.out = d.out[:0]
	for _, side := range d.sides {
		d.out = side.tick(now, d.out)
	}
	return d.out
}

// Score implements detect.Detector.
func (d *Detector) Score() float64 { return d.score }
