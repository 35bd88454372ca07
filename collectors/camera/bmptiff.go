package camera

import (
	"encoding/binary"
	"fmt"
	"image"
	"slices"
)

// wholeBMP compares the file with what its header promises. Only uncompressed pixels pass the header check before.
func wholeBMP(data []byte) error {
	const fields = 30
	if len(data) < fields {
		return fmt.Errorf("%w: BMP header", ErrTruncated)
	}
	offset := int64(binary.LittleEndian.Uint32(data[10:]))
	width, height := int64(int32(binary.LittleEndian.Uint32(data[18:]))), int64(int32(binary.LittleEndian.Uint32(data[22:])))
	bits := int64(binary.LittleEndian.Uint16(data[28:]))
	row := (width*bits + 31) / 32 * 4
	if need := offset + row*max(height, -height); int64(len(data)) < need {
		return fmt.Errorf("%w: BMP of %d bytes, %d are needed", ErrTruncated, len(data), need)
	}
	return nil
}

// Tags of TIFF 6.0.
const (
	tagCompression     = 259
	tagStripOffsets    = 273
	tagStripByteCounts = 279
	tagTileOffsets     = 324
	tagTileByteCounts  = 325
)

var wanted = [...]uint16{tagCompression, tagStripOffsets, tagStripByteCounts, tagTileOffsets, tagTileByteCounts}

// readable are the compressions that the decoder knows: none, CCITT, LZW, deflate, PackBits.
var readable = [...]uint32{1, 2, 3, 4, 5, 8, 32773, 32946}

// wholeTIFF makes sure that every strip or tile of the first page lies inside the file.
func wholeTIFF(data []byte, conf image.Config) error {
	t := tiffFile{data: data, order: binary.ByteOrder(binary.LittleEndian)}
	if data[0] == 'M' {
		t.order = binary.BigEndian
	}
	tags, err := t.directory()
	if err != nil {
		return err
	}
	if c := tags[tagCompression]; len(c) > 0 && !slices.Contains(readable[:], c[0]) {
		return fmt.Errorf("%w: TIFF compression %d", ErrFormat, c[0])
	}
	offsets, counts := tags[tagStripOffsets], tags[tagStripByteCounts]
	if len(tags[tagTileOffsets]) > 0 {
		offsets, counts = tags[tagTileOffsets], tags[tagTileByteCounts]
	}
	if len(offsets) == 0 || len(offsets) != len(counts) {
		return fmt.Errorf("%w: TIFF of %d x %d with %d strips and %d lengths", ErrTruncated, conf.Width, conf.Height, len(offsets), len(counts))
	}
	for i := range offsets {
		if end := uint64(offsets[i]) + uint64(counts[i]); end > uint64(len(data)) {
			return fmt.Errorf("%w: TIFF strip %d of %d ends at byte %d of %d", ErrTruncated, i+1, len(offsets), end, len(data))
		}
	}
	return nil
}

type tiffFile struct {
	data  []byte
	order binary.ByteOrder
}

// directory reads the wanted tags of the first page.
func (t tiffFile) directory() (map[uint16][]uint32, error) {
	head, ok := t.at(4, 4)
	if !ok {
		return nil, fmt.Errorf("%w: TIFF header", ErrTruncated)
	}
	start := uint64(t.order.Uint32(head))
	count, ok := t.at(start, 2)
	if !ok {
		return nil, fmt.Errorf("%w: TIFF directory", ErrTruncated)
	}
	n := uint64(t.order.Uint16(count))
	entries, ok := t.at(start+2, 12*n)
	if !ok {
		return nil, fmt.Errorf("%w: TIFF directory", ErrTruncated)
	}
	tags := map[uint16][]uint32{}
	for e := entries; len(e) >= 12; e = e[12:] {
		tag := t.order.Uint16(e)
		if _, again := tags[tag]; again || !slices.Contains(wanted[:], tag) {
			continue // also so that a crafted directory cannot have the same megabytes read a thousand times
		}
		values, err := t.values(e[:12])
		if err != nil {
			return nil, err
		}
		tags[tag] = values
	}
	return tags, nil
}

// values reads an entry of SHORTs or LONGs, which lie in the entry itself when they fit into four bytes. Others are nil.
func (t tiffFile) values(entry []byte) ([]uint32, error) {
	size := map[uint16]uint64{3: 2, 4: 4}[t.order.Uint16(entry[2:])]
	if size == 0 {
		return nil, nil
	}
	length := uint64(t.order.Uint32(entry[4:])) * size
	raw, ok := entry[8:12], true
	if length > 4 {
		raw, ok = t.at(uint64(t.order.Uint32(raw)), length)
	}
	if !ok {
		return nil, fmt.Errorf("%w: TIFF tag %d", ErrTruncated, t.order.Uint16(entry))
	}
	var out []uint32
	for raw = raw[:length]; len(raw) > 0; raw = raw[size:] {
		if size == 2 {
			out = append(out, uint32(t.order.Uint16(raw)))
			continue
		}
		out = append(out, t.order.Uint32(raw))
	}
	return out, nil
}

func (t tiffFile) at(offset, length uint64) ([]byte, bool) {
	if offset > uint64(len(t.data)) || length > uint64(len(t.data))-offset {
		return nil, false
	}
	return t.data[offset : offset+length], true
}
