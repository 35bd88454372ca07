package board

import (
	"image"
	"math"
)

// grey is a picture as numbers from 0 to 255. The centre of its first pixel is 0.5, 0.5.
type grey struct {
	w, h int
	v    []float32
}

// levelled brightens a picture that uses the lowest part of its range alone, as that of a 12-bit camera in 16 bits does.
func levelled(m *image.Gray) *grey {
	g := &grey{w: m.Rect.Dx(), h: m.Rect.Dy(), v: make([]float32, m.Rect.Dx()*m.Rect.Dy())}
	top := uint8(0)
	for _, p := range m.Pix {
		top = max(top, p)
	}
	scale := float32(1)
	if top > 0 && top < 64 {
		scale = 255 / float32(top)
	}
	for i, p := range m.Pix {
		g.v[i] = float32(p) * scale
	}
	return g
}

func (g *grey) halved() *grey {
	out := &grey{w: g.w / 2, h: g.h / 2, v: make([]float32, (g.w/2)*(g.h/2))}
	for y := range out.h {
		upper, lower := g.v[2*y*g.w:], g.v[(2*y+1)*g.w:]
		for x := range out.w {
			out.v[y*out.w+x] = (upper[2*x] + upper[2*x+1] + lower[2*x] + lower[2*x+1]) / 4
		}
	}
	return out
}

// at is the value at a place, between the four pixels around it; the border goes on beyond the picture.
func (g *grey) at(p point) float64 {
	x, y := p.x-0.5, p.y-0.5
	x0, y0 := math.Floor(x), math.Floor(y)
	fx, fy := x-x0, y-y0
	v := func(x, y int) float64 { return float64(g.v[min(max(y, 0), g.h-1)*g.w+min(max(x, 0), g.w-1)]) }
	i, j := int(x0), int(y0)
	top := v(i, j)*(1-fx) + v(i+1, j)*fx
	bottom := v(i, j+1)*(1-fx) + v(i+1, j+1)*fx
	return top*(1-fy) + bottom*fy
}

// blurred is the picture smoothed by a bell of the given standard deviation in pixels.
func (g *grey) blurred(sigma float64) *grey {
	kernel := bell(sigma)
	across := &grey{w: g.w, h: g.h, v: make([]float32, len(g.v))}
	for y := range g.h {
		smooth(across.v[y*g.w:(y+1)*g.w], g.v[y*g.w:(y+1)*g.w], kernel)
	}
	out := &grey{w: g.w, h: g.h, v: make([]float32, len(g.v))}
	reach := len(kernel) / 2
	for y := range g.h {
		to := out.v[y*g.w : (y+1)*g.w]
		for k, weight := range kernel {
			from := across.v[min(max(y+k-reach, 0), g.h-1)*g.w:]
			for x := range to {
				to[x] += weight * from[x]
			}
		}
	}
	return out
}

func smooth(to, from, kernel []float32) {
	reach, last := len(kernel)/2, len(from)-1
	for x := range to {
		var sum float32
		for k, weight := range kernel {
			sum += weight * from[min(max(x+k-reach, 0), last)]
		}
		to[x] = sum
	}
}

func bell(sigma float64) []float32 {
	reach := int(math.Ceil(2.5 * sigma))
	kernel, sum := make([]float32, 2*reach+1), float32(0)
	for k := range kernel {
		d := float64(k-reach) / sigma
		kernel[k] = float32(math.Exp(-d * d / 2))
		sum += kernel[k]
	}
	for k := range kernel {
		kernel[k] /= sum
	}
	return kernel
}
