// Package rhythm finds out what kind of signal a stretch of values is: does it repeat itself and after how many samples, how noisy is it,
// and how much does a sample say about the next one.
package rhythm

import "math"

// Rhythm describes a stretch of values.
type Rhythm struct {
	Period int     // samples; 0 where nothing repeats
	Match  float64 // autocorrelation at the period; at no period the highest one that was found
	Lag1   float64 // autocorrelation from one sample to the next
	Mean   float64
	Spread float64 // standard deviation
	Noise  float64 // standard deviation of what neighbours do not explain, from second differences
}

const (
	shortest = 8    // period
	longest  = 1500 // period
	share    = 3    // a period must fit that often
	nearly   = .9   // of the highest peak: the first one as high is the period, what follows are its multiples
	weak     = .1   // autocorrelation below which nothing repeats
)

// Of describes values; it does not keep them. Fewer than three make an empty answer.
func Of(values []float64) Rhythm {
	n := len(values)
	if n < 3 {
		return Rhythm{}
	}
	centred, r := centre(values)
	sum := 0.0
	for i := 2; i < n; i++ {
		d := values[i]/2 - values[i-1] + values[i-2]/2
		sum += d * d / float64(n-2)
	}
	r.Noise = math.Sqrt(sum * 4 / 6)
	if r.Spread == 0 {
		return r
	}
	r.Lag1 = correlation(centred, 1)
	lags := make([]float64, min(n/share, longest)+1)
	for k := range lags {
		lags[k] = correlation(centred, k)
	}
	r.Period, r.Match = peak(lags)
	return r
}

// centre takes the mean away and scales to a variance of one, so that sums of squares stay finite.
func centre(values []float64) ([]float64, Rhythm) {
	n := float64(len(values))
	var r Rhythm
	largest := 0.0
	for _, v := range values {
		r.Mean += v / n
		largest = max(largest, math.Abs(v))
	}
	centred := make([]float64, len(values))
	if largest == 0 {
		return centred, r
	}
	sum := 0.0
	for i, v := range values {
		centred[i] = v/largest - r.Mean/largest
		sum += centred[i] * centred[i]
	}
	sd := math.Sqrt(sum / n)
	if sd < 1e-12 { // rounding
		clear(centred)
		return centred, r
	}
	for i := range centred {
		centred[i] /= sd
	}
	r.Spread = sd * largest
	return centred, r
}

func correlation(centred []float64, lag int) float64 {
	sum, late := 0.0, centred[lag:]
	for i, v := range late {
		sum += v * centred[i]
	}
	return sum / float64(len(centred))
}

// peak finds the first of the high peaks beyond the first zero crossing.
func peak(lags []float64) (at int, height float64) {
	from := 1
	for from < len(lags) && lags[from] > 0 {
		from++
	}
	from = max(from, shortest)
	for k := from; k+1 < len(lags); k++ {
		if lags[k] >= lags[k-1] && lags[k] >= lags[k+1] {
			height = max(height, lags[k])
		}
	}
	if height <= weak {
		return 0, height
	}
	for k := from; k+1 < len(lags); k++ {
		if lags[k] >= nearly*height && lags[k] >= lags[k-1] && lags[k] >= lags[k+1] {
			return k, lags[k]
		}
	}
	return 0, height
}
