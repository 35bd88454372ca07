package multivariate

import "math"

const (
	furthestStep = 3.  // standard deviations that count of that distance
	calmer       = .01 // weight of the newest row in what was usual lately
	unusual      = 1.1 // logarithm: above three times the usual the centre stays where it is
)

// drift lets the centre of the normal rows follow an asset that warms up, wears or is turned up a little, and stand still while
// something is wrong. It learns how fast the centre moves (Holt 1957), so that it does not lag behind what drifts steadily; a quarter of
// the centre's own share is the fastest that does not overshoot.
type drift struct {
	set   *Settings
	shift []float64 // of each scaled feature
	speed []float64 // of the shift, a row
	x     []float64 // the scaled row at hand
	level float64   // index, smoothed
	usual float64   // index, lately
	begun bool
}

func newDrift(features int, s *Settings) drift {
	return drift{set: s, shift: make([]float64, features), speed: make([]float64, features), x: make([]float64, features)}
}

// judge works out T² and Q of a row from the centre as it is now, and then lets it follow. scores has room for one number a component.
func (d *drift) judge(m *model, row, scores []float64) (t2, q float64) {
	m.scale(d.x, row)
	for j := range d.x {
		d.x[j] -= d.shift[j]
	}
	t2, q = m.judge(d.x, scores)
	at := index(t2, q)
	if !d.begun {
		d.level, d.usual, d.begun = at, at, true
	}
	d.level += d.set.Quick * (at - d.level)
	if d.level >= d.usual+unusual {
		return t2, q
	}
	d.usual += calmer * (at - d.usual)
	for j, v := range d.x {
		step := d.set.Follow * math.Max(-furthestStep, math.Min(furthestStep, v))
		d.speed[j] += d.set.Follow / 4 * step
		d.shift[j] += d.speed[j] + step
	}
	return t2, q
}
