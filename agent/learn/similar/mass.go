package similar

import (
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
)

// flat is the share of the query's standard deviation below which a window has no shape to compare.
const flat = 0.05

// Query is a stretch of signals on a grid, ready to be slid over others: MASS (Mueen et al., "The fastest similarity search algorithm for
// time series subsequences under Euclidean distance", 2017), in blocks of a bounded size.
type Query struct {
	width int
	block int // points of one transform
	fft   *fourier.FFT
	parts []part
}

// part is one signal of the query.
type part struct {
	spectrum []complex128 // of the z-normalised values, reversed
	sd       float64
	used     bool // false: it is flat or has holes, and says nothing
}

// NewQuery prepares signals of one length; NaN is no value. It reports false where none of them has a shape.
func NewQuery(signals [][]float64) (*Query, bool) {
	if len(signals) == 0 || len(signals[0]) < 2 {
		return nil, false
	}
	q := &Query{width: len(signals[0]), block: 4096}
	for q.block < 4*q.width {
		q.block *= 2
	}
	q.fft = fourier.NewFFT(q.block)
	any := false
	for _, s := range signals {
		p := q.part(s)
		any = any || p.used
		q.parts = append(q.parts, p)
	}
	return q, any
}

func (q *Query) part(s []float64) part {
	mean, sd := moments(s)
	if !(sd > 1e-9*math.Abs(mean)) { // also where a value is missing
		return part{}
	}
	reversed := make([]float64, q.block)
	for i, v := range s {
		reversed[q.width-1-i] = (v - mean) / sd
	}
	return part{spectrum: q.fft.Coefficients(nil, reversed), sd: sd, used: true}
}

// moments are NaN where a value is.
func moments(s []float64) (mean, sd float64) {
	for _, v := range s {
		mean += v
	}
	mean /= float64(len(s))
	for _, v := range s {
		sd += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(sd / float64(len(s)))
}

// Profile returns, for each window of the query's width, how far it is from the query: the root mean square of the z-normalised
// differences over all signals that have a shape in the query, 0 the same and √2 unrelated. +Inf where a value is missing or a window is
// flat. signals are in the order of the query's, of one length.
func (q *Query) Profile(signals [][]float64) []float64 {
	n := len(signals[0]) - q.width + 1
	if n <= 0 {
		return nil
	}
	sum, used := make([]float64, n), 0
	for i, p := range q.parts {
		if p.used {
			q.add(sum, p, signals[i])
			used++
		}
	}
	for i := range sum {
		sum[i] = math.Sqrt(max(0, sum[i]) / float64(used*q.width))
	}
	return sum
}

// add adds the squared distances of one signal, a block at a time: the first width-1 products of a block wrap around and are not used.
func (q *Query) add(sum []float64, p part, s []float64) {
	in, out := make([]float64, q.block), make([]float64, q.block)
	var spectrum []complex128
	step := q.block - q.width + 1
	for from := 0; from < len(sum); from += step {
		stretch := s[from:min(from+q.block, len(s))]
		level := middle(stretch)
		clear(in)
		for i, v := range stretch {
			if !math.IsNaN(v) {
				in[i] = v - level
			}
		}
		spectrum = q.fft.Coefficients(spectrum, in)
		for i := range spectrum {
			spectrum[i] *= p.spectrum[i]
		}
		out = q.fft.Sequence(out, spectrum)
		q.block1(sum[from:min(from+step, len(sum))], p, stretch, in, out)
	}
}

// block1 turns the products of one block into distances: 2·(width - product/sd).
func (q *Query) block1(sum []float64, p part, raw, in, product []float64) {
	w := float64(q.width)
	var total, square float64
	missing := 0
	for i := range raw {
		total, square = total+in[i], square+in[i]*in[i]
		missing += holes(raw[i])
		at := i - q.width + 1
		if at > 0 {
			total, square = total-in[at-1], square-in[at-1]*in[at-1]
			missing -= holes(raw[at-1])
		}
		if at < 0 || at >= len(sum) {
			continue
		}
		mean := total / w
		sd := math.Sqrt(max(0, square/w-mean*mean))
		if missing > 0 || sd < flat*p.sd {
			sum[at] = math.Inf(1)
			continue
		}
		sum[at] += 2 * (w - product[i]/float64(q.block)/sd)
	}
}

func holes(v float64) int {
	if math.IsNaN(v) {
		return 1
	}
	return 0
}

// middle is the mean of the values that are there: taking it off keeps the running sums exact.
func middle(s []float64) float64 {
	sum, n := 0.0, 0
	for _, v := range s {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
