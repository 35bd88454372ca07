// Package missing flags a signal that sends nothing usable for a time. It is armed by the first usable sample.
package missing

import (
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Detector watches one signal. Every usable sample starts the wait anew; the candidate begins at the last one and ends at the next.
type Detector struct {
	track  *detect.Track
	period float64 // ns
	last   int64
	armed  bool
	score  float64
}

// New returns a detector for a complete, checked rule.
func New(tag series.Tag, r detect.Rule) *Detector {
	rule := r
	rule.OnDelay, rule.OffDelay = r.Period, 0
	say := func(_ *label.Candidate, lasted time.Duration) label.Text {
		zh, en := detect.Lasted(lasted)
		name := detect.Named(tag)
		return label.Text{ZH: name + " 连续 " + zh + "没有有效数据。", EN: name + " sent nothing usable for " + en + "."}
	}
	track := detect.NewTrack(tag, rule, "", say)
	track.Held = true
	return &Detector{track: track, period: float64(r.Period)}
}

// Push implements detect.Detector.
func (d *Detector) Push(s series.Sample) []detect.Event {
	t := s.Time()
	if !detect.Usable(s) {
		return d.Tick(t)
	}
	d.score = d.waited(t)
	events := d.track.Set(t, false, 0, 0)
	d.track.Arm(t, 0)
	d.last, d.armed = t, true
	return events
}

// Tick implements detect.Detector.
func (d *Detector) Tick(now int64) []detect.Event {
	if !d.armed {
		return nil
	}
	d.score = d.waited(now)
	return d.track.Tick(now)
}

func (d *Detector) waited(now int64) float64 {
	if !d.armed {
		return 0
	}
	return detect.Squash(float64(now-d.last) / d.period)
}

// Score implements detect.Detector: how long the wait before the newest sample, or the one that is going on, was.
func (d *Detector) Score() float64 { return d.score }
