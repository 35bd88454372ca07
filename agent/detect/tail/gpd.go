package tail

import (
	"math"
	"slices"
)

// Bounds of the shape: beyond them so few peaks say nothing about what is further out.
const (
	lightest = -.5
	heaviest = .5
)

// GPD is a generalised Pareto distribution of what peaks have beyond a level: P(more than x) = (1 + Shape·x/Scale)^(-1/Shape).
type GPD struct{ Scale, Shape float64 }

// Fit estimates it by probability-weighted moments (Hosking and Wallis 1987), which need no search and stand few values. It sorts them;
// none are negative. Fewer than two, or all the same, make an exponential distribution of their mean.
func Fit(beyond []float64) GPD {
	slices.Sort(beyond)
	n := float64(len(beyond))
	var a0, a1 float64
	for i, x := range beyond {
		a0 += x / n
		a1 += (1 - (float64(i)+.65)/n) * x / n
	}
	g := GPD{Scale: a0}
	if spread := a0 - 2*a1; spread > 1e-12*a0 && n > 1 {
		g.Shape = max(lightest, min(heaviest, 2-a0/spread))
		g.Scale = a0 * (1 - g.Shape) // its mean stays that of the values where the shape was at its bound
	}
	return g
}

// Beyond is the probability that a peak has more than x beyond the level.
func (g GPD) Beyond(x float64) float64 {
	switch {
	case x <= 0:
		return 1
	case g.Scale <= 0:
		return 0
	case math.Abs(g.Shape) < 1e-9:
		return math.Exp(-x / g.Scale)
	}
	return math.Pow(max(1+g.Shape*x/g.Scale, 0), -1/g.Shape)
}

// Quantile is what a share p of the peaks, more than 0 and at most 1, has more of beyond the level.
func (g GPD) Quantile(p float64) float64 {
	if math.Abs(g.Shape) < 1e-9 {
		return -g.Scale * math.Log(p)
	}
	return g.Scale / g.Shape * (math.Pow(p, -g.Shape) - 1)
}
