package multivariate

import "slices"

const (
	blocks = 5   // parts of the normal rows, held out in turn
	share  = .95 // of a block's rows stay below its own limit
	calm   = .2  // weight of the newest row in the moving averages of T² and Q
)

// level is T² and Q, smoothed: a fault lasts, noise does not.
type level struct{ t2, q float64 }

func (l *level) add(t2, q float64) {
	l.t2 += calm * (t2 - l.t2)
	l.q += calm * (q - l.q)
}

// limits are the levels that normal rows stay below. They come from rows that the model had not seen, because on the rows that it was
// made from every model looks better than it is. Whole stretches are held out, and the more they differ from each other, the further
// the asset may wander later on: by as much again as the worst stretch is above the middle one.
func limits(rows [][]float64) level {
	var t2, q []float64
	for b := range blocks {
		from, to := b*len(rows)/blocks, (b+1)*len(rows)/blocks
		rest := append(slices.Clone(rows[:from]), rows[to:]...)
		if from == to || len(rest) < 2 {
			continue
		}
		m := fit(rest)
		limit := m.limit(rows[from:to])
		t2, q = append(t2, limit.t2), append(q, limit.q)
	}
	return level{wander(t2), wander(q)}
}

// limit is what most of the rows stay below.
func (m *model) limit(rows [][]float64) level {
	x, scores := make([]float64, len(m.mean)), make([]float64, len(m.spread))
	var t2, q []float64
	var l level
	for i, row := range rows {
		m.scale(x, row)
		inside, off := m.judge(x, scores)
		if i == 0 {
			l = level{inside, off}
		}
		l.add(inside, off)
		t2, q = append(t2, l.t2), append(q, l.q)
	}
	return level{quantile(t2), quantile(q)}
}

func quantile(values []float64) float64 {
	slices.Sort(values)
	return values[min(len(values)-1, int(share*float64(len(values))))]
}

const (
	least    = 1e-9 // limit
	furthest = 100  // times the worst stretch
)

func wander(limits []float64) float64 {
	if len(limits) == 0 {
		return 1
	}
	slices.Sort(limits)
	worst, middle := limits[len(limits)-1], limits[len(limits)/2]
	return max(least, worst*min(furthest, worst/max(middle, least)))
}
