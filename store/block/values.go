package block

import (
	"encoding/binary"
	"math"
)

// How a column of values is written: as bits in planes, as whole numbers of 10^-e (asDecimals+e) or of 2^-k (asBinary+k).
const (
	asPlanes   = 0
	asDecimals = 1
	asBinary   = 64

	mostDigits = 12
	mostBits   = 40
	probes     = 64 // values that are tried before all are
	oddShare   = 16 // at most one value in so many is not of the kind
)

// fraction is a kind of values: whole numbers divided by one that decimals or a converter's steps come from.
type fraction struct {
	code byte
	by   float64
}

func fractionOf(code byte) (fraction, bool) {
	switch {
	case code >= asDecimals && code <= asDecimals+mostDigits:
		by := 1.0
		for range code - asDecimals {
			by *= 10 // exact as far as mostDigits goes
		}
		return fraction{code, by}, true
	case code >= asBinary && code <= asBinary+mostBits:
		return fraction{code, math.Ldexp(1, int(code-asBinary))}, true
	}
	return fraction{}, false
}

// whole returns the number whose division gives v to the last bit.
func (f fraction) whole(v float64) (int64, bool) {
	m := math.Round(v * f.by)
	if !(math.Abs(m) < 1<<53) { // nor is NaN
		return 0, false
	}
	n := int64(m)
	return n, math.Float64bits(float64(n)/f.by) == math.Float64bits(v)
}

// values writes a column of values. What is no fraction of the kind that fits most is written beside it, bit by bit.
func (w *writer) values(v []float64) {
	f, ok := fit(v)
	if !ok {
		w.b = append(w.b, asPlanes)
		w.planes(v)
		return
	}
	numbers, last := make([]int64, len(v)), int64(0)
	var odd []int
	for i, x := range v {
		if m, ok := f.whole(x); ok {
			last = m
		} else {
			odd = append(odd, i)
		}
		numbers[i] = last
	}
	if len(odd) > len(v)/oddShare {
		w.b = append(w.b, asPlanes)
		w.planes(v)
		return
	}
	w.b = append(w.b, f.code)
	w.uint(uint64(len(odd)))
	for _, i := range odd {
		w.uint(uint64(i))
		w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v[i]))
	}
	w.integers(numbers)
}

// fit finds the coarsest kind that some of the values, spread over all, are of.
func fit(v []float64) (fraction, bool) {
	step := max(len(v)/probes, 1)
	for code := byte(asDecimals); code <= asBinary+mostBits; code++ {
		f, ok := fractionOf(code)
		if !ok {
			continue
		}
		odd, tried := 0, 0
		for i := 0; i < len(v); i += step {
			tried++
			if _, ok := f.whole(v[i]); !ok {
				odd++
			}
		}
		if odd <= tried/oddShare {
			return f, true
		}
	}
	return fraction{}, false
}

// floats reads a column of values. They are valid until the next ones.
func (r *reader) floats(n int) []float64 {
	code := r.byte()
	if code == asPlanes {
		r.mem.floats = grown(r.mem.floats, n)
		for i, bits := range r.planes(n) {
			r.mem.floats[i] = math.Float64frombits(bits)
		}
		return r.mem.floats
	}
	f, ok := fractionOf(code)
	if !ok {
		r.fail("value column")
		return nil
	}
	odd := r.odd(n)
	r.mem.floats = grown(r.mem.floats, n)
	for i, m := range r.integers(n) {
		r.mem.floats[i] = float64(m) / f.by
	}
	for ; len(odd) > 0; odd = odd[2:] {
		r.mem.floats[odd[0]] = math.Float64frombits(odd[1])
	}
	return r.mem.floats
}

// odd reads the places and the bits of the values that are not of the kind.
func (r *reader) odd(n int) (list []uint64) {
	for count := r.count(9); count > 0 && r.err == nil; count-- {
		i := r.uint()
		b := r.take(8)
		if r.err == nil && i >= uint64(n) {
			r.fail("value column")
		}
		if r.err == nil {
			list = append(list, i, binary.LittleEndian.Uint64(b))
		}
	}
	if r.err != nil {
		return nil
	}
	return list
}

func (r *reader) skipValues(n int) {
	if r.byte() == asPlanes {
		r.take(8 * n)
		return
	}
	r.odd(n)
	r.skipIntegers(n)
}

// grown is a slice of n elements, of the memory of another where that is enough.
func grown[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n)
	}
	return old[:n]
}
