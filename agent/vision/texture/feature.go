package texture

import (
	"image"
	"math"

	"edgelabel/agent/vision/plane"
)

// What a picture is looked at as.
const (
	mostPixels = 300_000 // of the working picture: a larger one is halved until it has no more
	cell       = 8       // pixels of the working picture
	levels     = 3       // the working picture, its half and its quarter
	perLevel   = 5
	dims       = levels * perLevel
	leastSide  = 3 * cell // pixels of a picture that has a texture
	leastPool  = 4        // pixels: a smaller window says too little
)

// grid is the working size of a camera's pictures.
type grid struct{ w, h int }

func gridFor(m *image.Gray) grid {
	w, h := plane.Size(m)
	for w*h > mostPixels && min(w, h) >= 2*leastSide {
		w, h = w/2, h/2
	}
	return grid{w, h}
}

func (g grid) cells() (nx, ny int) { return g.w / cell, g.h / cell }

// working brings a picture of any size to the working size; another shape is stretched.
func (g grid) working(m *image.Gray) *image.Gray {
	for m.Rect.Dx() >= 2*g.w && m.Rect.Dy() >= 2*g.h {
		m = plane.Halve(m)
	}
	if w, h := plane.Size(m); w == g.w && h == g.h {
		return m
	}
	sx, sy := float64(m.Rect.Dx()-1)/float64(g.w-1), float64(m.Rect.Dy()-1)/float64(g.h-1)
	return plane.Warp(m, plane.New(g.w, g.h), func(x, y int) (float64, float64) { return float64(x) * sx, float64(y) * sy })
}

// features describes each cell, row by row, by dims numbers: how much the picture changes in four directions and at all, at three sizes.
// Logarithms make half and twice as much equally far from usual.
func (g grid) features(m *image.Gray) []float32 {
	nx, ny := g.cells()
	out := make([]float32, nx*ny*dims)
	m = g.working(m)
	for l := range levels {
		for j := range ny {
			for i := range nx {
				r := image.Rect((i*cell)>>l, (j*cell)>>l, ((i+1)*cell)>>l, ((j+1)*cell)>>l)
				if r.Dx() < leastPool {
					r = r.Inset(-1)
				}
				pool(out[(j*nx+i)*dims+l*perLevel:][:perLevel], m, r.Intersect(m.Rect.Inset(1)))
			}
		}
		m = plane.Halve(m)
	}
	return out
}

// pool averages what changes within r, which keeps a pixel from the border.
func pool(out []float32, m *image.Gray, r image.Rectangle) {
	var across, down, falling, rising, bent int
	s := m.Stride
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for i := y*s + r.Min.X; i < y*s+r.Max.X; i++ {
			p := m.Pix
			left, right, up, low := int(p[i-1]), int(p[i+1]), int(p[i-s]), int(p[i+s])
			across += size(right - left)
			down += size(low - up)
			falling += size(int(p[i+s+1]) - int(p[i-s-1]))
			rising += size(int(p[i+s-1]) - int(p[i-s+1]))
			bent += size(4*int(p[i]) - left - right - up - low)
		}
	}
	n := float64(max(1, r.Dx()*r.Dy()))
	for k, sum := range [perLevel]int{across, down, falling, rising, bent} {
		out[k] = float32(math.Log1p(float64(sum) / n))
	}
}

func size(v int) int { return max(v, -v) }
