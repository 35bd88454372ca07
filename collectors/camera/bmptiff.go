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

// directory reads the wanted tags of the first page, and makes sure that the values of all lie inside the file.
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
		raw, err := t.raw(e[:12])
		if err != nil {
			return nil, err
		}
		// Each tag once, so that a crafted directory cannot have the same megabytes read a thousand times.
		if _, again := tags[tag]; !again && slices.Contains(wanted[:], tag) {
			tags[tag] = t.numbers(t.order.Uint16(e[2:]), raw)
		}
	}
	return tags, nil
}

// widths are the bytes of one value of each type, from BYTE to DOUBLE.
var widths = [...]uint64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}

const (
	typeShort = 3
	typeLong  = 4
)

// raw is an entry's values, which lie in the entry itself when they fit into four bytes. Those of an unknown type are nil.
func (t tiffFile) raw(entry []byte) ([]byte, error) {
	kind := int(t.order.Uint16(entry[2:]))
	if kind >= len(widths) {
		return nil, nil
	}
	length := uint64(t.order.Uint32(entry[4:])) * widths[kind]
	if length <= 4 {
		return entry[8 : 8+length], nil
	}
	raw, ok := t.at(uint64(t.order.Uint32(entry[8:])), length)
	if !ok {
		return nil, fmt.Errorf("%w: TIFF tag %d", ErrTruncated, t.order.Uint16(entry))
	}
	return raw, nil
}

// numbers reads SHORTs or LONGs; other types are nil.
func (t tiffFile) numbers(kind uint16, raw []byte) (out []uint32) {
	for len(raw) >= 2 && kind == typeShort {
		out, raw = append(out, uint32(t.order.Uint16(raw))), raw[2:]
	}
	for len(raw) >= 4 && kind == typeLong {
		out, raw = append(out, t.order.Uint32(raw)), raw[4:]
	}
	return out
}

func (t tiffFile) at(offset, length uint64) ([]byte, bool) {
	if offset > uint64(len(t.data)) || length > uint64(len(t.data))-offset {
		return nil, false
	}
	return t.data[offset : offset+length], true
}
