package history

import (
	"encoding/binary"
	"errors"
	"io"
	"math"

	"edgelabel/store/frame"
)

const (
	trailer     = "ELINDEX1"
	trailerSize = 8 + len(trailer)
)

// index lists a sealed segment's blocks.
type index []entry

type entry struct {
	tag string
	span
}

func (ix index) of(tags map[string]bool) []span {
	var list []span
	for _, e := range ix {
		if tags[e.tag] {
			list = append(list, e.span)
		}
	}
	return list
}

// encode writes number of blocks, then tag, offset, first and last time of each.
func (ix index) encode() []byte {
	b := binary.AppendUvarint(nil, uint64(len(ix)))
	for _, e := range ix {
		b = binary.AppendUvarint(b, uint64(len(e.tag)))
		b = append(b, e.tag...)
		b = binary.AppendUvarint(b, uint64(e.at))
		b = binary.AppendVarint(b, e.first)
		b = binary.AppendVarint(b, e.last)
	}
	return b
}

var errIndex = errors.New("index of the segment is damaged")

// decodeIndex reads what encode wrote.
func decodeIndex(b []byte) (index, error) {
	n, k := binary.Uvarint(b)
	if k <= 0 || n > uint64(len(b)/4) {
		return nil, errIndex
	}
	b = b[k:]
	ix := make(index, 0, n)
	for range n {
		size, k := binary.Uvarint(b)
		if k <= 0 || size > uint64(len(b)-k) {
			return nil, errIndex
		}
		e := entry{tag: string(b[k : k+int(size)])}
		b = b[k+int(size):]
		at, k := binary.Uvarint(b)
		if k <= 0 || at > math.MaxInt64 {
			return nil, errIndex
		}
		b = b[k:]
		first, k := binary.Varint(b)
		last, k2 := binary.Varint(b[max(k, 0):])
		if k <= 0 || k2 <= 0 {
			return nil, errIndex
		}
		b = b[k+k2:]
		e.span = span{int64(at), first, last}
		ix = append(ix, e)
	}
	return ix, nil
}

// indexOffset is where the frame of a good index begins.
func indexOffset(r io.ReaderAt, size int64) int64 {
	var t [8]byte
	if _, err := r.ReadAt(t[:], size-int64(trailerSize)); err != nil {
		return -1
	}
	return int64(binary.LittleEndian.Uint64(t[:]))
}

func readIndex(r io.ReaderAt, size int64) (index, error) {
	var t [16]byte
	if size < frame.FileHeader+int64(trailerSize) {
		return nil, errIndex
	}
	if _, err := r.ReadAt(t[:], size-int64(trailerSize)); err != nil {
		return nil, err
	}
	at := binary.LittleEndian.Uint64(t[:])
	if string(t[8:]) != trailer || at > uint64(size) {
		return nil, errIndex
	}
	payload, err := frame.ReadAt(r, int64(at), size-int64(trailerSize))
	if err != nil {
		return nil, errIndex
	}
	return decodeIndex(payload)
}
