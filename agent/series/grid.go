package series

import (
	"math"
	"time"
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
func (g Grid) Frame(w *Window) Frame {
	f := Frame{T: g.points(w)}
	if f.T == nil {
		return f
	}
	for i := range w.Traces {
		f.Tags = append(f.Tags, w.Traces[i].Tag)
		f.V = append(f.V, g.read(&w.Traces[i], f.T))
	}
	return f
}

// points is nil for a window that is empty or has too many.
func (g Grid) points(w *Window) []int64 {
	step := max(int64(g.Step), 1)
	if w.To <= w.From || w.To-w.From < 0 || (w.To-w.From-1)/step >= maxPoints {
		return nil
	}
	at := make([]int64, int((w.To-w.From-1)/step)+1)
	for k := range at {
		at[k] = w.From + int64(k)*step
	}
	return at
}

// statuses are those of the samples that read takes its values from.
func (g Grid) statuses(t *Trace, at []int64) []uint32 {
	out := make([]uint32, len(at))
	i := -1
	for k, now := range at {
		for i+1 < len(t.T) && t.T[i+1] <= now {
			i++
		}
		switch {
		case math.IsNaN(g.value(t, i, now)):
			out[k] = StatusBadNoData
		case g.onLine(t, i) && QualityOf(t.Status[i+1]) > QualityOf(t.Status[i]) && t.T[i] < now:
			out[k] = t.Status[i+1]
		default:
			out[k] = t.Status[i]
		}
	}
	return out
}

// read follows the trace and the grid side by side.
func (g Grid) read(t *Trace, at []int64) []float64 {
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

func (g Grid) value(t *Trace, i int, now int64) float64 {
	if i < 0 || !sound(t, i) || now-t.T[i] > int64(g.Valid) || now-t.T[i] < 0 {
		return math.NaN()
	}
	if !g.onLine(t, i) {
		return t.V[i]
	}
	share := float64(now-t.T[i]) / float64(t.T[i+1]-t.T[i])
	return t.V[i]*(1-share) + t.V[i+1]*share
}

// onLine reports whether between a sample and the next the straight line is taken.
func (g Grid) onLine(t *Trace, i int) bool {
	if !g.Linear || i+1 >= len(t.T) || !sound(t, i+1) {
		return false
	}
	apart := t.T[i+1] - t.T[i]
	return apart > 0 && apart <= int64(g.Valid)
}

func sound(t *Trace, i int) bool {
	return QualityOf(t.Status[i]) != Bad && !math.IsNaN(t.V[i]) && !math.IsInf(t.V[i], 0)
}
