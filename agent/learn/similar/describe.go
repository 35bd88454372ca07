package similar

import (
	"image"
	"math"
)

// Sizes of a descriptor.
const (
	side     = 32 // pixels of the patch that gradients are taken of
	cells    = 4  // along each side
	bins     = 8  // of direction, over half a turn
	patterns = 59 // uniform local binary patterns of 8 neighbours, and one for the rest
	shapes   = 7
	margin   = 0.35 // of the box, taken in on each side: a defect is known by what is around it
	leastBox = 12.0 // pixels: a smaller box is widened
)

// descriptor is what a region of an image looks like: where its edges run (HOG, Dalal and Triggs 2005), its texture (LBP, Ojala et al. 2002),
// its brightness, and its size and shape. The first two are of length 1.
type descriptor struct {
	edges   [cells * cells * bins]float32
	texture [patterns]float32
	shape   [shapes]float32
}

// Weights of the parts in a distance, which is about 0 for the same and 1 for unlike regions.
const (
	edgeWeight    = 0.4
	textureWeight = 0.3
	shapeWeight   = 0.3
)

// apart is how unlike two regions are, 0 and more.
func (d *descriptor) apart(o *descriptor) float64 {
	return edgeWeight*(1-dot(d.edges[:], o.edges[:])) + textureWeight*(1-dot(d.texture[:], o.texture[:])) + shapeWeight*d.unshaped(o)
}

func dot(a, b []float32) float64 {
	var sum float32
	for i := range a {
		sum += a[i] * b[i]
	}
	return float64(sum)
}

func (d *descriptor) unshaped(o *descriptor) float64 {
	sum := 0.0
	for i := range d.shape {
		sum += math.Min(1, math.Abs(float64(d.shape[i]-o.shape[i])))
	}
	return sum / shapes
}

// describe looks at a box of an image; the box is cut to the image. It reports false for one outside.
func describe(m *image.Gray, box image.Rectangle) (*descriptor, bool) {
	box = box.Intersect(m.Bounds())
	if box.Empty() {
		return nil, false
	}
	x, y, w, h := around(box)
	patch := resample(m, x, y, w, h)
	d := &descriptor{}
	d.gradients(patch)
	d.binary(patch)
	d.moments(m, box, patch)
	return d, true
}

// around is the box with its surroundings, in pixels; it may reach outside the image.
func around(box image.Rectangle) (x, y, w, h float64) {
	bw, bh := float64(box.Dx()), float64(box.Dy())
	w, h = math.Max(bw, leastBox)*(1+2*margin), math.Max(bh, leastBox)*(1+2*margin)
	return float64(box.Min.X) + bw/2 - w/2, float64(box.Min.Y) + bh/2 - h/2, w, h
}

// resample takes side × side pixels, each the mean of what it covers or, where that is less than a pixel, the value between its
// neighbours. What lies outside is as the edge.
func resample(m *image.Gray, x, y, w, h float64) *[side][side]float32 {
	patch := &[side][side]float32{}
	for r := range side {
		y0, y1 := y+h*float64(r)/side, y+h*float64(r+1)/side
		for c := range side {
			x0, x1 := x+w*float64(c)/side, x+w*float64(c+1)/side
			patch[r][c] = mean(m, x0, y0, x1, y1)
		}
	}
	return patch
}

// samples is at how many points along each side of a cell of resample the image is read at most.
const samples = 6

func mean(m *image.Gray, x0, y0, x1, y1 float64) float32 {
	nx, ny := min(samples, int(math.Ceil(x1-x0))), min(samples, int(math.Ceil(y1-y0)))
	var sum float32
	for j := range ny {
		for i := range nx {
			sum += between(m, x0+(x1-x0)*(float64(i)+.5)/float64(nx)-.5, y0+(y1-y0)*(float64(j)+.5)/float64(ny)-.5)
		}
	}
	return sum / float32(nx*ny)
}

