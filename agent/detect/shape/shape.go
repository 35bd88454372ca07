// Package shape flags stretches of a signal with a rhythm that look like nothing before them: left discords, by the distance of each
// window to the most similar earlier one (left matrix profile; Yeh and others 2016, Lu and others 2022), and by how rough it is. The
// period is found during learning. What is unusual is known about one period later, so events begin in the past and scores belong to
// an earlier sample: see Behind.
package shape

import (
	"fmt"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Detector watches one signal. Its first samples, as many as the rule's Warmup, are what it learns on, pushed or taught alike.
type Detector struct {
	track     *detect.Track
	threshold float64
	warmup    int
	learnt    []float64 // samples of the warm-up; nil once there is a judge
	judge     *judge
	times     times
	distance  float64
	factor    float64 // of the threshold
	taught    int     // samples during which nothing is flagged: what was told to be normal is behind the newest
}

// New returns a detector for a complete, checked rule.
func New(tag series.Tag, r detect.Rule) *Detector {
	d := &Detector{threshold: r.Threshold, warmup: r.Warmup, factor: 1}
	d.track = detect.NewTrack(tag, r, "", func(c *label.Candidate, lasted time.Duration) label.Text {
		return d.sentence(tag)
	})
	return d
}

// Push implements detect.Detector.
func (d *Detector) Push(s series.Sample) []detect.Event {
	t := s.Time()
	if !detect.Usable(s) {
		return nil
	}
	at, ok := d.take(t, s.Value)
	if !ok {
		return nil
	}
	excess := d.distance / d.factor
	events := d.track.Set(at, excess >= 1, d.distance*d.threshold, excess)
	for i := range events {
		events[i].At = t
	}
	return events
}

// Learn implements detect.Learner: the sample and its rhythm are taken in, and nothing of it is flagged.
func (d *Detector) Learn(s series.Sample) {
	if !detect.Usable(s) {
		return
	}
	if d.judge != nil {
		d.taught = d.judge.behind() + 1
	}
	d.take(s.Time(), s.Value)
}

// take brings the next sample to the judge. ok says that there is an answer, about the bin that began at the time at.
func (d *Detector) take(t int64, v float64) (at int64, ok bool) {
	if d.judge == nil {
		d.learnt = append(d.learnt, v)
		if len(d.learnt) >= d.warmup {
			d.judge, d.learnt = newJudge(d.learnt), nil
			d.times = newTimes(d.judge.scales[0].profile.width + 4)
		}
		return 0, false
	}
	if d.judge.rows%d.judge.scales[0].bin == 0 {
		d.times.put(d.judge.rows/d.judge.scales[0].bin, t)
	}
	z, ok := d.judge.push(v)
	if !ok {
		d.taught = max(0, d.taught-1)
		return 0, false
	}
	if d.distance = z / d.threshold; d.taught > 0 {
		d.taught--
		d.distance = 0
	}
	return d.times.get(d.judge.rows/d.judge.scales[0].bin - 2 - d.judge.scales[0].profile.width)
}

// Tick implements detect.Detector. What it knows follows from samples alone.
func (d *Detector) Tick(int64) []detect.Event { return nil }

// Score implements detect.Detector. It belongs to the sample that came Behind samples before the newest.
func (d *Detector) Score() float64 { return detect.Squash(d.distance / d.factor) }

// Scale implements detect.Scalable.
func (d *Detector) Scale(factor float64) { d.factor = factor }

// Distance implements detect.Scalable.
func (d *Detector) Distance() float64 { return d.distance }

// Behind implements detect.Late.
func (d *Detector) Behind() int {
	if d.judge == nil {
		return 0
	}
	return d.judge.behind()
}

// Period is how many samples the signal's rhythm has; 0 while it is learned or where there is none.
func (d *Detector) Period() int {
	if d.judge == nil {
		return 0
	}
	return d.judge.found.Period
}

func (d *Detector) sentence(tag series.Tag) label.Text {
	name := detect.Named(tag)
	if d.Period() == 0 {
		return label.Text{
			ZH: name + " 出现与以往都不相似的波形。",
			EN: name + " has a shape that is like none before.",
		}
	}
	return label.Text{
		ZH: fmt.Sprintf("%s 的波形与以往各周期都不相似（周期约 %d 个采样）。", name, d.Period()),
		EN: fmt.Sprintf("%s has a shape that is like none of the cycles before; a cycle is about %d samples.", name, d.Period()),
	}
}

// times are when the newest bins began.
type times struct {
	ring  []int64
	first int // bin that the first time of all belongs to
	next  int // bin
}

func newTimes(bins int) times { return times{ring: make([]int64, bins), first: -1} }

func (k *times) put(bin int, t int64) {
	if k.first < 0 {
		k.first = bin
	}
	k.ring[bin%len(k.ring)] = t
	k.next = bin + 1
}

func (k *times) get(bin int) (int64, bool) {
	if k.first < 0 || bin < k.first || bin < k.next-len(k.ring) {
		return 0, false
	}
	return k.ring[bin%len(k.ring)], true
}
