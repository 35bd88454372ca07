package pipeline

import (
	"math"
	"time"

	"edgelabel/agent/series"
)

// Grid puts several signals on common points in time without inventing values.
type Grid struct {
	Step   time.Duration // between points; below 1 ns it is taken as 1 ns
	Valid  time.Duration // how long a sample speaks for the signal after its own time
	Linear bool          // between two samples no further apart than Valid, take the straight line instead of the older one
}

// maxPoints bounds a frame: a window of an hour on a grid of a millisecond.
const maxPoints = 4_000_000

// Frame reads the window on the grid: its first point is w.From, its last is before w.To. A point is NaN where the newest sample at or
// before it is older than Valid, bad, or not a number. It is empty when the window is, or when it would have more than four million
// points.
func (g Grid) Frame(w *series.Window) series.Frame {
	var f series.Frame
	step := max(int64(g.Step), 1)
	if w.To <= w.From || w.To-w.From < 0 || (w.To-w.From-1)/step >= maxPoints {
		return f
	}
	n := int((w.To-w.From-1)/step) + 1
	f.T = make([]int64, n)
	for k := range f.T {
		f.T[k] = w.From + int64(k)*step
	}
	for i := range w.Traces {
		f.Tags = append(f.Tags, w.Traces[i].Tag)
		f.V = append(f.V, g.read(&w.Traces[i], f.T))
	}
	return f
}

// read follows the trace and the grid side by side.
func (g Grid) read(t *series.Trace, at []int64) []float64 {
	v := make([]float64, len(at))
	i := -1 // the newest sample at or before the point
	for k, now := range at {
		for i+1 < len(t.T) && t.T[i+1] <= now {
			i++
		}
		v[k] = g.value(t, i, now)
	}
	return v
}

func (g Grid) value(t *series.Trace, i int, now int64) float64 {
	if i < 0 || !sound(t, i) || now-t.T[i] > int64(g.Valid) || now-t.T[i] < 0 {
		return math.NaN()
	}
	if !g.Linear || i+1 >= len(t.T) || !sound(t, i+1) {
		return t.V[i]
	}
	apart := t.T[i+1] - t.T[i]
	if apart <= 0 || apart > int64(g.Valid) {
		return t.V[i]
	}
	share := float64(now-t.T[i]) / float64(apart)
	return t.V[i]*(1-share) + t.V[i+1]*share
}

func sound(t *series.Trace, i int) bool {
	return series.QualityOf(t.Status[i]) != series.Bad && !math.IsNaN(t.V[i]) && !math.IsInf(t.V[i], 0)
}
