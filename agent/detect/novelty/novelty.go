// Package novelty flags values and patterns that a signal has not shown before. It learns the signal's own repertoire:
//
//	samples ─▶ bins that keep spikes ─┬─▶ member, windows of 8 ─┬─▶ held, averaged ─▶ candidate
//	                                  └─▶ member, windows of 4 ─┘
//
// A member is a fuzzy ART network (Carpenter, Grossberg and Rosen 1991, as Hampton used it for streams) on windows and their Haar
// transforms, with vigilances that follow the signal. A signal whose repertoire is confirmed by people is taught more with Learn.
package novelty

import (
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Detector watches one signal. Its first samples, as many as the rule's Warmup, are what it learns on, pushed or taught alike.
type Detector struct {
	track     *detect.Track
	committee committee
	threshold float64
	rest      int // samples from one candidate to the next
	opened    int // the row of the newest candidate
	flagged   bool
	distance  float64
	factor    float64 // of the threshold
}

// New returns a detector for a complete, checked rule.
func New(tag series.Tag, r detect.Rule) *Detector {
	d := &Detector{
		committee: newCommittee(r.Warmup), threshold: r.Threshold, factor: 1, rest: max(1, int(restShare*float64(r.Warmup))),
	}
	d.opened = -d.rest
	d.track = detect.NewTrack(tag, r, "", func(c *label.Candidate, lasted time.Duration) label.Text {
		return d.sentence(tag, c.Value)
	})
	return d
}

// Push implements detect.Detector.
func (d *Detector) Push(s series.Sample) []detect.Event {
	t := s.Time()
	if !detect.Usable(s) {
		return d.track.Tick(t)
	}
	d.distance = d.committee.push(s.Value, false) / d.threshold
	excess := d.distance / d.factor
	outside := excess >= 1 && (d.flagged || d.committee.rows >= d.opened+d.rest)
	if outside && !d.flagged {
		d.opened = d.committee.rows
	}
	d.flagged = outside
	return d.track.Set(t, outside, s.Value, excess)
}

// Learn implements detect.Learner. After the warm-up it extends the repertoire.
func (d *Detector) Learn(s series.Sample) {
	if detect.Usable(s) {
		d.committee.push(s.Value, true)
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

func (d *Detector) sentence(tag series.Tag, v float64) label.Text {
	lo, hi := d.committee.usual()
	name, value := detect.Named(tag), detect.Quantity(v, tag.Unit)
	from, to := detect.Quantity(lo, ""), detect.Quantity(hi, tag.Unit)
	return label.Text{
		ZH: name + " 出现从未见过的数值或走势（当前 " + value + "，平时 " + from + " 至 " + to + "）。",
		EN: name + " shows a level or pattern not seen before: " + value + " now, usually " + from + " to " + to + ".",
	}
}
