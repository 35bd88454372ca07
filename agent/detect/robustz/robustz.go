// Package robustz flags values far from the median of the signal's own recent past, measured in robust standard deviations:
// z = |x - median| / spread. The spread is 1.4826 * MAD, MAD the median absolute deviation (Iglewicz and Hoaglin 1993), or what the
// distance between the first and the last decile makes of it where that is more: a signal that rests in one state for more than half of
// the time has a MAD of nothing, and its other state is no outlier. Unlike mean and standard deviation none of these is moved by a few
// outliers.
package robustz

import (
	"math"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// consistency makes the MAD of normally distributed values their standard deviation.
const consistency = 1.4826

// deciles is the distance between the first and the last decile of normally distributed values, in standard deviations.
const deciles = 2.5631

// Detector watches one signal. While a candidate is open, or about to open, it learns nothing, so that a fault does not become normal.
// A change that outlasts the rule's Relearn ends the candidate and is learned as the new normal, beginning with a new warm-up.
type Detector struct {
	track     *detect.Track
	past      window
	threshold float64
	warmup    int
	relearn   int
	minScale  float64
	factor    float64 // of the threshold

	open  int // samples since the candidate opened
	last  float64
	begun bool
	step  float64 // the smallest change seen, the signal's resolution; 0 before the first

	usual, spread float64 // of the past, when the newest value was judged
	distance      float64
}

// New returns a detector for a complete, checked rule.
func New(tag series.Tag, r detect.Rule) *Detector {
	d := &Detector{past: newWindow(r.Window), threshold: r.Threshold, warmup: max(r.Warmup, 1), relearn: r.Relearn, minScale: r.MinScale, factor: 1}
	d.track = detect.NewTrack(tag, r, "", func(c *label.Candidate, lasted time.Duration) label.Text {
		return d.sentence(tag, c.Value, lasted)
	})
	return d
}

// Push implements detect.Detector.
func (d *Detector) Push(s series.Sample) []detect.Event {
	t := s.Time()
	if !detect.Usable(s) {
		return d.track.Tick(t)
	}
	d.resolve(s.Value)
	if d.past.len() < d.warmup {
		d.distance = 0
		d.past.add(s.Value)
		return d.track.Tick(t)
	}
	if d.track.Idle() { // a candidate is worded with what was normal before it
		d.usual, d.spread = d.past.median(), d.scale()
	}
	d.distance = math.Abs(s.Value-d.usual) / d.spread / d.threshold
	excess := d.distance / d.factor
	events := d.track.Set(t, excess > 1, s.Value, excess)
	if d.track.Idle() {
		d.past.add(s.Value)
	}
	if !d.track.Open() {
		d.open = 0
	} else if d.open++; d.open > d.relearn {
		events = d.track.Drop(t)
		d.open = 0
		d.past.reset()
		d.past.add(s.Value)
	}
	return events
}

// Learn implements detect.Learner.
func (d *Detector) Learn(s series.Sample) {
	if detect.Usable(s) {
		d.resolve(s.Value)
		d.past.add(s.Value)
	}
}

// Tick implements detect.Detector.
func (d *Detector) Tick(now int64) []detect.Event { return d.track.Tick(now) }

// Score implements detect.Detector.
func (d *Detector) Score() float64 { return detect.Squash(d.distance / d.factor) }

// Scale implements detect.Scalable.
func (d *Detector) Scale(factor float64) { d.factor = factor }

// Distance implements detect.Scalable.
func (d *Detector) Distance() float64 { return d.distance }

// resolve keeps the smallest change of the signal: a value that jumps by one step of its converter is not unusual, however still the
// signal was before.
func (d *Detector) resolve(v float64) {
	change := math.Abs(v - d.last)
	if d.begun && change > 0 && (d.step == 0 || change < d.step) {
		d.step = change
	}
	d.last, d.begun = v, true
}

func (d *Detector) scale() float64 {
	floor := d.minScale
	if floor == 0 {
		floor = d.step
	}
	return max(consistency*d.past.deviation(), d.past.decileRange()/deciles, floor, math.Abs(d.usual)*1e-9, math.SmallestNonzeroFloat64)
}

func (d *Detector) sentence(tag series.Tag, v float64, lasted time.Duration) label.Text {
	zhSide, enSide := "偏高", "high"
	if v < d.usual {
		zhSide, enSide = "偏低", "low"
	}
	name, value := detect.Named(tag), detect.Quantity(v, tag.Unit)
	normal := detect.Quantity(d.usual, "") + " ± " + detect.Quantity(d.spread, tag.Unit)
	if lasted <= 0 {
		return label.Text{
			ZH: name + " " + value + " 异常" + zhSide + "（平时 " + normal + "）。",
			EN: name + " " + value + " is unusually " + enSide + "; normal was " + normal + ".",
		}
	}
	zh, en := detect.Lasted(lasted)
	return label.Text{
		ZH: name + " " + value + " 异常" + zhSide + "，持续 " + zh + "（平时 " + normal + "）。",
		EN: name + " " + value + " was unusually " + enSide + " for " + en + "; normal was " + normal + ".",
	}
}
