package plane

import "image"

// Stretch is a picture in another size. Large ones are halved first, so that fine faults are averaged rather than skipped.
func Stretch(m *image.Gray, w, h int) *image.Gray {
	for m.Rect.Dx() >= 2*w && m.Rect.Dy() >= 2*h {
		m = Halve(m)
	}
	sx, sy := float64(m.Rect.Dx())/float64(w), float64(m.Rect.Dy())/float64(h)
	out := New(w, h)
	for y := range h {
		for x := range w {
			fx := min(max((float64(x)+0.5)*sx-0.5, 0), float64(m.Rect.Dx()-1))
			fy := min(max((float64(y)+0.5)*sy-0.5, 0), float64(m.Rect.Dy()-1))
			v, _ := At(m, fx, fy)
			out.Pix[y*out.Stride+x] = uint8(v + 0.5)
		}
	}
	return out
}
