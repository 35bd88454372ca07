package multivariate

import "math"

const (
	patience = 10 // rows beyond the limit open a candidate, one after the other
	calm     = 3  // rows end it
)

// What opens and ends a candidate, as logarithms of the excess.
const (
	much    = math.Ln2 // twice the limit opens one at once
	inside  = -.357    // below .7 of the limit it has come back
	settled = -3.219   // 4 % of its worst: what is left then is the way back, not the fault
	grown   = math.Ln2 // twice what it had come back to: it gets worse again
)

// watch turns the excess into candidates. One that ends while the asset is still beyond its limit has come back from far: only when it
// grows again, or was inside the limit in between, a new one opens.
type watch struct {
	open  bool
	rows  int     // beyond the limit, or inside again, one after the other
	worst float64 // of the open candidate
	floor float64 // lowest since the last candidate; where it counts
	back  bool    // floor counts
}

// set takes the logarithm of the newest excess and reports whether a candidate is open.
func (w *watch) set(excess float64) bool {
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
	if w.rows++; w.rows >= patience || excess > limit+much {
		*w = watch{open: true, worst: excess}
	}
}

func (w *watch) close(excess float64) {
	w.worst = max(w.worst, excess)
	if excess >= max(inside, w.worst+settled) {
		w.rows = 0
		return
	}
	if w.rows++; w.rows >= calm {
		*w = watch{floor: excess, back: true}
	}
}
