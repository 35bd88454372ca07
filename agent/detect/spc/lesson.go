package spc

import (
	"cmp"
	"math"

	"edgelabel/agent/detect"
)

// negligible is the autocorrelation that run rules stand.
const negligible = 0.2

// lesson collects the points that a chart learns on.
type lesson struct {
	values      []float64
	first, last int64 // UTC ns
}

func newLesson(n int) *lesson { return &lesson{values: make([]float64, 0, min(n, detect.MaxLearn))} }

func (l *lesson) add(t int64, v float64) {
	if len(l.values) == 0 {
		l.first = t
	}
	l.last = t
	l.values = append(l.values, v)
}

func (l *lesson) full() bool { return len(l.values) == cap(l.values) }

// model is what a chart has learnt.
type model struct {
	centre    float64
	deviation float64 // standard deviation of the signal
	spread    float64 // of what is plotted
	phi       float64 // of the AR(1) model whose residuals are plotted; 0 plots the values
	thin      int     // every so many points one is plotted
	interval  float64 // seconds from point to point

	correlation float64 // of the signal, from one point to the next
	left        float64 // of what is plotted
	n           float64 // points that it learnt on
}

// model closes the lesson.
func (l *lesson) model(setup detect.Chart) model {
	n := float64(len(l.values))
	m := model{thin: 1, n: n, interval: float64(l.last-l.first) / 1e9 / (n - 1)}
	for i, v := range l.values { // step by step: the sum may be larger than a number reaches
		m.centre += (v - m.centre) / float64(i+1)
	}
	x := make([]float64, len(l.values))
	for i, v := range l.values {
		x[i] = v - m.centre
	}
	variance := correlation(x, 0)
	m.correlation = unbiased(correlation(x, 1), variance, n)
	// The mean of correlated points wanders with them, which takes this much off their variance.
	m.deviation = cmp.Or(math.Sqrt(variance/max(1-(1+m.correlation)/(1-m.correlation)/n, 0.5)), max(math.Abs(m.centre)*1e-9, 1e-300))
	m.spread, m.left = m.deviation, m.correlation
	switch {
	case setup.Decouple == detect.Raw || math.Abs(m.correlation) < 2/math.Sqrt(n):
	case setup.Decouple == detect.Thin:
		for m.thin = 1; m.thin < len(x)/10 && math.Abs(correlation(x, m.thin)/variance) >= negligible; m.thin++ {
		}
		m.left = correlation(x, m.thin) / variance
	default:
		m.residuals(x)
	}
	return m
}

// residuals makes the model one that plots them.
func (m *model) residuals(x []float64) {
	m.phi = m.correlation
	for i := len(x) - 1; i > 0; i-- {
		x[i] -= m.phi * x[i-1]
	}
	x = x[1:]
	variance := correlation(x, 0)
	m.spread = cmp.Or(math.Sqrt(variance), m.deviation*1e-9)
	if m.left = correlation(x, 1) / variance; math.IsNaN(m.left) || math.Abs(m.left) < 2/math.Sqrt(m.n) {
		m.left = 0
	}
}

// correlation is the mean product of points so far apart.
func correlation(x []float64, lag int) float64 {
	sum := 0.0
	for i := lag; i < len(x); i++ {
		sum += x[i] * x[i-lag] / float64(len(x))
	}
	return sum
}

// unbiased corrects the lag-1 correlation for the mean that was taken from the same points (Kendall 1954).
func unbiased(product, variance, n float64) float64 {
	r := (n*product/variance + 1) / (n - 4)
	if math.IsNaN(r) {
		return 0
	}
	return max(min(r, 0.99), -0.99)
}
