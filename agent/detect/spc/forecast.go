package spc

import (
	"math"
	"math/rand/v2"

	"edgelabel/agent/detect"
)

// How many points are simulated: so many charts, each with centre, spread and correlation as wrong as learning on few points leaves them.
const (
	charts     = 50
	chartOf    = 4000 // points
	settle     = 100  // points before they count
	atOnce     = 2000 // points for one of the signal's, so that nothing stands still meanwhile
	enough     = charts * chartOf / 4
	fixedSeed1 = 0x5bd1e995
	fixedSeed2 = 0x1b873593
)

// forecast simulates a signal in control, as it was learnt, and counts how often the chart's rules signal. Its answer is the same for the
// same model.
type forecast struct {
	setup detect.Chart
	model model
	rnd   *rand.Rand

	chart             chart
	centre, scale     float64 // how wrong this chart's are
	phi, z            float64
	n                 int // points of this chart
	was               bool
	points, signalled float64
	done              int // charts
}

func newForecast(setup detect.Chart, m model) *forecast {
	f := &forecast{setup: setup, model: m, rnd: rand.New(rand.NewPCG(fixedSeed1, fixedSeed2))}
	f.next()
	return f
}

// next begins another chart. Standard errors of mean and deviation are those of an AR(1) process (Bartlett).
func (f *forecast) next() {
	r, n := f.model.correlation, f.model.n
	if f.model.phi != 0 {
		r = 0
	}
	f.phi = max(min(f.model.left+f.rnd.NormFloat64()*math.Sqrt((1-f.model.left*f.model.left)/n), 0.995), -0.995)
	if f.model.phi != 0 && f.model.left == 0 {
		f.phi = 0
	}
	f.centre = f.rnd.NormFloat64() * math.Sqrt((1+r)/(1-r)/n)
	f.scale = max(1+f.rnd.NormFloat64()*math.Sqrt((1+r*r)/(1-r*r)/2/n), 0.1)
	f.chart, f.z, f.n, f.was = newChart(f.setup), f.rnd.NormFloat64(), 0, false
}

// work simulates some points more, until there are enough.
//
//go:norace
func (f *forecast) work() {
	for i := 0; i < atOnce && f.done < charts; i++ {
		f.z = f.phi*f.z + math.Sqrt(1-f.phi*f.phi)*f.rnd.NormFloat64()
		rule, _ := f.chart.plot((f.z - f.centre) / f.scale)
		if f.n++; f.n > settle {
			f.points++
			if rule >= 0 && !f.was {
				f.signalled++
			}
		}
		if f.was = rule >= 0; f.n == chartOf {
			f.done++
			f.next()
		}
	}
}

// ready reports whether rate means anything.
func (f *forecast) ready() bool { return f.points >= enough }

// rate is the signals for each plotted point.
func (f *forecast) rate() float64 { return f.signalled / max(f.points, 1) }
