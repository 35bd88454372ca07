package plane

import "image"

// span is how far apart Warp asks where pixels come from; in between it goes straight.
const span = 16

// fixed is the number of fractional bits of a place between pixels.
const fixed = 16

// Warp fills a picture of the size of otherwise: its pixel x, y is read at the place from(x, y) in m, between pixels by bilinear
// interpolation. Where that lies outside m the pixel is that of otherwise.
func Warp(m, otherwise *image.Gray, from func(x, y int) (fx, fy float64)) *image.Gray {
	w, h := Size(otherwise)
	out := New(w, h)
	for y := range h {
		row, instead := out.Pix[y*out.Stride:][:w], otherwise.Pix[y*otherwise.Stride:][:w]
		ax, ay := from(0, y)
		for x := 0; x < w; x += span {
			bx, by := from(x+span, y)
			end := min(x+span, w)
			read(row[x:end], instead[x:end], m, toFixed(ax), toFixed(ay), toFixed((bx-ax)/span), toFixed((by-ay)/span))
			ax, ay = bx, by
		}
	}
	return out
}

func toFixed(v float64) int { return int(v * (1 << fixed)) }

// read takes pixels along a line; everything in fixed point.
func read(out, instead []uint8, m *image.Gray, x, y, dx, dy int) {
	w, h := Size(m)
	for i := range out {
		x0, y0 := x>>fixed, y>>fixed
		if x0 < 0 || y0 < 0 || x0 >= w || y0 >= h {
			out[i] = instead[i]
		} else {
			out[i] = between(m, x0, y0, w, h, (x>>(fixed-8))&255, (y>>(fixed-8))&255)
		}
		x, y = x+dx, y+dy
	}
}

// between interpolates at x0 + fx/256, y0 + fy/256.
func between(m *image.Gray, x0, y0, w, h, fx, fy int) uint8 {
	at, right, below := y0*m.Stride+x0, 1, m.Stride
	if x0 == w-1 {
		right = 0
	}
	if y0 == h-1 {
		below = 0
	}
	a, b := int(m.Pix[at]), int(m.Pix[at+right])
	c, d := int(m.Pix[at+below]), int(m.Pix[at+below+right])
	top, low := a<<8+fx*(b-a), c<<8+fx*(d-c)
	return uint8((top<<8 + fy*(low-top) + 1<<15) >> 16)
}
