// Package limit flags values beyond fixed limits: low-low, low, high and high-high, each with a deadband (non-exclusive limits of
// OPC 10000-9 §5.8.18: beyond high-high is beyond high as well).
package limit

import (
	"math"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Detector watches up to four limits of one signal.
type Detector struct {
	levels []level
	score  float64
	out    []detect.Event
}

type level struct {
	track    *detect.Track
	sign     float64 // +1 for high limits, -1 for low ones
	at       float64
	deadband float64
	scale    float64 // what counts as once the threshold beyond it
	outside  bool
}

// New returns a detector for a complete, checked rule.
func New(tag series.Tag, r detect.Rule) *Detector {
	d := &Detector{}
	for _, l := range []struct {
		name   string
		value  *float64
		sign   float64
		far    bool
		zh, en string
	}{
		{"LL", r.LL, -1, true, "下下限", "low-low"}, {"L", r.L, -1, false, "下限", "low"},
		{"H", r.H, 1, false, "上限", "high"}, {"HH", r.HH, 1, true, "上上限", "high-high"},
	} {
		if l.value == nil {
			continue
		}
		rule := r
		if l.far {
			rule.Severity = (r.Severity + 1000) / 2
		}
		say := func(c *label.Candidate, lasted time.Duration) label.Text {
			return sentence(tag, c.Value, *l.value, l.sign, l.zh, l.en, lasted)
		}
		track := detect.NewTrack(tag, rule, l.name, say)
		track.Held = true
		d.levels = append(d.levels, level{track: track, sign: l.sign, at: *l.value, deadband: r.Deadband, scale: scale(r, *l.value)})
	}
	return d
}

// scale is the distance beyond a limit that doubles the excess: the width between the limits, or the limit itself.
func scale(r detect.Rule, at float64) float64 {
	low, high := r.L, r.H
	if low == nil {
		low = r.LL
	}
	if high == nil {
		high = r.HH
	}
	if low != nil && high != nil {
		return *high - *low
	}
	return max(math.Abs(at), math.SmallestNonzeroFloat64)
}

// Push implements detect.Detector.
func (d *Detector) Push(s series.Sample) []detect.Event {
	if !detect.Usable(s) {
		return d.Tick(s.Time())
	}
	d.out, d.score = d.out[:0], 0
	for i := range d.levels {
		l := &d.levels[i]
		beyond := l.sign * (s.Value - l.at)
		l.outside = beyond > 0 || l.outside && beyond > -l.deadband
		excess := 0.0
		if beyond > 0 {
			excess = 1 + beyond/l.scale
		}
		d.out = append(d.out, l.track.Set(s.Time(), l.outside, s.Value, excess)...)
		d.score = max(d.score, l.track.Score())
	}
	return d.out
}

// Tick implements detect.Detector.
func (d *Detector) Tick(now int64) []detect.Event {
	d.out = d.out[:0]
	for i := range d.levels {
		d.out = append(d.out, d.levels[i].track.Tick(now)...)
	}
	return d.out
}

// Score implements detect.Detector.
func (d *Detector) Score() float64 { return d.score }

func sentence(tag series.Tag, value, at, sign float64, zhLimit, enLimit string, lasted time.Duration) label.Text {
	v, limit, name := detect.Quantity(value, tag.Unit), detect.Quantity(at, tag.Unit), detect.Named(tag)
	zhSide, enSide := "高于", "above"
	if sign < 0 {
		zhSide, enSide = "低于", "below"
	}
	if lasted <= 0 {
		return label.Text{
			ZH: name + " " + v + " " + zhSide + zhLimit + " " + limit + "。",
			EN: name + " " + v + " is " + enSide + " the " + enLimit + " limit " + limit + ".",
		}
	}
	zh, en := detect.Lasted(lasted)
	return label.Text{
		ZH: name + " " + v + " 连续 " + zh + zhSide + zhLimit + " " + limit + "。",
		EN: name + " " + v + " stayed " + enSide + " the " + enLimit + " limit " + limit + " for " + en + ".",
	}
}
