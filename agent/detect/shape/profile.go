package shape

import "math"

const (
	floor    = .01 // of the signal's variance, added to that of a window: a flat stretch has no shape
	spare    = 256 // values, so that they are moved only now and then
	redone   = 8   // products worked out anew with each value, so that rounding does not add up
	furthest = 50  // standard deviations; a value beyond is as far as can be
)

// profile is the left matrix profile of a signal (Yeh and others 2016): how far the newest window is from the most similar one before it.
// The products of the newest window with all earlier ones follow from those of the value before: all distances are exact, at one pass
// over the lags for each value. Values come in standard deviations of the signal.
type profile struct {
	width int // values in a window
	reach int // lags

	n        int       // values seen
	values   []float32 // the newest reach+width and up to spare older ones
	products []float32 // of the newest window with that which ended reach-1-i values earlier
	mean     []float32 // of the window that ends at a value; these three go with values
	inverse  []float32 // of its standard deviation
	flat     []float32 // what its flatness takes off the distance of forms
	size     []float32 // its sum of squares
	again    int       // the product that is worked out anew next
}

func newProfile(width, reach int) profile {
	p := profile{width: width, reach: reach, products: make([]float32, reach)}
	columns := []*[]float32{&p.values, &p.mean, &p.inverse, &p.flat, &p.size}
	room := reach + width + spare
	memory := make([]float32, room*len(columns)) // of all: five pieces would be rounded up five times
	for i, s := range columns {
		*s = memory[i*room : i*room+reach+width : (i+1)*room]
	}
	return p
}

// push takes the next value. shape is the distance that counts the form alone, level the one that counts size as well. ok is false
// until there is an earlier window.
func (p *profile) push(v float64) (shape, level float64, ok bool) {
	p.add(float32(max(-furthest, min(furthest, v))))
	last := len(p.values) - 1
	first := last - p.reach + 1
	p.follow(last, first)
	p.renew(last, first)
	lags := min(p.reach-1, p.n-p.width) // the furthest window that is whole
	if lags < p.width {
		return 0, 0, false
	}
	shape, level = p.nearest(last, p.reach-1-lags, p.reach-p.width, first)
	return shape, level, true
}

func (p *profile) add(v float32) {
	if len(p.values) == cap(p.values) {
		for _, s := range []*[]float32{&p.values, &p.mean, &p.inverse, &p.flat, &p.size} {
			*s = (*s)[:copy(*s, (*s)[spare:])]
		}
	}
	p.values = append(p.values, v)
	p.n++
	p.describe(p.values[len(p.values)-p.width:])
}

// describe notes what goes with the newest window.
//
//go:norace
func (p *profile) describe(window []float32) {
	var sum, squares float64
	for _, x := range window {
		sum += float64(x)
		squares += float64(x) * float64(x)
	}
	mean := sum / float64(p.width)
	variance := max(squares/float64(p.width)-mean*mean, 0)
	p.mean = append(p.mean, float32(mean))
	p.inverse = append(p.inverse, float32(1/math.Sqrt(variance+floor)))
	p.flat = append(p.flat, float32(floor*float64(p.width)/(variance+floor)))
	p.size = append(p.size, float32(variance*float64(p.width)))
}

// follow lets the products go from the window before to the newest.
//
//go:norace
func (p *profile) follow(last, first int) {
	d := p.products
	in, out := p.values[first : last+1][:len(d)], p.values[first-p.width : last+1-p.width][:len(d)]
	comes, goes := p.values[last], p.values[last-p.width]
	for i := range d {
		d[i] += comes*in[i] - goes*out[i]
	}
}

//go:norace
func (p *profile) renew(last, first int) {
	newest := p.values[last-p.width+1 : last+1]
	for range redone {
		at := first + p.again
		other := p.values[at-p.width+1 : at+1]
		var sum float32
		for i, v := range newest {
			sum += v * other[i]
		}
		p.products[p.again] = sum
		p.again = (p.again + 1) % p.reach
	}
}

// nearest looks among the products from a up to b.
//
//go:norace
func (p *profile) nearest(last, a, b, first int) (shape, level float64) {
	d := p.products[a:b]
	mean, inverse := p.mean[first+a:][:len(d)], p.inverse[first+a:][:len(d)]
	flat, size := p.flat[first+a:][:len(d)], p.size[first+a:][:len(d)]
	own, steep := 2*float32(p.width)*p.mean[last], p.inverse[last]
	most, least := float32(-math.MaxFloat32), float32(math.MaxFloat32)
	for i, product := range d {
		together := 2*product - own*mean[i]
		if s := flat[i] + steep*inverse[i]*together; s > most {
			most = s
		}
		if l := size[i] - together; l < least {
			least = l
		}
	}
	shape = float64(2*p.width) - float64(p.flat[last]) - float64(most)
	level = float64(p.size[last]) + float64(least)
	return math.Sqrt(max(shape, 0)), math.Sqrt(max(level, 0))
}
