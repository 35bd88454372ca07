// Package plane has the few operations on grey pictures that the detectors are made of. All of them take pictures whose top left pixel is
// 0,0 and that have no space between rows, as vision.Decode returns them, and leave what they are given unchanged.
package plane

import "image"

// New returns a black picture.
func New(w, h int) *image.Gray { return image.NewGray(image.Rect(0, 0, w, h)) }

// Size is a picture's width and height in pixels.
func Size(m *image.Gray) (w, h int) { return m.Rect.Dx(), m.Rect.Dy() }

// Halve averages blocks of two by two pixels; an odd last row or column is left out. A picture one pixel wide or high comes back as it is.
func Halve(m *image.Gray) *image.Gray {
	w, h := Size(m)
	if w < 2 || h < 2 {
		return m
	}
	out := New(w/2, h/2)
	for y := range h / 2 {
		a, b := m.Pix[2*y*m.Stride:], m.Pix[(2*y+1)*m.Stride:]
		row := out.Pix[y*out.Stride : (y+1)*out.Stride]
		for x := range row {
			row[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4)
		}
	}
	return out
}

// At reads between pixels by bilinear interpolation. ok is false outside the picture.
func At(m *image.Gray, x, y float64) (v float64, ok bool) {
	w, h := Size(m)
	if !(x >= 0 && y >= 0 && x <= float64(w-1) && y <= float64(h-1)) {
		return 0, false
	}
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	fx, fy := x-float64(x0), y-float64(y0)
	a, b := m.Pix[y0*m.Stride:], m.Pix[y1*m.Stride:]
	top := float64(a[x0]) + fx*(float64(a[x1])-float64(a[x0]))
	low := float64(b[x0]) + fx*(float64(b[x1])-float64(b[x0]))
	return top + fy*(low-top), true
}
