// Package spc keeps a control chart of one signal: individuals with the run rules of Western Electric and Nelson, EWMA (Roberts 1959) or
// CUSUM (Page 1954).
//
// Run rules assume independent points, and sensors are not independent: with a correlation of 0.9 from one sample to the next a third of
// all good points would be flagged. So the chart measures that correlation while it learns, then plots the residuals of an AR(1) model
// (Alwan and Roberts 1988) or every so many points only, and finds out by simulation how often its rules signal while nothing is wrong.
//
//	sample ─▶ learn: centre, spread, correlation ─▶ residual or every n-th ─▶ chart ─▶ rules ─▶ Track
//	                     └─▶ forecast: the same rules on simulated points ─▶ expected rate of false signals
package spc

import (
	"math"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Detector watches one signal.
type Detector struct {
	tag      series.Tag
	track    *detect.Track
	setup    detect.Chart
	learning *lesson
	model    model
	chart    chart
	forecast *forecast

	phase    int // points since the last one that was plotted
	previous float64
	begun    bool
	fired    int // rule that signalled last, 1 to 8; 0 is the chart's own limit
	points   uint64
	signals  uint64
}

// New returns a detector for a complete, checked rule.
func New(tag series.Tag, r detect.Rule) *Detector {
	d := &Detector{tag: tag, setup: r.Chart.Complete()}
	d.learning = newLesson(d.setup.Learn)
	d.track = detect.NewTrack(tag, r, "", d.say)
	return d
}

// Push implements detect.Detector.
func (d *Detector) Push(s series.Sample) []detect.Event {
	t := s.Time()
	if !detect.Usable(s) {
		return d.track.Tick(t)
	}
	if d.learning != nil {
		d.Learn(s)
		return nil
	}
	d.forecast.work()
	d.points++
	z, plotted := d.standardised(s.Value)
	if !plotted {
		return d.track.Tick(t)
	}
	rule, distance := d.chart.plot(z)
	if rule >= 0 {
		d.fired = rule
	}
	idle := d.track.Idle()
	events := d.track.Set(t, rule >= 0, s.Value, distance)
	if idle && !d.track.Idle() {
		d.signals++
	}
	return events
}

// Learn implements detect.Learner.
func (d *Detector) Learn(s series.Sample) {
	if d.learning == nil || !detect.Usable(s) {
		return
	}
	d.learning.add(s.Time(), s.Value)
	if d.learning.full() {
		d.model = d.learning.model(d.setup)
		d.chart = newChart(d.setup)
		d.forecast = newForecast(d.setup, d.model)
		d.learning = nil
	}
}

// standardised is what the chart plots for a value, in standard deviations, and whether it plots it at all.
func (d *Detector) standardised(v float64) (z float64, ok bool) {
	if d.phase++; d.phase < d.model.thin {
		return 0, false
	}
	d.phase = 0
	x := v - d.model.centre
	before, begun := d.previous, d.begun
	d.previous, d.begun = x, true
	if d.model.phi == 0 {
		return bounded(x / d.model.spread), true
	}
	return bounded((x - d.model.phi*before) / d.model.spread), begun
}

// bounded keeps huge values from making sums that are no numbers.
func bounded(z float64) float64 {
	if math.IsNaN(z) {
		return 0
	}
	return max(min(z, 1e6), -1e6)
}

// Tick implements detect.Detector. In silence only an off-delay runs out.
func (d *Detector) Tick(now int64) []detect.Event { return d.track.Tick(now) }

// Score implements detect.Detector.
func (d *Detector) Score() float64 { return d.track.Score() }

// FalseSignals implements detect.Rated.
func (d *Detector) FalseSignals() detect.FalseSignals {
	if d.learning != nil || !d.forecast.ready() {
		return detect.FalseSignals{}
	}
	f := detect.FalseSignals{
		Learnt: true, Expected: d.forecast.rate() / float64(d.model.thin), Autocorrelation: d.model.correlation, Thin: d.model.thin,
		Points: d.points, Signals: d.signals,
	}
	if f.Expected > 0 {
		f.Every = d.model.interval / f.Expected
	}
	return f
}

func (d *Detector) say(c *label.Candidate, lasted time.Duration) label.Text {
	name, v := detect.Named(d.tag), detect.Quantity(c.Value, d.tag.Unit)
	what, normal := d.chart.words(d.fired), detect.Quantity(d.model.centre, "")+" ± "+detect.Quantity(d.model.deviation, d.tag.Unit)
	if lasted <= 0 {
		return label.Text{
			ZH: name + " " + v + "：" + what.ZH + "（学习期 " + normal + "）。",
			EN: name + " " + v + ": " + what.EN + "; learnt " + normal + ".",
		}
	}
	zh, en := detect.Lasted(lasted)
	return label.Text{
		ZH: name + " 达 " + v + "，持续 " + zh + "：" + what.ZH + "（学习期 " + normal + "）。",
		EN: name + " reached " + v + " within " + en + ": " + what.EN + "; learnt " + normal + ".",
	}
}
