package multivariate

import "math"

// Settings are what was chosen on recordings with ground truth. They hold for every asset: nobody knows beforehand what one asset would want.
type Settings struct {
	Weight float64 // of the newest row in the moving average of each signal
	Kept   float64 // share of the variance that the components keep: the middle of where it hardly matters, .78 to .85

	Quick float64 // weight of the newest row in the level that sees large changes soon
	Slow  float64 // and in the one that sees small ones that last

	// The more the held-out parts differ from each other, the further the asset may wander later on: by so many times the distance
	// between the middle one and the worst beyond the worst. What lasts has more time to wander.
	WanderQuick, WanderSlow float64

	Follow   float64 // share of its distance that the centre goes towards a row
	Patience int     // rows beyond the limit that open a candidate, one after the other
	Settled  float64 // share of a candidate's worst excess: what is left then is the way back, not the fault
}

// Default are the settings of New.
func Default() Settings {
	return Settings{
		Weight: .3, Kept: .81, Quick: .2, Slow: .05, WanderQuick: .75, WanderSlow: 3.5, Follow: .002, Patience: 15, Settled: .04,
	}
}

func (s *Settings) settled() float64 { return math.Log(s.Settled) }
