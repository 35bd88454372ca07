package spc

import (
	"math"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/keep"
)

const most = math.MaxInt // of a counter

// Keep implements detect.Keeper. A forecast that is not done is simulated anew: from the same model it comes to the same answer.
func (d *Detector) Keep(b *keep.Book) {
	b.Head("spc", 1, d.setup.Learn, d.setup.Run)
	b.Same(d.setup.Plot + " " + d.setup.Decouple)
	d.track.Keep(b)
	learning := d.learning != nil
	if b.Flag(&learning); learning {
		d.learning.keep(b)
		return
	}
	d.model.keep(b)
	if b.Reads() {
		d.learning, d.chart, d.forecast = nil, newChart(d.setup), newForecast(d.setup, d.model)
	}
	d.chart.keep(b)
	d.forecast.keep(b)
	b.Int(&d.phase, 0, most)
	b.Float(&d.previous)
	b.Flag(&d.begun)
	b.Int(&d.fired, 0, 8)
	for _, n := range []*uint64{&d.points, &d.signals} {
		kept := int64(*n)
		b.Int64(&kept)
		*n = uint64(kept)
	}
}

func (l *lesson) keep(b *keep.Book) {
	b.Floats(&l.values, 0, cap(l.values)-1)
	b.Int64(&l.first)
	b.Int64(&l.last)
}

func (m *model) keep(b *keep.Book) {
	for _, v := range []*float64{&m.centre, &m.deviation, &m.spread, &m.phi, &m.interval, &m.correlation, &m.left, &m.n} {
		b.Float(v)
		b.Check(detect.Finite(*v), "what was learnt is no number")
	}
	b.Check(m.spread > 0 && m.deviation > 0 && m.n > 0, "what was learnt has no spread")
	b.Int(&m.thin, 1, detect.MaxLearn)
}

func (c *chart) keep(b *keep.Book) {
	for _, v := range append([]*float64{&c.smooth, &c.up, &c.down}, pointers(c.last[:])...) {
		b.Float(v)
	}
	b.Int(&c.n, 0, len(c.last))
	for _, n := range []*int{&c.side, &c.trend, &c.swings, &c.inside} {
		b.Int(n, -most, most)
	}
}

func (f *forecast) keep(b *keep.Book) {
	done, points, signalled := f.done == charts, f.points, f.signalled
	b.Flag(&done)
	b.Float(&points)
	b.Float(&signalled)
	if b.Reads() && done {
		f.done, f.points, f.signalled = charts, points, signalled
	}
	b.Check(!done || points >= enough && signalled >= 0 && signalled <= points, "the forecast cannot be")
}

func pointers(values []float64) []*float64 {
	out := make([]*float64, len(values))
	for i := range values {
		out[i] = &values[i]
	}
	return out
}
