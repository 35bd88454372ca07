// Package condition flags the time in which a condition over several signals holds.
package condition

import (
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Detector watches a value that is 1 while the condition holds and 0 while it does not.
type Detector struct{ track *detect.Track }

// New returns a detector for a complete, checked rule.
func New(tag series.Tag, r detect.Rule) *Detector {
	say := func(_ *label.Candidate, lasted time.Duration) label.Text {
		if lasted <= 0 {
			return label.Text{ZH: "条件成立：" + r.Of + "。", EN: "Condition holds: " + r.Of + "."}
		}
		zh, en := detect.Lasted(lasted)
		return label.Text{ZH: "条件成立 " + zh + "：" + r.Of + "。", EN: "Condition held for " + en + ": " + r.Of + "."}
	}
	d := &Detector{track: detect.NewTrack(tag, r, "", say)}
	d.track.Held = true
	return d
}

// Push implements detect.Detector.
func (d *Detector) Push(s series.Sample) []detect.Event {
	if !detect.Usable(s) {
		return d.track.Tick(s.Time())
	}
	holds, excess := s.Value != 0, 0.0
	if holds {
		excess = 1
	}
	return d.track.Set(s.Time(), holds, excess, excess)
}

// Tick implements detect.Detector.
func (d *Detector) Tick(now int64) []detect.Event { return d.track.Tick(now) }

// Score implements detect.Detector.
func (d *Detector) Score() float64 { return d.track.Score() }
