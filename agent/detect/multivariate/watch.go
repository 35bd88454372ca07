package multivariate

import "math"

// calm is how many rows inside end a candidate.
const calm = 3

// What opens and ends a candidate, as logarithms of the excess.
const (
	much   = math.Ln2 // twice the limit opens one at once
	inside = -.357    // below .7 of the limit it has come back
	grown  = math.Ln2 // twice what it had come back to: it gets worse again
)

// watch turns the excess into candidates. One that ends while the asset is still beyond its limit has come back from far: only when it
// grows again, or was inside the limit in between, a new one opens.
type watch struct {
	set   *Settings
	open  bool
	rows  int     // beyond the limit, or inside again, one after the other
	worst float64 // of the open candidate
	floor float64 // lowest since the last candidate; where it counts
	back  bool    // floor counts
}

// see takes the logarithm of the newest excess and reports whether a candidate is open.
func (w *watch) see(excess float64) bool {
	if w.open {
		w.close(excess)
	} else {
		w.begin(excess)
	}
	return w.open
}

func (w *watch) begin(excess float64) {
	limit := 0.
	if w.back = w.back && excess >= 0; w.back {
		w.floor = min(w.floor, excess)
		limit = w.floor + grown
	}
	if excess <= limit {
		w.rows = 0
		return
	}
	if w.rows++; w.rows >= w.set.Patience || excess > limit+much {
		*w = watch{set: w.set, open: true, worst: excess}
	}
}

func (w *watch) close(excess float64) {
	w.worst = max(w.worst, excess)
	if excess >= max(inside, w.worst+w.set.settled()) {
		w.rows = 0
		return
	}
	if w.rows++; w.rows >= calm {
		*w = watch{set: w.set, floor: excess, back: true}
	}
}
