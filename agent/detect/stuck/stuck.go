// Package stuck flags a signal that no longer changes although samples keep coming: a frozen sensor, a scan that hangs.
package stuck

import (
	"math"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// leastSamples is how many samples without a change it takes: a source that only reports changes sends few, and is not stuck.
const leastSamples = 5

// Detector watches one signal.
type Detector struct {
	track   *detect.Track
	epsilon float64
	period  float64 // ns
	value   float64 // what it is compared with
	since   int64
	n       int // samples without a change; 0 before the first
}

// New returns a detector for a complete, checked rule.
func New(tag series.Tag, r detect.Rule) *Detector {
	rule := r
	rule.OnDelay, rule.OffDelay = r.Period, 0
	say := func(c *label.Candidate, lasted time.Duration) label.Text {
		zh, en := detect.Lasted(lasted)
		name, v := detect.Named(tag), detect.Quantity(c.Value, tag.Unit)
		return label.Text{
			ZH: name + " 连续 " + zh + "停在 " + v + " 不变，而数据仍在更新。",
			EN: name + " stayed at " + v + " for " + en + " although samples kept coming.",
		}
	}
	return &Detector{track: detect.NewTrack(tag, rule, "", say), epsilon: r.Epsilon, period: float64(r.Period)}
}

// Push implements detect.Detector.
func (d *Detector) Push(s series.Sample) []detect.Event {
	if !detect.Usable(s) {
		return nil
	}
	t := s.Time()
	if d.n == 0 || math.Abs(s.Value-d.value) > d.epsilon {
		events := d.track.Set(t, false, s.Value, 0)
		d.value, d.since, d.n = s.Value, t, 1
		d.track.Arm(t, s.Value)
		return events
	}
	d.n = min(d.n+1, leastSamples)
	if d.n < leastSamples {
		return nil
	}
	return d.track.Set(t, true, d.value, float64(t-d.since)/d.period)
}

// Tick implements detect.Detector. Silence is not standstill: it changes nothing.
func (d *Detector) Tick(int64) []detect.Event { return nil }

// Score implements detect.Detector.
func (d *Detector) Score() float64 { return d.track.Score() }
