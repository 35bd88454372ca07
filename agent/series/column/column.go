// Package column packs columns of times and of measured values into few bytes; store/FORMAT.md draws them.
package column

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrDamaged is returned for bytes that hold no such columns.
var ErrDamaged = errors.New("columns are damaged")

// AppendPlanes adds the bits of the values byte by byte: all lowest bytes first. Neighbours compress better so.
func AppendPlanes(dst []byte, values []float64) []byte {
	for shift := 0; shift < 64; shift += 8 {
		for _, v := range values {
			dst = append(dst, byte(math.Float64bits(v)>>shift))
		}
	}
	return dst
}

// Memory is what Reader needs for the moment. Whoever reads one after the other with the same makes no garbage.
type Memory struct {
	ints   []int64
	bits   []uint64
	floats []float64
}

// Reader reads bytes from the front, whole columns or single numbers. After the first that is not there all others are zero or empty, and
// Err says what was wrong.
type Reader struct {
	b   []byte
	mem *Memory
	err error
}

// NewReader reads b. mem belongs to it until the last column was used; nil takes memory of its own.
func NewReader(b []byte, mem *Memory) Reader {
	if mem == nil {
		mem = new(Memory)
	}
	return Reader{b: b, mem: mem}
}

// Err is what was wrong first; it wraps ErrDamaged.
func (r *Reader) Err() error { return r.err }

// Len is how many bytes are left.
func (r *Reader) Len() int { return len(r.b) }

// Fail makes the reader fail, as what it read makes no sense to the caller.
func (r *Reader) Fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrDamaged, what)
	}
	r.b = nil
}

// Uint reads an unsigned varint.
func (r *Reader) Uint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.Fail("short number")
		return 0
	}
	r.b = r.b[n:]
	return v
}

// Int reads a zigzag varint.
func (r *Reader) Int() int64 {
	if len(r.b) > 0 && r.b[0] < 0x80 { // most are short
		c := int64(r.b[0])
		r.b = r.b[1:]
		return c>>1 ^ -(c & 1)
	}
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.Fail("short number")
		return 0
	}
	r.b = r.b[n:]
	return v
}

// Count reads a number of things that take at least least bytes each, so that a crafted number cannot ask for memory that is not there.
func (r *Reader) Count(least int) int {
	n := r.Uint()
	if n > uint64(len(r.b)/least) {
		r.Fail("impossible count")
		return 0
	}
	return int(n)
}

// Bytes reads a length and so many bytes, which stay part of what is read.
func (r *Reader) Bytes() []byte { return r.Take(r.Count(1)) }

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if len(r.b) == 0 {
		r.Fail("short")
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

// Take is the next n bytes.
func (r *Reader) Take(n int) []byte {
	if n > len(r.b) {
		r.Fail("short column")
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

// SkipNumbers walks over n varints: each ends with the first byte whose highest bit is not set.
func (r *Reader) SkipNumbers(n int) {
	for i, c := range r.b {
		if c >= 0x80 {
			continue
		}
		if n--; n == 0 {
			r.b = r.b[i+1:]
			return
		}
	}
	if n > 0 {
		r.Fail("short number")
	}
}

// Planes reads n values that AppendPlanes wrote. They are valid until the next ones.
func (r *Reader) Planes(n int) []float64 {
	b := r.Take(8 * n)
	if r.err != nil {
		return nil
	}
	r.mem.bits = Grown(r.mem.bits, n)
	clear(r.mem.bits)
	for plane := range 8 {
		for i, c := range b[plane*n : (plane+1)*n] {
			r.mem.bits[i] |= uint64(c) << (8 * plane)
		}
	}
	r.mem.floats = Grown(r.mem.floats, n)
	for i, bits := range r.mem.bits {
		r.mem.floats[i] = math.Float64frombits(bits)
	}
	return r.mem.floats
}

// Deltas reads n times that are written as deltas of deltas. They are valid until the next whole numbers.
func (r *Reader) Deltas(n int) []int64 {
	r.mem.ints = Grown(r.mem.ints, n)
	var last, step int64
	for i := range r.mem.ints {
		t := last + step + r.Int()
		r.mem.ints[i] = t
		last, step = t, t-last
	}
	return r.mem.ints
}

// Grown is a slice of n elements, of the memory of another where that is enough.
func Grown[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n)
	}
	return old[:n]
}
