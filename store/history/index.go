package history

import (
	"encoding/binary"
	"errors"
	"io"
	"math"

	"edgelabel/store/frame"
)

// A sealed segment ends with where the frame of its index is and one of these, by the version of the segment.
const (
	trailer1    = "ELINDEX1"
	trailer2    = "ELINDEX2"
	trailerSize = 8 + len(trailer2)
)

// indexKind is the byte that the index of a segment of version 2 begins with, so that no search takes it for a block or a level.
const indexKind = 3

// index lists what a sealed segment holds, signal by signal.
type index []entry

type entry struct {
	tag    string
	blocks []span
	levels []levelAt // the finest first
}

// levelAt says where a level of the pyramid is.
type levelAt struct {
	at    int64 // offset of the frame
	shift int
}

// encode writes kind, number of tags, then of each: blocks with their offsets, times and samples, levels with their widths and offsets.
// An offset is written as the distance from the one before.
func (ix index) encode() []byte {
	b := binary.AppendUvarint([]byte{indexKind}, uint64(len(ix)))
	last := int64(0)
	offset := func(at int64) {
		b = binary.AppendUvarint(b, uint64(at-last))
		last = at
	}
	for _, e := range ix {
		b = binary.AppendUvarint(b, uint64(len(e.tag)))
		b = append(b, e.tag...)
		b = binary.AppendUvarint(b, uint64(len(e.blocks)))
		for _, s := range e.blocks {
			offset(s.at)
			b = binary.AppendVarint(b, s.first)
			b = binary.AppendUvarint(b, uint64(s.last-s.first))
			b = binary.AppendUvarint(b, uint64(s.samples))
		}
		b = binary.AppendUvarint(b, uint64(len(e.levels)))
		for _, l := range e.levels {
			b = append(b, byte(l.shift))
			offset(l.at)
		}
	}
	return b
}

var errIndex = errors.New("index of the segment is damaged")

// fields reads the numbers of an index one after the other.
type fields struct {
	b   []byte
	bad bool
}

func (f *fields) fail() uint64 {
	f.b, f.bad = nil, true
	return 0
}

func (f *fields) uint() uint64 {
	v, k := binary.Uvarint(f.b)
	if k <= 0 {
		return f.fail()
	}
	f.b = f.b[k:]
	return v
}

func (f *fields) int() int64 {
	v, k := binary.Varint(f.b)
	if k <= 0 {
		return int64(f.fail())
	}
	f.b = f.b[k:]
	return v
}

// count reads a number of things that take at least least bytes each.
func (f *fields) count(least int) int {
	n := f.uint()
	if n > uint64(len(f.b)/least) {
		return int(f.fail())
	}
	return int(n)
}

// take reads n bytes; n came from count.
func (f *fields) take(n int) []byte {
	if n > len(f.b) {
		f.fail()
		return nil
	}
	out := f.b[:n]
	f.b = f.b[n:]
	return out
}

// decodeIndex reads what encode wrote, of the tags that are wanted; nil wants all.
func decodeIndex(b []byte, want map[string]bool) (index, error) {
	f := &fields{b: b}
	if kind := f.take(1); len(kind) == 0 || kind[0] != indexKind {
		return nil, errIndex
	}
	var ix index
	last := uint64(0)
	for left := f.count(3); left > 0 && !f.bad; left-- {
		tag := f.take(f.count(1))
		keep := want == nil || want[string(tag)]
		var e entry
		n := f.count(4)
		if n == 0 {
			f.fail() // a signal is in the index because there are samples of it
		}
		for ; n > 0; n-- {
			last += f.uint()
			first := f.int()
			s := span{int64(last), first, first + int64(f.uint()), int(f.uint())}
			if keep {
				e.blocks = append(e.blocks, s)
			}
		}
		for n := f.count(2); n > 0 && !f.bad; n-- {
			shift := f.take(1)
			last += f.uint()
			if keep && !f.bad {
				e.levels = append(e.levels, levelAt{int64(last), int(shift[0])})
			}
		}
		if keep {
			e.tag = string(tag)
			ix = append(ix, e)
		}
	}
	if f.bad || last > math.MaxInt64 {
		return nil, errIndex
	}
	return ix, nil
}

// decodeIndex1 reads the index of a segment of version 1: of each block the tag, the offset and the times.
func decodeIndex1(b []byte, want map[string]bool) (index, error) {
	f := &fields{b: b}
	var ix index
	for n := f.count(4); n > 0 && !f.bad; n-- {
		tag := f.take(f.count(1))
		at := f.uint()
		s := span{at: int64(at), first: f.int(), last: f.int()}
		if at > math.MaxInt64 {
			return nil, errIndex
		}
		if want != nil && !want[string(tag)] {
			continue
		}
		if n := len(ix); n == 0 || ix[n-1].tag != string(tag) {
			ix = append(ix, entry{tag: string(tag)})
		}
		e := &ix[len(ix)-1]
		e.blocks = append(e.blocks, s)
	}
	if f.bad {
		return nil, errIndex
	}
	return ix, nil
}

// readIndex reads the index of a sealed segment, of the tags that are wanted, and says where its frame is.
func readIndex(r io.ReaderAt, size int64, want map[string]bool) (ix index, at int64, err error) {
	var t [trailerSize]byte
	if size < frame.FileHeader+int64(trailerSize) {
		return nil, 0, errIndex
	}
	if _, err := r.ReadAt(t[:], size-int64(trailerSize)); err != nil {
		return nil, 0, err
	}
	decode := decodeIndex
	switch string(t[8:]) {
	case trailer1:
		decode = decodeIndex1
	case trailer2:
	default:
		return nil, 0, errIndex
	}
	where := binary.LittleEndian.Uint64(t[:])
	if where > uint64(size) {
		return nil, 0, errIndex
	}
	payload, err := frame.ReadAt(r, int64(where), size-int64(trailerSize))
	if err != nil {
		return nil, 0, errIndex
	}
	ix, err = decode(payload, want)
	return ix, int64(where), err
}
