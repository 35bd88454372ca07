package label

import "math"

// Box is the upright rectangle around a region of an image, in pixels; nil for a region of signals or one without a shape. The caller
// owns it.
func (r *Region) Box() *Rect {
	switch {
	case !r.Kind.OnImage():
		return nil
	case r.Rect != nil && r.Kind == RotatedBox:
		sin, cos := math.Sincos(r.Angle * math.Pi / 180)
		w := math.Abs(r.Rect.W*cos) + math.Abs(r.Rect.H*sin)
		h := math.Abs(r.Rect.W*sin) + math.Abs(r.Rect.H*cos)
		return &Rect{X: r.Rect.X + (r.Rect.W-w)/2, Y: r.Rect.Y + (r.Rect.H-h)/2, W: w, H: h}
	case r.Rect != nil:
		box := *r.Rect
		return &box
	case len(r.Points) == 0:
		return nil
	}
	lo, hi := r.Points[0], r.Points[0]
	for _, p := range r.Points {
		lo = [2]float64{min(lo[0], p[0]), min(lo[1], p[1])}
		hi = [2]float64{max(hi[0], p[0]), max(hi[1], p[1])}
	}
	return &Rect{X: lo[0], Y: lo[1], W: max(hi[0]-lo[0], 1), H: max(hi[1]-lo[1], 1)}
}
