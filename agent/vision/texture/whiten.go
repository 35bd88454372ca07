package texture

import "math"

// Whitening keeps its divisors away from 0: cells of a flat picture have no spread at all.
const (
	ridge = 0.02 // of each variance
	floor = 1e-3
)

// lower is the lower triangle of the Cholesky factor of the covariance of the features: dividing by it makes distances those of Mahalanobis.
type lower [dims * dims]float64

func whitener(pictures [][]float32) *lower {
	var mean [dims]float64
	var cov lower
	n := 0.0
	for _, p := range pictures {
		for i := 0; i < len(p); i += dims {
			n++
			for d := range dims {
				mean[d] += float64(p[i+d])
			}
		}
	}
	for d := range dims {
		mean[d] /= n
	}
	for _, p := range pictures {
		for i := 0; i < len(p); i += dims {
			for d := range dims {
				a := float64(p[i+d]) - mean[d]
				for e := 0; e <= d; e++ {
					cov[d*dims+e] += a * (float64(p[i+e]) - mean[e]) / n
				}
			}
		}
	}
	return factor(&cov)
}

// factor is Cholesky's decomposition of a covariance with a ridge.
func factor(c *lower) *lower {
	var l lower
	for i := range dims {
		for j := 0; j <= i; j++ {
			s := c[i*dims+j]
			if i == j {
				s += ridge*s + floor
			}
			for k := range j {
				s -= l[i*dims+k] * l[j*dims+k]
			}
			if i == j {
				l[i*dims+i] = math.Sqrt(max(s, floor))
			} else {
				l[i*dims+j] = s / l[j*dims+j]
			}
		}
	}
	return &l
}

// apply whitens the cells of a picture in place.
func (l *lower) apply(p []float32) {
	var y [dims]float64
	for i := 0; i < len(p); i += dims {
		for d := range dims {
			s := float64(p[i+d])
			for k := range d {
				s -= l[d*dims+k] * y[k]
			}
			y[d] = s / l[d*dims+d]
			p[i+d] = float32(y[d])
		}
	}
}
