package plane

import "image"

// Darkest returns, for each pixel, the darkest within a square that reaches r pixels in each direction; Brightest the brightest. What is
// outside the picture does not count.
func Darkest(m *image.Gray, r int) *image.Gray   { return extreme(m, r, darken) }
func Brightest(m *image.Gray, r int) *image.Gray { return extreme(m, r, brighten) }

// extreme works on a copy with r rows repeated at top and bottom, first along each row and then over whole rows: both run forwards
// through memory, and a window of n takes about log2(n) steps.
func extreme(m *image.Gray, r int, pick func(dst, src []uint8)) *image.Gray {
	w, h := Size(m)
	if r < 1 || w == 0 || h == 0 {
		out := New(w, h)
		copy(out.Pix, m.Pix)
		return out
	}
	rows := make([]uint8, w*(h+2*r))
	padded := make([]uint8, w+2*r)
	for y := range h + 2*r {
		from := m.Pix[min(max(y-r, 0), h-1)*m.Stride:][:w]
		if y >= r && y < h+r {
			alongRow(rows[y*w:][:w], padded, from, r, pick)
		}
	}
	for k := range r {
		copy(rows[k*w:][:w], rows[r*w:][:w])
		copy(rows[(h+r+k)*w:][:w], rows[(h+r-1)*w:][:w])
	}
	steps(2*r+1, func(by int) { pick(rows[:len(rows)-by*w], rows[by*w:]) })
	out := New(w, h)
	copy(out.Pix, rows)
	return out
}

func alongRow(out, padded, row []uint8, r int, pick func(dst, src []uint8)) {
	copy(padded[r:], row)
	for k := range r {
		padded[k], padded[len(padded)-1-k] = row[0], row[len(row)-1]
	}
	steps(2*r+1, func(by int) { pick(padded[:len(padded)-by], padded[by:]) })
	copy(out, padded)
}

// steps calls combine with the shifts that together make a window of n.
func steps(n int, combine func(by int)) {
	have := 1
	for 2*have <= n {
		combine(have)
		have *= 2
	}
	if have < n {
		combine(n - have)
	}
}

// darken may be given overlapping slices where src is ahead of dst.
func darken(dst, src []uint8) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = min(dst[i], v)
	}
}

func brighten(dst, src []uint8) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = max(dst[i], v)
	}
}
