// Package keep writes what a detector has learnt into bytes and reads it back. A detector walks through its fields once for both ways:
//
//	func (d *Detector) Keep(b *keep.Book) {
//		b.Head("robust_z", 1)
//		b.Int(&d.next, 0, len(d.ring))
//		b.Floats(&d.ring, 0, cap(d.ring))
//	}
//
// Numbers are little endian, lists begin with their length as four bytes. What was written by another kind or version, is too long, or
// holds a number that cannot be is refused: it is learned anew.
package keep

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrOther marks bytes that are not what the reader wants.
var ErrOther = errors.New("not the state of this detector")

// Book is bytes that are written or read. After the first error it changes nothing more, and what was read until then is worth nothing.
type Book struct {
	bytes   []byte
	reading bool
	err     error
}

// Writing returns an empty book.
func Writing() *Book { return &Book{} }

// Reading returns a book to read what Bytes gave. It does not change b.
func Reading(b []byte) *Book { return &Book{bytes: b, reading: true} }

// Reads reports whether the fields are being filled.
func (b *Book) Reads() bool { return b.reading }

// Bytes is what was written.
func (b *Book) Bytes() []byte { return b.bytes }

// End returns the first error; bytes that nobody read are one.
func (b *Book) End() error {
	if b.err == nil && b.reading && len(b.bytes) > 0 {
		b.refuse("%d bytes too many", len(b.bytes))
	}
	return b.err
}

func (b *Book) refuse(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf("%w: %s", ErrOther, fmt.Sprintf(format, args...))
	}
}

// Check refuses what was read where it cannot be.
func (b *Book) Check(ok bool, what string) {
	if !ok {
		b.refuse("%s", what)
	}
}

// Head tells kinds and versions of state apart. settings are those that the state depends on.
func (b *Book) Head(kind string, version int, settings ...int) {
	b.same(kind)
	for _, n := range append([]int{version}, settings...) {
		read := n
		if b.Int(&read, math.MinInt, math.MaxInt); read != n {
			b.refuse("%s has %d, want %d", kind, read, n)
		}
	}
}

// Same holds that a text is as it was when the state was written.
func (b *Book) Same(text string) { b.same(text) }

func (b *Book) same(text string) {
	read := []byte(text)
	bytes := b.list(len(read), 1, len(text))
	if b.reading && b.err == nil {
		if string(bytes) != text {
			b.refuse("%q, want %q", bytes, text)
		}
		return
	}
	copy(bytes, text)
}

// take gives the next n bytes: to be filled, or as they were written. nil after an error.
func (b *Book) take(n int) []byte {
	if b.err != nil {
		return nil
	}
	if !b.reading {
		at := len(b.bytes)
		b.bytes = append(b.bytes, make([]byte, n)...)
		return b.bytes[at:]
	}
	if n > len(b.bytes) {
		b.refuse("cut off")
		return nil
	}
	out := b.bytes[:n]
	b.bytes = b.bytes[n:]
	return out
}

// Int keeps a number from least up to most.
func (b *Book) Int(p *int, least, most int) {
	v := int64(*p)
	b.Int64(&v)
	if b.err == nil && (v < int64(least) || v > int64(most)) {
		b.refuse("%d is not within %d and %d", v, least, most)
		return
	}
	*p = int(v)
}

// Int64 keeps any number.
func (b *Book) Int64(p *int64) {
	bytes := b.take(8)
	switch {
	case bytes == nil:
	case b.reading:
		*p = int64(binary.LittleEndian.Uint64(bytes))
	default:
		binary.LittleEndian.PutUint64(bytes, uint64(*p))
	}
}

// Float keeps a number; NaN and infinity too.
func (b *Book) Float(p *float64) {
	v := int64(math.Float64bits(*p))
	if b.Int64(&v); b.err == nil {
		*p = math.Float64frombits(uint64(v))
	}
}

// Flag keeps yes or no.
func (b *Book) Flag(p *bool) {
	v := 0
	if *p {
		v = 1
	}
	if b.Int(&v, 0, 1); b.err == nil {
		*p = v == 1
	}
}

// list gives the bytes of a list of n elements of so many bytes, or of those that were written: at most most.
func (b *Book) list(n, size, most int) []byte {
	head := b.take(4)
	switch {
	case head == nil:
		return nil
	case b.reading:
		n = int(binary.LittleEndian.Uint32(head))
	default:
		binary.LittleEndian.PutUint32(head, uint32(n))
	}
	if n > most {
		b.refuse("a list of %d, want at most %d", n, most)
		return nil
	}
	return b.take(n * size)
}

// Floats keeps a list of at least least and at most most. Read, it keeps its capacity where that suffices.
func (b *Book) Floats(p *[]float64, least, most int) {
	numbers(b, p, 8, least, most, func(at []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(at)) },
		func(at []byte, v float64) { binary.LittleEndian.PutUint64(at, math.Float64bits(v)) })
}

// Singles is Floats of numbers of half the size.
func (b *Book) Singles(p *[]float32, least, most int) {
	numbers(b, p, 4, least, most, func(at []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(at)) },
		func(at []byte, v float32) { binary.LittleEndian.PutUint32(at, math.Float32bits(v)) })
}

// Ints keeps a list of numbers.
func (b *Book) Ints(p *[]int, least, most int) {
	numbers(b, p, 8, least, most, func(at []byte) int { return int(binary.LittleEndian.Uint64(at)) },
		func(at []byte, v int) { binary.LittleEndian.PutUint64(at, uint64(v)) })
}

func numbers[T any](b *Book, p *[]T, size, least, most int, get func([]byte) T, put func([]byte, T)) {
	bytes := b.list(len(*p), size, most)
	if b.err != nil {
		return
	}
	n := len(bytes) / size
	if n < least {
		b.refuse("a list of %d, want at least %d", n, least)
		return
	}
	if b.reading {
		if n > cap(*p) {
			*p = make([]T, n)
		}
		*p = (*p)[:n]
	}
	for i := range n {
		if b.reading {
			(*p)[i] = get(bytes[i*size:])
		} else {
			put(bytes[i*size:], (*p)[i])
		}
	}
}
