package similar

import (
	"cmp"
	"slices"
)

// hit is a window and how far it is from the query.
type hit struct {
	at       int64 // on the grid
	distance float64
}

// best keeps the k nearest windows that do not overlap by more than half.
type best struct {
	k, apart int64
	hits     []hit // nearest first
}

// worst is the distance that a hit must undercut.
func (b *best) worst() (float64, bool) {
	if int64(len(b.hits)) < b.k {
		return 0, false
	}
	return b.hits[len(b.hits)-1].distance, true
}

// take takes in the profile of a stretch that begins at from; skip says which windows do not count.
func (b *best) take(from int64, profile []float64, skip func(at int64) bool) {
	limit, full := b.worst()
	var near []hit
	for i, d := range profile {
		if d <= 2 && (!full || d < limit) && !skip(from+int64(i)) { // farther than 2 is +Inf
			near = append(near, hit{from + int64(i), d})
		}
	}
	near = append(near, b.hits...)
	slices.SortFunc(near, func(a, c hit) int { return cmp.Or(cmp.Compare(a.distance, c.distance), cmp.Compare(a.at, c.at)) })
	b.hits = b.hits[:0:0]
	for _, h := range near {
		if int64(len(b.hits)) == b.k {
			return
		}
		if !slices.ContainsFunc(b.hits, func(o hit) bool { return max(o.at-h.at, h.at-o.at) < b.apart }) {
			b.hits = append(b.hits, h)
		}
	}
}
