package multivariate

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

const (
	far       = 1e4   // standard deviations; beyond it a value is as far as can be
	constant  = 1e-2  // of its level: the standard deviation to believe of a signal that never moved
	precision = 1e-12 // of a signal's size: variation below it is rounding
	thinnest  = 1e-9  // of a moving signal's variance, for each signal: components below it are rounding
)

// model is a principal component model of normal rows (Jackson and Mudholkar 1979): how far a row lies inside the plane of the normal
// ones (T²), and how far off it (Q).
type model struct {
	mean, inverse []float64 // of each feature; inverse of the standard deviation
	axes          []float64 // component after component, one number for each feature
	spread        []float64 // variance along each component
}

// fit takes rows of features that are normal, at least two, and keeps that share of their variance.
func fit(rows [][]float64, kept float64) model {
	n := len(rows[0])
	m := model{mean: make([]float64, n), inverse: make([]float64, n)}
	for j := range n {
		m.mean[j], m.inverse[j] = moments(rows, j)
	}
	scaled := mat.NewDense(len(rows), n, nil)
	for i, row := range rows {
		m.scale(scaled.RawRowView(i), row)
	}
	cov := mat.NewSymDense(n, nil)
	cov.SymOuterK(1/float64(len(rows)-1), scaled.T())
	var eigen mat.EigenSym
	if !eigen.Factorize(cov, true) {
		return m // without components everything is off the plane, which is judged as well
	}
	m.keep(&eigen, n, kept)
	return m
}

func (m *model) keep(eigen *mat.EigenSym, n int, kept float64) {
	values := eigen.Values(nil)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	total, sum := 0.0, 0.0
	for _, v := range values {
		total += max(v, 0)
	}
	for k := len(values) - 1; k >= 0 && sum < kept*total && values[k] > thinnest*float64(n); k-- {
		sum += values[k]
		m.spread = append(m.spread, values[k])
		m.axes = append(m.axes, mat.Col(nil, k, &vectors)...)
	}
}

// moments are the mean and the inverse standard deviation of a feature.
func moments(rows [][]float64, j int) (mean, inverse float64) {
	count := float64(len(rows))
	for _, row := range rows {
		mean += row[j] / count
	}
	variance := 0.0
	for _, row := range rows {
		variance += (row[j] - mean) / count * (row[j] - mean)
	}
	sd := math.Sqrt(variance)
	if sd <= precision*math.Abs(mean) || sd == 0 {
		sd = max(constant*math.Abs(mean), 1e-300)
		if mean == 0 {
			sd = 1
		}
	}
	return mean, 1 / sd
}

func (m *model) scale(out, row []float64) {
	for j, v := range row {
		out[j] = max(-far, min(far, (v-m.mean[j])*m.inverse[j]))
	}
}

// judge works out T² and Q of a scaled row. scores has room for one number a component.
func (m *model) judge(x, scores []float64) (t2, q float64) {
	for _, v := range x {
		q += v * v
	}
	for k, variance := range m.spread {
		t := dot(m.axes[k*len(x):(k+1)*len(x)], x)
		scores[k] = t
		t2 += t * t / variance
		q -= t * t
	}
	return t2, max(q, 0)
}

func dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+3 < len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

// inside is what each feature adds to T² (complete decomposition), off what it adds to Q.
func (m *model) inside(x, scores, out []float64) {
	clear(out)
	for k, variance := range m.spread {
		for j, v := range m.axes[k*len(x) : (k+1)*len(x)] {
			out[j] += scores[k] / variance * v * x[j]
		}
	}
}

func (m *model) off(x, scores, out []float64) {
	copy(out, x)
	for k := range m.spread {
		for j, v := range m.axes[k*len(x) : (k+1)*len(x)] {
			out[j] -= scores[k] * v
		}
	}
	for j, v := range out {
		out[j] = v * v
	}
}
