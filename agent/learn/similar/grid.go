package similar

import (
	"math"
	"slices"

	"edgelabel/agent/series"
)

// Points of a query on its grid.
const (
	mostPoints  = 512
	leastPoints = 8
)

// mostHeld is for how many steps a value holds where no sample comes.
const mostHeld = 64

// stepOf is the grid of a stretch: as close as its fastest signal, but at most mostPoints in it.
func stepOf(w *series.Window) int64 {
	step := (w.To - w.From) / leastPoints
	for i := range w.Traces {
		step = min(step, interval(w.Traces[i].T))
	}
	return max(step, (w.To-w.From+mostPoints-1)/mostPoints, 1)
}

// interval is the median time between two samples; the largest there is where there are none.
func interval(t []int64) int64 {
	if len(t) < 2 {
		return math.MaxInt64
	}
	apart := make([]int64, len(t)-1)
	for i := range apart {
		apart[i] = t[i+1] - t[i]
	}
	slices.Sort(apart)
	return max(apart[len(apart)/2], 1)
}

// grid puts the trace on a grid of n steps from a multiple of step on: the mean of the samples in a step; where there are none the value
// before holds for a while, and then NaN.
func grid(tr *series.Trace, first, step int64, n int) []float64 {
	out := make([]float64, n)
	k, last, held := 0, math.NaN(), 0
	for i := range out {
		until := (first + int64(i) + 1) * step
		sum, count := 0.0, 0
		for ; k < len(tr.T) && tr.T[k] < until; k++ {
			if usable(tr, k) && tr.T[k] >= first*step {
				sum, count = sum+tr.V[k], count+1
			}
		}
		if count > 0 {
			last, held = sum/float64(count), 0
		} else if held++; held > mostHeld {
			last = math.NaN()
		}
		out[i] = last
	}
	return out
}

func usable(tr *series.Trace, k int) bool {
	return series.QualityOf(tr.Status[k]) != series.Bad && !math.IsNaN(tr.V[k]) && !math.IsInf(tr.V[k], 0)
}
