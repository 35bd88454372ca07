package texture

import "math"

const (
	around  = 1   // cells in each direction in which the like of a cell is looked for
	likes   = 2   // good pictures that must have the like: one alone may be wrong
	smooth  = 2   // cells in each direction over which what is usual is averaged
	leastSD = 0.3 // of distances: what hardly ever varies is not trusted to that degree
	far     = 1e3 // distances end here
)

// bank is the whitened cells of good pictures, and what distance is usual where.
type bank struct {
	nx, ny       int
	pictures     [][]float32
	mean, spread []float32 // of the distance of a good picture that is held back, by cell
}

// distances is how far each cell of a picture is from its like in the good pictures. skip, where not negative, is held back.
func (b *bank) distances(p []float32, skip int) []float32 {
	out := make([]float32, b.nx*b.ny)
	for j := range b.ny {
		for i := range b.nx {
			out[j*b.nx+i] = b.distance(p[(j*b.nx+i)*dims:][:dims], i, j, skip)
		}
	}
	return out
}

func (b *bank) distance(v []float32, i, j, skip int) float32 {
	nearest, second := float32(far*far), float32(far*far)
	for k, p := range b.pictures {
		if k == skip {
			continue
		}
		least := second
		for y := max(0, j-around); y <= min(b.ny-1, j+around); y++ {
			for x := max(0, i-around); x <= min(b.nx-1, i+around); x++ {
				least = min(least, apart(v, p[(y*b.nx+x)*dims:][:dims], least))
			}
		}
		if least < nearest {
			nearest, second = least, nearest
		} else {
			second = least
		}
	}
	if len(b.pictures) <= likes {
		second = nearest
	}
	return float32(math.Sqrt(float64(second)))
}

// apart is the squared distance of two cells; it stops counting beyond enough.
func apart(a, b []float32, enough float32) (sum float32) {
	b = b[:len(a)]
	for d := 0; d < len(a); d += perLevel {
		for k := d; k < d+perLevel; k++ {
			e := a[k] - b[k]
			sum += e * e
		}
		if sum >= enough {
			return sum
		}
	}
	return sum
}

// settle learns what distances good pictures have where, by holding back one after the other, and returns those distances in units of
// what is usual.
func (b *bank) settle() [][]float32 {
	held := make([][]float32, len(b.pictures))
	sum, squares := make([]float64, b.nx*b.ny), make([]float64, b.nx*b.ny)
	for k, p := range b.pictures {
		held[k] = b.distances(p, k)
		for i, v := range held[k] {
			sum[i] += float64(v)
			squares[i] += float64(v) * float64(v)
		}
	}
	b.mean, b.spread = make([]float32, len(sum)), make([]float32, len(sum))
	for j := range b.ny {
		for i := range b.nx {
			b.usual(i, j, sum, squares)
		}
	}
	for _, d := range held {
		b.relate(d)
	}
	return held
}

func (b *bank) usual(i, j int, sum, squares []float64) {
	var s, q, n float64
	for y := max(0, j-smooth); y <= min(b.ny-1, j+smooth); y++ {
		for x := max(0, i-smooth); x <= min(b.nx-1, i+smooth); x++ {
			s, q, n = s+sum[y*b.nx+x], q+squares[y*b.nx+x], n+float64(len(b.pictures))
		}
	}
	mean := s / n
	b.mean[j*b.nx+i] = float32(mean)
	b.spread[j*b.nx+i] = float32(math.Sqrt(max(0, q/n-mean*mean)) + leastSD)
}

// relate puts distances in units of what is usual at their place: 0 is the mean of good pictures, 1 a standard deviation more.
func (b *bank) relate(d []float32) {
	for i, v := range d {
		d[i] = (v - b.mean[i]) / b.spread[i]
	}
}
