package golden

import (
	"image"
	"math"
	"slices"

	"edgelabel/agent/vision/plane"
)

// Local alignment: parts bend and lenses distort, so that after the one pose a picture may still be off by a little here and there.
const (
	tile = 80 // pixels
	wide = 3  // pixels of the halved picture searched in each direction
	near = 2  // pixels searched around that
	skip = 2  // every second pixel of every second row is compared
)

// drift is the shift that is left in each tile of the reference.
type drift struct {
	nx, ny int
	by     [][2]float64
}

// newDrift compares the picture, brought into the reference's frame, tile by tile. half is the halved reference.
func newDrift(reference, half, picture *image.Gray) drift {
	w, h := plane.Size(reference)
	halved := plane.Halve(picture)
	d := drift{nx: max(1, w/tile), ny: max(1, h/tile)}
	known := make([]bool, d.nx*d.ny)
	tileAt := func(i int) image.Rectangle {
		return image.Rect(i%d.nx*w/d.nx, i/d.nx*h/d.ny, (i%d.nx+1)*w/d.nx, (i/d.nx+1)*h/d.ny)
	}
	for i := range known {
		r := tileAt(i)
		rough := shiftOf(half, halved, image.Rectangle{r.Min.Div(2), r.Max.Div(2)}, image.Point{}, wide)
		s := shiftOf(reference, picture, r, rough.whole.Mul(2), near)
		known[i] = s.known
		d.by = append(d.by, [2]float64{float64(s.whole.X) + s.part[0], float64(s.whole.Y) + s.part[1]})
	}
	d = d.smooth(known)
	for i, by := range d.by {
		if by != [2]float64{} && worse(reference, picture, tileAt(i), by) {
			d.by[i] = [2]float64{}
		}
	}
	return d
}

// worse reports a shift that makes a tile less alike than none: its neighbours were no guide to it.
func worse(reference, picture *image.Gray, r image.Rectangle, by [2]float64) bool {
	dx, dy := int(math.Round(by[0])), int(math.Round(by[1]))
	r = r.Intersect(reference.Rect.Inset(max(dx, -dx, dy, -dy)))
	return !r.Empty() && difference(reference, picture, r, dx, dy) > 1.1*difference(reference, picture, r, 0, 0)
}

// smooth gives each tile the median of itself and its neighbours, of those that are known: a part bends as a whole, and a single tile may
// be led astray by lines that run one way.
func (d drift) smooth(known []bool) drift {
	out := drift{d.nx, d.ny, make([][2]float64, len(d.by))}
	for j := range d.ny {
		for i := range d.nx {
			var xs, ys []float64
			for v := max(j-1, 0); v <= min(j+1, d.ny-1); v++ {
				for u := max(i-1, 0); u <= min(i+1, d.nx-1); u++ {
					if known[v*d.nx+u] {
						xs, ys = append(xs, d.by[v*d.nx+u][0]), append(ys, d.by[v*d.nx+u][1])
					}
				}
			}
			if len(xs) > 0 {
				out.by[j*d.nx+i] = [2]float64{middle(xs), middle(ys)}
			}
		}
	}
	return out
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return (values[len(values)/2] + values[(len(values)-1)/2]) / 2
}

// shift is how a tile lies off. part is what it lies off between pixels; known says that the tile has enough to see.
type shift struct {
	whole image.Point
	part  [2]float64
	known bool
}

// shiftOf is the shift of a tile, within far of the given one, that leaves the least difference; of nearly equal ones the smallest. Near
// its minimum the sum of absolute differences is a V, whose tip three values give.
func shiftOf(reference, picture *image.Gray, r image.Rectangle, around image.Point, far int) (s shift) {
	most := max(far+around.X, far-around.X, far+around.Y, far-around.Y)
	if r = r.Intersect(reference.Rect.Inset(most)); r.Dx() < 4*far || r.Dy() < 4*far {
		return s
	}
	cost := make([]float64, (2*far+1)*(2*far+1))
	at := func(i, j int) float64 { return cost[(j+far)*(2*far+1)+i+far] }
	for k := range cost {
		cost[k] = difference(reference, picture, r, around.X+k%(2*far+1)-far, around.Y+k/(2*far+1)-far)
	}
	least, mean := slices.Min(cost), 0.0
	for _, c := range cost {
		mean += c / float64(len(cost))
	}
	if mean < float64(r.Dx()*r.Dy()/(skip*skip)) || least > 0.8*mean { // less than a grey value a pixel, or every shift is as good
		return s
	}
	bx, by := far, far
	for j := -far; j <= far; j++ {
		for i := -far; i <= far; i++ {
			if at(i, j) <= 1.05*least && i*i+j*j < bx*bx+by*by {
				bx, by = i, j
			}
		}
	}
	s.whole, s.known = around.Add(image.Pt(bx, by)), true
	s.part[0] = tip(func(i int) float64 { return at(i, by) }, bx, far)
	s.part[1] = tip(func(j int) float64 { return at(bx, j) }, by, far)
	return s
}

func tip(cost func(int) float64, at, far int) float64 {
	if at == -far || at == far {
		return 0
	}
	a, b, c := cost(at-1), cost(at), cost(at+1)
	if rise := math.Max(a, c) - b; rise > 0 {
		return (a - c) / (2 * rise)
	}
	return 0
}

func difference(reference, picture *image.Gray, r image.Rectangle, dx, dy int) float64 {
	sum := 0
	for y := r.Min.Y; y < r.Max.Y; y += skip {
		a := reference.Pix[y*reference.Stride+r.Min.X : y*reference.Stride+r.Max.X]
		b := picture.Pix[(y+dy)*picture.Stride+r.Min.X+dx:][:len(a)]
		for x := 0; x < len(a); x += skip {
			v := int(a[x]) - int(b[x])
			sum += max(v, -v)
		}
	}
	return float64(sum)
}

// at is the shift at a pixel, interpolated between the centres of the tiles.
func (d drift) at(x, y int, size image.Rectangle) (dx, dy float64) {
	u := float64(x)*float64(d.nx)/float64(size.Dx()) - 0.5
	v := float64(y)*float64(d.ny)/float64(size.Dy()) - 0.5
	i, j := min(max(u, 0), float64(d.nx-1)), min(max(v, 0), float64(d.ny-1))
	i0, j0 := int(i), int(j)
	i1, j1 := min(i0+1, d.nx-1), min(j0+1, d.ny-1)
	fi, fj := i-float64(i0), j-float64(j0)
	mix := func(k int) float64 {
		a, b := d.by[j0*d.nx+i0][k], d.by[j0*d.nx+i1][k]
		e, f := d.by[j1*d.nx+i0][k], d.by[j1*d.nx+i1][k]
		top, low := a+fi*(b-a), e+fi*(f-e)
		return top + fj*(low-top)
	}
	return mix(0), mix(1)
}

func (d drift) still() bool {
	for _, b := range d.by {
		if b != [2]float64{} {
			return false
		}
	}
	return true
}
