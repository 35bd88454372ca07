package vibration_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/detect/vibration"
)

const rate = 12800.0

func sine(n int, amplitude, hz float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = amplitude * math.Sin(2*math.Pi*hz*float64(i)/rate)
	}
	return x
}

func near(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if !(math.Abs(got-want) <= math.Abs(want)*share) {
		t.Errorf("%s: %g, want %g", what, got, want)
	}
}

func TestSine(t *testing.T) {
	for _, n := range []int{12800, 16384, 5003} {
		s := vibration.ShapeOf(sine(n, 10, 160))
		near(t, "rms", s.RMS, 10/math.Sqrt2, 0.005)
		near(t, "peak", s.Peak, 10, 0.006)
		near(t, "crest", s.Crest, math.Sqrt2, 0.006)
		near(t, "kurtosis", s.Kurtosis, 1.5, 0.01)
		near(t, "amplitude in the spectrum", vibration.SpectrumOf(sine(n, 10, 160), rate).At(160, 0.01), 10, 0.02)
		// 10 m/s² at 160 Hz are 10/(2π·160) m/s: 9.947 mm/s, 7.034 mm/s RMS.
		near(t, "velocity from acceleration", vibration.VelocityOf(sine(n, 10, 160), rate, true), 7.034, 0.005)
		near(t, "velocity", vibration.VelocityOf(sine(n, 10, 160), rate, false), 10/math.Sqrt2, 0.005)
		if v := vibration.VelocityOf(sine(n, 10, 2000), rate, false); v > 0.01 {
			t.Errorf("2000 Hz count as velocity: %g", v)
		}
	}
}

func TestNoiseHasAKurtosisOfThree(t *testing.T) {
	rnd, x := rand.New(rand.NewPCG(1, 1)), make([]float64, 65536)
	for i := range x {
		x[i] = rnd.NormFloat64()
	}
	near(t, "kurtosis", vibration.ShapeOf(x).Kurtosis, 3, 0.03)
}

func TestBearingFrequencies(t *testing.T) {
	// SKF 6205: 9 balls of 7.94 mm on 39.04 mm; published multiples of the speed are 3.585, 5.415, 2.357 and 0.398.
	d := vibration.Bearing{Rollers: 9, Roller: 7.94, Pitch: 39.04}.Defects(1)
	near(t, "BPFO", d.BPFO, 3.585, 0.001)
	near(t, "BPFI", d.BPFI, 5.415, 0.001)
	near(t, "BSF", d.BSF, 2.357, 0.001)
	near(t, "FTF", d.FTF, 0.398, 0.001)
}

// TestImpactsThroughAResonance strikes a resonance at 3 kHz once for every roller that passes the outer race, under noise.
func TestImpactsThroughAResonance(t *testing.T) {
	d := vibration.Bearing{Rollers: 9, Roller: 7.94, Pitch: 39.04}.Defects(29.95)
	rnd, x := rand.New(rand.NewPCG(2, 2)), make([]float64, 12800)
	for i := range x {
		since := math.Mod(float64(i)/rate, 1/d.BPFO)
		x[i] = rnd.NormFloat64()*0.5 + 3*math.Exp(-since*800)*math.Sin(2*math.Pi*3000*since)
	}
	s := vibration.SpectrumOf(vibration.EnvelopeOf(x, rate, 2000, 4500), rate)
	outer := s.Harmonics(d.BPFO, 0.02, 3)
	for name, f := range map[string]float64{"BPFI": d.BPFI, "BSF": d.BSF} {
		if other := s.Harmonics(f, 0.02, 1); outer < 5*other {
			t.Errorf("%.3f at BPFO, %.3f at %s", outer, other, name)
		}
	}
	best := 0
	for k := 10; k < 400; k++ {
		if s.Amplitude[k] > s.Amplitude[best+10*max(0, 1-best)] {
			best = k
		}
	}
	near(t, "strongest line", float64(best)*s.Step, d.BPFO, 0.01)
	if raw := vibration.SpectrumOf(x, rate).Harmonics(d.BPFO, 0.02, 1); raw > outer/3 {
		t.Errorf("the plain spectrum has %.3f there, the envelope %.3f", raw, outer)
	}
}

func TestAnyBlock(t *testing.T) {
	for _, x := range [][]float64{nil, {1}, {1, 1}, make([]float64, 100), {1e300, -1e300, 1e300}} {
		s := vibration.ShapeOf(x)
		if math.IsNaN(s.Crest) && x[0] < 1e100 {
			t.Errorf("%v: %+v", x, s)
		}
		vibration.SpectrumOf(x, rate).Harmonics(100, 0.02, 3)
		vibration.VelocityOf(x, rate, true)
		vibration.EnvelopeOf(x, rate, 100, 200)
	}
}

func BenchmarkBlock(b *testing.B) {
	x := sine(8192, 10, 160)
	for b.Loop() {
		vibration.ShapeOf(x)
		vibration.VelocityOf(x, rate, true)
		vibration.SpectrumOf(vibration.EnvelopeOf(x, rate, 2000, 4500), rate).Harmonics(107, 0.02, 3)
	}
}
