package vibration

import (
	"math"
	"math/bits"
	"math/cmplx"
)

// Spectrum is the peak amplitude of a block at each frequency, in the block's unit; bin k is at k·Step Hz.
type Spectrum struct {
	Step      float64
	Amplitude []float64
}

// SpectrumOf computes it with a Hann window. The block is filled up with zeros to a power of two.
func SpectrumOf(x []float64, rate float64) Spectrum {
	f, gain, _ := windowed(x)
	s := Spectrum{Step: rate / float64(len(f)), Amplitude: make([]float64, len(f)/2)}
	for k := range s.Amplitude {
		s.Amplitude[k] = 2 * cmplx.Abs(f[k]) / gain
	}
	return s
}

// windowed transforms a block without its mean under a Hann window, with the window's sum and the sum of its squares.
func windowed(x []float64) (f []complex128, sum, squares float64) {
	f = make([]complex128, size(len(x)))
	mean := meanOf(x)
	for i, v := range x {
		w := 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(len(x)))
		f[i] = complex((v-mean)*w, 0)
		sum, squares = sum+w, squares+w*w
	}
	transform(f)
	return f, sum, squares
}

// At is the largest amplitude near a frequency: within the share slack of it, or one bin.
func (s Spectrum) At(frequency, slack float64) float64 {
	if !(frequency > 0) || s.Step <= 0 {
		return 0
	}
	from := min(frequency*(1-slack), frequency-s.Step) / s.Step
	to := max(frequency*(1+slack), frequency+s.Step) / s.Step
	if from >= float64(len(s.Amplitude)) {
		return 0
	}
	first, best := int(max(math.Ceil(from), 1)), 0
	for k := first; k <= int(min(to, float64(len(s.Amplitude)-1))); k++ {
		if best == 0 || s.Amplitude[k] > s.Amplitude[best] {
			best = k
		}
	}
	return s.top(best)
}

// top is the height of the line about bin k: a parabola through the logarithms, since a line between two bins shows up to 15 % too low.
func (s Spectrum) top(k int) float64 {
	if k < 1 || k+1 >= len(s.Amplitude) {
		return 0
	}
	left, middle, right := math.Log(s.Amplitude[k-1]), math.Log(s.Amplitude[k]), math.Log(s.Amplitude[k+1])
	bend := left - 2*middle + right
	if !(bend < 0) || middle < left || middle < right || math.IsInf(bend, 0) {
		return s.Amplitude[k]
	}
	return math.Exp(middle - (left-right)*(left-right)/(8*bend))
}

// Harmonics is the root of the summed squares at a frequency and its multiples.
func (s Spectrum) Harmonics(frequency, slack float64, n int) float64 {
	sum := 0.0
	for k := 1; k <= n; k++ {
		a := s.At(frequency*float64(k), slack)
		sum += a * a
	}
	return math.Sqrt(sum)
}

// VelocityOf is the root mean square of the velocity between 10 and 1000 Hz, in mm/s. acceleration says that the block is in m/s² and is
// to be integrated; else it is in mm/s.
func VelocityOf(x []float64, rate float64, acceleration bool) float64 {
	f, _, squares := windowed(x)
	step, power := rate/float64(len(f)), 0.0
	for k := int(math.Ceil(VelocityFrom / step)); k < len(f)/2 && float64(k)*step <= VelocityTo; k++ {
		a := cmplx.Abs(f[k])
		if acceleration {
			a *= 1000 / (2 * math.Pi * float64(k) * step)
		}
		power += 2 * a * a
	}
	return math.Sqrt(power / float64(len(f)) / squares)
}

// EnvelopeOf is how the amplitude of what lies between two frequencies (Hz) goes up and down: the modulus of the analytic signal.
func EnvelopeOf(x []float64, rate, from, to float64) []float64 {
	f := make([]complex128, size(len(x)))
	mean := meanOf(x)
	for i, v := range x {
		f[i] = complex(v-mean, 0)
	}
	transform(f)
	step := rate / float64(len(f))
	for k := range f {
		if at := float64(k) * step; k < len(f)/2 && at >= from && at <= to {
			f[k] *= 2
		} else {
			f[k] = 0
		}
	}
	inverse(f)
	out := make([]float64, len(x))
	for i := range out {
		out[i] = cmplx.Abs(f[i])
	}
	return out
}

// size is the power of two that holds n, at least 2.
func size(n int) int { return 1 << bits.Len(uint(max(n-1, 1))) }

// transform is the fast Fourier transform in place (Cooley and Tukey 1965); the length is a power of two.
func transform(f []complex128) {
	n := len(f)
	shift := bits.LeadingZeros64(uint64(n)) + 1
	for i := range f {
		if j := int(bits.Reverse64(uint64(i)) >> shift); i < j {
			f[i], f[j] = f[j], f[i]
		}
	}
	for half := 1; half < n; half *= 2 {
		turn := cmplx.Rect(1, -math.Pi/float64(half))
		for w, k := complex(1, 0), 0; k < half; w, k = w*turn, k+1 {
			for i := k; i < n; i += 2 * half {
				even, odd := f[i], f[i+half]*w
				f[i], f[i+half] = even+odd, even-odd
			}
		}
	}
}

func inverse(f []complex128) {
	for i := range f {
		f[i] = cmplx.Conj(f[i])
	}
	transform(f)
	n := complex(float64(len(f)), 0)
	for i := range f {
		f[i] = cmplx.Conj(f[i]) / n
	}
}
