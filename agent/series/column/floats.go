package column

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

// AppendFloats adds a column of values to dst. What is no fraction of the kind that fits most is written beside it, bit by bit.
func AppendFloats(dst []byte, v []float64) []byte {
	f, ok := fit(v)
	if !ok {
		return AppendPlanes(append(dst, asPlanes), v)
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
		return AppendPlanes(append(dst, asPlanes), v)
	}
	dst = binary.AppendUvarint(append(dst, f.code), uint64(len(odd)))
	for _, i := range odd {
		dst = binary.AppendUvarint(dst, uint64(i))
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v[i]))
	}
	return AppendInts(dst, numbers)
}

// fit finds the coarsest kind that some of the values, spread over all, are of.
func fit(v []float64) (fraction, bool) {
	for code := byte(asDecimals); code <= asBinary+mostBits; code++ {
		if f, ok := fractionOf(code); ok && f.fits(v) {
			return f, true
		}
	}
	return fraction{}, false
}

func (f fraction) fits(v []float64) bool {
	step := max(len(v)/probes, 1)
	allowed := (len(v) + step - 1) / step / oddShare
	for i := 0; i < len(v); i += step {
		if _, ok := f.whole(v[i]); ok {
			continue
		}
		if allowed--; allowed < 0 {
			return false
		}
	}
	return true
}

// Floats reads n values that AppendFloats wrote. They are valid until the next ones; whole numbers that were read before are not.
func (r *Reader) Floats(n int) []float64 {
	code := r.Byte()
	if code == asPlanes {
		return r.Planes(n)
	}
	f, ok := fractionOf(code)
	if !ok {
		r.Fail("value column")
		return nil
	}
	odd := r.odd(n)
	r.mem.floats = Grown(r.mem.floats, n)
	for i, m := range r.Ints(n) {
		r.mem.floats[i] = float64(m) / f.by
	}
	for ; len(odd) > 0; odd = odd[2:] {
		r.mem.floats[odd[0]] = math.Float64frombits(odd[1])
	}
	return r.mem.floats
}

// odd reads the places and the bits of the values that are not of the kind.
func (r *Reader) odd(n int) (list []uint64) {
	for count := r.Count(9); count > 0 && r.err == nil; count-- {
		i := r.Uint()
		b := r.Take(8)
		if r.err == nil && i >= uint64(n) {
			r.Fail("value column")
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

// SkipFloats walks over a column.
func (r *Reader) SkipFloats(n int) {
	if r.Byte() == asPlanes {
		r.Take(8 * n)
		return
	}
	r.odd(n)
	r.SkipInts(n)
}
