package robustz

import (
	"math"
	"slices"
)

// window is the newest n values, in order of arrival and in order of size.
type window struct {
	ring   []float64 // by arrival, next points at the oldest once it is full
	next   int
	sorted []float64
}

func newWindow(n int) window {
	return window{ring: make([]float64, 0, n), sorted: make([]float64, 0, n)}
}

func (w *window) len() int { return len(w.ring) }

func (w *window) reset() { w.ring, w.sorted, w.next = w.ring[:0], w.sorted[:0], 0 }

// add takes a finite value and drops the oldest when the window is full.
func (w *window) add(v float64) {
	if len(w.ring) < cap(w.ring) {
		w.ring = append(w.ring, v)
		at, _ := slices.BinarySearch(w.sorted, v)
		w.sorted = slices.Insert(w.sorted, at, v)
		return
	}
	old := w.ring[w.next]
	w.ring[w.next] = v
	w.next = (w.next + 1) % len(w.ring)
	from, _ := slices.BinarySearch(w.sorted, old)
	to, _ := slices.BinarySearch(w.sorted, v)
	if to > from { // everything between moves one place down
		to--
		copy(w.sorted[from:to], w.sorted[from+1:to+1])
	} else {
		copy(w.sorted[to+1:from+1], w.sorted[to:from])
	}
	w.sorted[to] = v
}

func (w *window) median() float64 {
	n := len(w.sorted)
	if n%2 == 1 {
		return w.sorted[n/2]
	}
	return w.sorted[n/2-1]/2 + w.sorted[n/2]/2
}

// deviation is the median absolute deviation. The values nearest to the median are a stretch of the sorted ones; of the possible
// stretches of half the window the right one is where the distance at both ends is about the same, and bisection finds it.
func (w *window) deviation() float64 {
	n, mid := len(w.sorted), w.median()
	k := n/2 + 1 // the upper of the two middle deviations where n is even
	low, high := 0, n-k
	for low < high {
		i := (low + high) / 2
		if mid-w.sorted[i] > w.sorted[i+k]-mid {
			low = i + 1
		} else {
			high = i
		}
	}
	return max(math.Abs(mid-w.sorted[low]), math.Abs(w.sorted[low+k-1]-mid))
}

// decileRange is the distance between the first and the last decile.
func (w *window) decileRange() float64 {
	cut := len(w.sorted) / 10
	return w.sorted[len(w.sorted)-1-cut] - w.sorted[cut]
}
