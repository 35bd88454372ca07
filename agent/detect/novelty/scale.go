package novelty

import "math"

const (
	levels  = 80   // steps of the range
	usually = .075 // of the range: nearer than this to the running median is the median
)

// scale brings values into 0..1, on a few levels, with the noise round the usual level taken away.
type scale struct {
	lo, hi float64
	slack  float64 // of the range, added on either side
	counts [levels + 1]float64
	total  float64
}

// newScale takes its range from the values of a warm-up.
func newScale(values []float64, slack float64) scale {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	wide := slack * (hi - lo)
	if hi-lo <= 1e-12*max(math.Abs(hi), math.Abs(lo)) {
		if wide = math.Abs(hi) / 2; wide < 1e-300 {
			wide = .5
		}
	}
	return scale{lo: lo - wide, hi: hi + wide, slack: slack}
}

// include widens the range where v is outside, and tells how what was stored is to be moved; nil where nothing changed.
func (s *scale) include(v float64) func(float32) float32 {
	lo, hi := s.lo, s.hi
	if v >= lo && v <= hi {
		return nil
	}
	more := s.slack / 2 * (hi - lo)
	s.lo, s.hi = min(lo, v-more), max(hi, v+more)
	factor, shift := (hi-lo)/(s.hi-s.lo), (lo-s.lo)/(s.hi-s.lo)
	move := func(u float32) float32 { return float32(float64(u)*factor + shift) }
	var counts [levels + 1]float64
	for i, n := range s.counts {
		counts[level(float64(move(float32(i)/levels)))] += n
	}
	s.counts = counts
	return move
}

func level(u float64) int { return max(0, min(levels, int(math.Round(levels*u)))) }

// value is where v lies, on the levels.
func (s *scale) value(v float64) float32 {
	at := level((v - s.lo) / (s.hi - s.lo))
	s.counts[at]++
	s.total++
	median := s.quantile(.5)
	if math.Abs(float64(at-median)) < usually*levels {
		at = median
	}
	return float32(at) / levels
}

// quantile is the level below or at which a share q of all values lies.
func (s *scale) quantile(q float64) int {
	sum := 0.0
	for i, n := range s.counts {
		if sum += n; sum >= q*s.total {
			return i
		}
	}
	return levels
}

// at is the value of a level.
func (s *scale) at(level int) float64 { return s.lo + float64(level)/levels*(s.hi-s.lo) }
