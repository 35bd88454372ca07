// Package vibration computes features of blocks of vibration: root mean square, peak, crest factor, kurtosis, velocity between 10 and
// 1000 Hz as ISO 20816-1 judges it, and what the envelope spectrum has at the frequencies of bearings and gears.
//
//	block ─▶ m/s² or mm/s ─┬─▶ rms, peak, crest, kurtosis
//	                       ├─▶ spectrum ─▶ integrated, 10 to 1000 Hz ─▶ velocity (mm/s), gear mesh
//	                       └─▶ band ─▶ envelope (Hilbert) ─▶ spectrum ─▶ BPFO, BPFI, BSF, FTF
package vibration

import "math"

// Bounds of the velocity that ISO 20816-1 judges, Hz.
const (
	VelocityFrom = 10.0
	VelocityTo   = 1000.0
)

// Shape is what a block is like without looking at frequencies. Values are in the block's unit, Crest and Kurtosis without one.
type Shape struct {
	RMS, Peak, Crest, Kurtosis float64 // of a sine 1, √2, √2 and 1.5 times; kurtosis of noise is 3
}

// ShapeOf measures a block about its mean. A block without variation has a Crest and Kurtosis of 0.
func ShapeOf(x []float64) Shape {
	mean := meanOf(x)
	var square, fourth, peak float64
	for _, v := range x {
		d := v - mean
		square += d * d
		fourth += d * d * d * d
		peak = max(peak, math.Abs(d))
	}
	n := float64(max(len(x), 1))
	s := Shape{RMS: math.Sqrt(square / n), Peak: peak}
	if s.RMS > 0 {
		s.Crest, s.Kurtosis = peak/s.RMS, fourth/n/(square/n)/(square/n)
	}
	return s
}

func meanOf(x []float64) float64 {
	mean := 0.0
	for i, v := range x {
		mean += (v - mean) / float64(i+1)
	}
	return mean
}

// Bearing is the geometry of a rolling bearing. Roller and Pitch are diameters in the same unit.
type Bearing struct {
	Rollers       int
	Roller, Pitch float64
	Angle         float64 // of contact, degrees
}

// Defects are the frequencies at which damaged parts of a bearing are rolled over, Hz: outer race, inner race, roller and cage.
type Defects struct{ BPFO, BPFI, BSF, FTF float64 }

// Defects computes them for a shaft that turns so many times a second while the outer race stands.
func (b Bearing) Defects(turns float64) Defects {
	ratio := b.Roller / b.Pitch * math.Cos(b.Angle*math.Pi/180)
	n := float64(b.Rollers)
	return Defects{
		BPFO: n / 2 * turns * (1 - ratio), BPFI: n / 2 * turns * (1 + ratio),
		BSF: b.Pitch / (2 * b.Roller) * turns * (1 - ratio*ratio), FTF: turns / 2 * (1 - ratio),
	}
}
