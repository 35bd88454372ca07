package multivariate

import (
	"math"
	"slices"
)

const (
	blocks = 5    // parts of the normal rows, held out in turn
	share  = .95  // of a block's rows stay below its own limit
	tiny   = 1e-9 // T² and Q below it are rounding
)

// index is how unusual a row is: the mean of the logarithms of T² and Q. In logarithms one wild row weighs little, and a change shows
// that moves the row inside the plane and off it.
func index(t2, q float64) float64 { return (math.Log(t2+tiny) + math.Log(q+tiny)) / 2 }

// levels are two moving averages of the index.
type levels struct{ quick, slow float64 }

func (l *levels) add(index float64, s *Settings) {
	l.quick += s.Quick * (index - l.quick)
	l.slow += s.Slow * (index - l.slow)
}

// limits are what normal rows stay below. They come from rows that the model had not seen, because on the rows that it was made from
// every model looks better than it is.
type limits struct {
	levels
	usual   float64 // index
	usualT2 float64 // logarithms
	usualQ  float64
}

// hold works the limits out: whole stretches of the normal rows are held out in turn.
func hold(rows [][]float64, s *Settings) limits {
	var parts [][]float64
	var all, t2, q []float64
	for b := range blocks {
		from, to := b*len(rows)/blocks, (b+1)*len(rows)/blocks
		rest := append(slices.Clone(rows[:from]), rows[to:]...)
		if from == to || len(rest) < 2 {
			continue
		}
		m := fit(rest, s.Kept)
		part := make([]float64, 0, to-from)
		d := newDrift(len(rows[0]), s)
		scores := make([]float64, len(m.spread))
		for _, row := range rows[from:to] {
			inside, off := d.judge(&m, row, scores)
			t2, q = append(t2, math.Log(inside+tiny)), append(q, math.Log(off+tiny))
			part = append(part, index(inside, off))
		}
		parts, all = append(parts, part), append(all, part...)
	}
	if len(all) == 0 {
		return limits{}
	}
	l := limits{usual: quantile(all, .5), usualT2: quantile(t2, .5), usualQ: quantile(q, .5)}
	l.levels = beyond(parts, l.usual, s)
	return l
}

func beyond(parts [][]float64, usual float64, s *Settings) levels {
	var ends [2][]float64
	for _, part := range parts {
		at := levels{usual, usual}
		var seen [2][]float64
		for _, v := range part {
			at.add(v, s)
			seen[0], seen[1] = append(seen[0], at.quick), append(seen[1], at.slow)
		}
		for i := range ends {
			ends[i] = append(ends[i], quantile(seen[i], share))
		}
	}
	return levels{wander(ends[0], s.WanderQuick), wander(ends[1], s.WanderSlow)}
}

// quantile sorts the values.
func quantile(values []float64, q float64) float64 {
	slices.Sort(values)
	return values[min(len(values)-1, int(q*float64(len(values))))]
}

func wander(ends []float64, more float64) float64 {
	worst, middle := quantile(ends, 1), quantile(ends, .5)
	return worst + more*(worst-middle)
}
