// Package rate flags a signal that changes faster than it should.
package rate

import (
	"math"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Detector watches one signal.
type Detector struct {
	track    *detect.Track
	limit    float64 // per second
	deadband float64
	over     int64 // ns
	t        int64 // the sample that the next one is compared with
	v        float64
	begun    bool
	outside  bool
}

// New returns a detector for a complete, checked rule.
func New(tag series.Tag, r detect.Rule) *Detector {
	unit := tag.Unit + "/s"
	if tag.Unit == "" {
		unit = "1/s"
	}
	say := func(c *label.Candidate, lasted time.Duration) label.Text {
		name, v, limit := detect.Named(tag), detect.Quantity(c.Value, unit), detect.Quantity(r.PerSecond, unit)
		if lasted <= 0 {
			return label.Text{
				ZH: name + " 变化速度 " + v + "，超过允许的 " + limit + "。",
				EN: name + " changed by " + v + ", faster than the " + limit + " allowed.",
			}
		}
		zh, en := detect.Lasted(lasted)
		return label.Text{
			ZH: name + " 变化速度达 " + v + "，连续 " + zh + "超过允许的 " + limit + "。",
			EN: name + " changed by up to " + v + " for " + en + ", faster than the " + limit + " allowed.",
		}
	}
	return &Detector{track: detect.NewTrack(tag, r, "", say), limit: r.PerSecond, deadband: r.Deadband, over: max(int64(r.Over), 1)}
}

// Push implements detect.Detector.
func (d *Detector) Push(s series.Sample) []detect.Event {
	t := s.Time()
	if !detect.Usable(s) {
		return d.track.Tick(t)
	}
	if !d.begun {
		d.t, d.v, d.begun = t, s.Value, true
		return nil
	}
	if t-d.t < d.over {
		return d.track.Tick(t)
	}
	speed := (s.Value - d.v) / time.Duration(t-d.t).Seconds()
	d.t, d.v = t, s.Value
	speed = max(min(speed, math.MaxFloat64), -math.MaxFloat64) // two huge values can be further apart than a number reaches
	size := math.Abs(speed)
	d.outside = size > d.limit || d.outside && size > d.limit-d.deadband
	return d.track.Set(t, d.outside, speed, size/d.limit)
}

// Tick implements detect.Detector. A change that nobody measures does not go on: in silence only an off-delay runs out.
func (d *Detector) Tick(now int64) []detect.Event { return d.track.Tick(now) }

// Score implements detect.Detector.
func (d *Detector) Score() float64 { return d.track.Score() }
