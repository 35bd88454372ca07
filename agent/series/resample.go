package series

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Method says what a point of a Resampling tells of a signal.
type Method string

const (
	Last   Method = "last"   // the newest sample at or before the point
	Linear Method = "linear" // the straight line between the samples around the point, where they are no further apart than they are valid
	Mean   Method = "mean"   // the mean over the step that begins at the point, each sample counting for as long as it speaks for the signal
	MinMax Method = "minmax" // the extremes of the step that begins at the point, as two traces
)

// Resampling puts the signals of a window on common points in time without inventing values. A sample speaks for its signal until the
// next one, and for no longer than it is valid; one that is bad or no number speaks of nothing known.
type Resampling struct {
	Step   time.Duration // between points, of which the first is where the window begins
	Method Method
	Valid  time.Duration // of a sample, after its own time
}

// ErrTooFine is returned for a window that would have more than four million points.
var ErrTooFine = errors.New("too many points: want a longer step")

// Check says what is wrong with it.
func (r Resampling) Check() error {
	switch r.Method {
	case Last, Linear, Mean, MinMax:
	default:
		return fmt.Errorf("method %q: want last, linear, mean or minmax", r.Method)
	}
	if r.Step <= 0 || r.Valid <= 0 {
		return fmt.Errorf("step %v, valid %v: want above zero", r.Step, r.Valid)
	}
	return nil
}

// Window returns w with every trace on the same points: NaN and StatusBadNoData where nothing is known, else the status of the worst sample
// that the point is made of. With MinMax each trace becomes two, of which tag and name end in .min and .max. w stays as it is.
func (r Resampling) Window(w *Window) (*Window, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	at := Grid{Step: r.Step}.points(w)
	if at == nil && w.To > w.From {
		return nil, fmt.Errorf("window of %v every %v: %w", time.Duration(w.To-w.From), r.Step, ErrTooFine)
	}
	out := &Window{From: w.From, To: w.To, Gaps: w.Gaps}
	for i := range w.Traces {
		out.Traces = append(out.Traces, r.trace(&w.Traces[i], at, w.To)...)
	}
	return out, nil
}

func (r Resampling) trace(t *Trace, at []int64, end int64) []Trace {
	if r.Method == Last || r.Method == Linear {
		g := Grid{Step: r.Step, Valid: r.Valid, Linear: r.Method == Linear}
		return []Trace{{Tag: t.Tag, Name: t.Name, Unit: t.Unit, T: at, V: g.read(t, at), Status: g.statuses(t, at)}}
	}
	cells := r.cells(t, at, end)
	made := func(suffix string, value func(*stretch) float64) Trace {
		out := Trace{Tag: t.Tag + suffix, Name: t.Name + suffix, Unit: t.Unit, T: at, V: make([]float64, len(at)), Status: make([]uint32, len(at))}
		for k := range cells {
			out.V[k], out.Status[k] = math.NaN(), StatusBadNoData
			if c := &cells[k]; c.known > 0 {
				out.V[k], out.Status[k] = value(c), c.status
			}
		}
		return out
	}
	if r.Method == Mean {
		return []Trace{made("", (*stretch).mean)}
	}
	return []Trace{
		made(".min", func(c *stretch) float64 { return c.least }),
		made(".max", func(c *stretch) float64 { return c.greatest }),
	}
}

// stretch is what is known of a signal during one step.
type stretch struct {
	known           int64   // ns
	sum             float64 // of value times ns
	least, greatest float64
	status          uint32
}

func (c *stretch) add(v float64, status uint32, ns int64) {
	if c.known == 0 {
		c.least, c.greatest, c.status = v, v, status
	}
	c.known += ns
	c.sum += v * float64(ns)
	c.least, c.greatest = min(c.least, v), max(c.greatest, v)
	if QualityOf(status) > QualityOf(c.status) {
		c.status = status
	}
}

// mean lies between the extremes, also where the sum was rounded or overflowed.
func (c *stretch) mean() float64 {
	return min(max(c.sum/float64(c.known), c.least), c.greatest)
}

// cells follows what each sample speaks for through the steps. One at the very moment of the next still counts for a nanosecond.
func (r Resampling) cells(t *Trace, at []int64, end int64) []stretch {
	cells := make([]stretch, len(at))
	step := int64(r.Step)
	for i := range t.T {
		from, to := t.T[i], end
		if i+1 < len(t.T) {
			to = min(to, t.T[i+1])
		}
		to = max(min(to, until(from, r.Valid)), from+1)
		if len(at) == 0 || !sound(t, i) || to <= at[0] || from >= end {
			continue
		}
		from = max(from, at[0])
		for k := int((from - at[0]) / step); k < len(cells) && from < to; k++ {
			edge := min(until(at[k], r.Step), to)
			cells[k].add(t.V[i], t.Status[i], edge-from)
			from = edge
		}
	}
	return cells
}

// until is the moment so much later, or the last one that there is.
func until(from int64, d time.Duration) int64 {
	if from > math.MaxInt64-int64(d) {
		return math.MaxInt64
	}
	return from + int64(d)
}
