package column

import (
	"encoding/binary"
	"math"
)

// scales are what may be divided out of a column of whole numbers: ticks of OPC UA, micro-, milliseconds and seconds in nanoseconds.
func scales() [5]int64 { return [5]int64{1, 100, 1e3, 1e6, 1e9} }

const (
	orders   = 3  // 0: distances from the first, 1: from the one before, 2: of these distances
	fewest   = 32 // numbers below which it is not worth to look for the best order
	anyOrder = 1
)

// AppendInts adds whole numbers to dst: a byte for what was divided out and for the order of differences, then the differences.
func AppendInts(dst []byte, v []int64) []byte {
	scale := scaleOf(v)
	if scale > 0 {
		by, scaled := scales()[scale], make([]int64, len(v))
		for i := range v {
			scaled[i] = v[i] / by
		}
		v = scaled
	}
	best, order := differences(nil, v, anyOrder), anyOrder
	if len(v) >= fewest {
		cost := entropy(best)
		for _, o := range [orders - 1]int{0, 2} {
			b := differences(nil, v, o)
			if c := entropy(b); c < cost {
				best, order, cost = b, o, c
			}
		}
	}
	return append(append(dst, byte(scale*orders+order)), best...)
}

// scaleOf is the largest scale that divides all.
func scaleOf(v []int64) int {
	all := scales()
	scale := len(all) - 1
	for _, x := range v {
		for x%all[scale] != 0 {
			scale--
		}
	}
	return scale
}

func differences(b []byte, v []int64, order int) []byte {
	var p predictor
	for _, x := range v {
		b = binary.AppendVarint(b, x-p.next(order))
		p.saw(x)
	}
	return b
}

// predictor says what comes next, as the order of differences has it.
type predictor struct {
	n                 int
	first, last, step int64
}

func (p *predictor) next(order int) int64 {
	switch {
	case p.n == 0:
		return 0
	case order == 0:
		return p.first
	case order == 1 || p.n == 1:
		return p.last
	}
	return p.last + p.step
}

func (p *predictor) saw(x int64) {
	if p.n == 0 {
		p.first = x
	}
	p.n++
	p.step, p.last = x-p.last, x
}

// entropy is how many bits the bytes take if each is coded by how often it comes, which is about what the compressor makes of them.
func entropy(b []byte) (bits float64) {
	var counts [256]int
	for _, c := range b {
		counts[c]++
	}
	for _, n := range counts {
		if n > 0 {
			bits -= float64(n) * math.Log2(float64(n)/float64(len(b)))
		}
	}
	return bits
}

// Ints reads n numbers that AppendInts wrote. They are valid until the next ones.
func (r *Reader) Ints(n int) []int64 {
	kind := int(r.Byte())
	all := scales()
	if kind >= orders*len(all) {
		r.Fail("column")
		return nil
	}
	r.mem.ints = Grown(r.mem.ints, n)
	out, by, order := r.mem.ints, all[kind/orders], kind%orders
	var p predictor
	for i := range out {
		x := p.next(order) + r.Int()
		p.saw(x)
		out[i] = x * by
	}
	return out
}

// SkipInts walks over a column.
func (r *Reader) SkipInts(n int) {
	r.Byte()
	r.SkipNumbers(n)
}