func between(m *image.Gray, x, y float64) float32 {
	b := m.Bounds()
	fx, fy := math.Floor(x), math.Floor(y)
	ax, ay := float32(x-fx), float32(y-fy)
	at := func(dx, dy int) float32 {
		px := min(max(int(fx)+dx, b.Min.X), b.Max.X-1)
		py := min(max(int(fy)+dy, b.Min.Y), b.Max.Y-1)
		return float32(m.Pix[m.PixOffset(px, py)])
	}
	return (at(0, 0)*(1-ax)+at(1, 0)*ax)*(1-ay) + (at(0, 1)*(1-ax)+at(1, 1)*ax)*ay
}

// gradients sums the edges' strength by cell and direction. The root tames single strong edges.
func (d *descriptor) gradients(p *[side][side]float32) {
	const cell = side / cells
	for r := 1; r < side-1; r++ {
		for c := 1; c < side-1; c++ {
			dx, dy := float64(p[r][c+1]-p[r][c-1]), float64(p[r+1][c]-p[r-1][c])
			angle := math.Atan2(dy, dx)
			if angle < 0 {
				angle += math.Pi
			}
			bin := min(int(angle/math.Pi*bins), bins-1)
			d.edges[((r/cell)*cells+c/cell)*bins+bin] += float32(math.Hypot(dx, dy))
		}
	}
	root(d.edges[:])
}

// binary counts the local binary patterns. A neighbour counts as brighter from a small step on, so that noise makes no texture.
func (d *descriptor) binary(p *[side][side]float32) {
	const step = 4 // of 255
	around := [8][2]int{{-1, -1}, {-1, 0}, {-1, 1}, {0, 1}, {1, 1}, {1, 0}, {1, -1}, {0, -1}}
	for r := 1; r < side-1; r++ {
		for c := 1; c < side-1; c++ {
			code := 0
			for i, n := range around {
				if p[r+n[0]][c+n[1]] > p[r][c]+step {
					code |= 1 << i
				}
			}
			d.texture[uniform(code)]++
		}
	}
	root(d.texture[:])
}

// uniform numbers the patterns with at most two changes around the circle; all others share the last number.
func uniform(code int) int {
	changes, ones := 0, 0
	for i := range 8 {
		a, b := code>>i&1, code>>((i+1)%8)&1
		ones += a
		changes += a ^ b
	}
	switch {
	case changes > 2:
		return patterns - 1
	case ones == 0:
		return 0
	case ones == 8:
		return 57
	}
	first := 0
	for first < 8 && !(code>>first&1 == 1 && code>>((first+7)%8)&1 == 0) {
		first++
	}
	return 1 + (ones-1)*8 + first
}

// root takes square roots and scales to length 1; nothing at all stays so.
func root(v []float32) {
	var sum float32
	for _, x := range v {
		sum += x
	}
	if sum == 0 {
		return
	}
	for i, x := range v {
		v[i] = float32(math.Sqrt(float64(x / sum)))
	}
}

// moments are brightness and contrast of the box and of what is around it, and the box's size and shape; each about 0 to 1.
func (d *descriptor) moments(m *image.Gray, box image.Rectangle, p *[side][side]float32) {
	const inner = side * 7 / 34 // where the box begins: margin / (1 + 2*margin) of the side
	var in, out stat
	for r := range side {
		for c := range side {
			if r >= inner && r < side-inner && c >= inner && c < side-inner {
				in.add(float64(p[r][c]))
			} else {
				out.add(float64(p[r][c]))
			}
		}
	}
	w, h := float64(box.Dx()), float64(box.Dy())
	for i, v := range []float64{
		in.mean() / 255, in.sd() / 128, (in.mean() - out.mean()) / 128, out.sd() / 128, math.Log2(math.Sqrt(w*h)) / 6, math.Log2(w/h) / 3,
		math.Sqrt(w*h/float64(m.Bounds().Dx()*m.Bounds().Dy())) * 2,
	} {
		d.shape[i] = float32(v)
	}
}

type stat struct{ n, sum, square float64 }

func (s *stat) add(v float64) { s.n, s.sum, s.square = s.n+1, s.sum+v, s.square+v*v }

func (s *stat) mean() float64 { return s.sum / s.n }

func (s *stat) sd() float64 { return math.Sqrt(math.Max(0, s.square/s.n-s.mean()*s.mean())) }
