package pyramid

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"edgelabel/agent/series"
	"edgelabel/store/block"
)

// Kind is the byte that an encoded level begins with. That of a block is its version, 1.
const Kind = 2

// ErrDamaged is returned for bytes that are no level.
var ErrDamaged = errors.New("level is damaged")

const (
	headerSize = 1 + 1 + 1 + 8 + 4 + 4 // kind, compression, shift, rate, cells, plain length
	cellBytes  = 1 + 1 + 8 + 8         // that a cell takes at the least before it is compressed
	maxPlain   = 32 << 20
)

// Append adds the level to dst.
func Append(dst []byte, codec *block.Codec, l Level) []byte {
	plain := encode(l)
	body, packed := plain, byte(0)
	if z := codec.Compress(plain); len(z) < len(plain) {
		body, packed = z, 1
	}
	dst = append(dst, Kind, packed, byte(l.Shift))
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(l.Rate))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(l.Cells)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(plain)))
	return append(dst, body...)
}

func encode(l Level) []byte {
	var b []byte
	last := int64(0)
	for _, c := range l.Cells {
		b = binary.AppendVarint(b, c.Number-last)
		last = c.Number
	}
	for _, c := range l.Cells { // the quality takes the lowest two bits
		b = binary.AppendUvarint(b, uint64(c.Count)<<2|uint64(c.Worst))
	}
	for shift := 0; shift < 64; shift += 8 {
		for _, c := range l.Cells {
			b = append(b, byte(math.Float64bits(c.Min)>>shift))
		}
	}
	for shift := 0; shift < 64; shift += 8 { // what lies above the least often repeats from cell to cell
		for _, c := range l.Cells {
			b = append(b, byte(math.Float64bits(c.Max)>>shift))
		}
	}
	return b
}

// Decode reads what Append wrote. The error wraps ErrDamaged.
func Decode(codec *block.Codec, b []byte) (Level, error) {
	if len(b) < headerSize || b[0] != Kind || b[1] > 1 || b[2] > widest {
		return Level{}, fmt.Errorf("%w: header", ErrDamaged)
	}
	l := Level{Shift: int(b[2]), Rate: math.Float64frombits(binary.LittleEndian.Uint64(b[3:]))}
	cells, length := binary.LittleEndian.Uint32(b[11:]), binary.LittleEndian.Uint32(b[15:])
	if length > maxPlain || uint64(cells)*cellBytes > uint64(length) {
		return Level{}, fmt.Errorf("%w: length", ErrDamaged)
	}
	body := b[headerSize:]
	if b[1] == 1 {
		plain, err := codec.Decompress(body)
		if err != nil {
			return Level{}, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		body = plain
	}
	if len(body) != int(length) {
		return Level{}, fmt.Errorf("%w: length", ErrDamaged)
	}
	l.Cells = make([]Cell, cells)
	return l, decode(l.Cells, body)
}

func decode(cells []Cell, b []byte) error {
	last := int64(0)
	for i := range cells {
		delta, k := binary.Varint(b)
		if k <= 0 || i > 0 && delta <= 0 {
			return fmt.Errorf("%w: numbers", ErrDamaged)
		}
		last += delta
		cells[i].Number, b = last, b[k:]
	}
	for i := range cells {
		v, k := binary.Uvarint(b)
		if k <= 0 || v>>2 > math.MaxUint32 || series.Quality(v&3) > series.Bad {
			return fmt.Errorf("%w: counts", ErrDamaged)
		}
		cells[i].Count, cells[i].Worst, b = uint32(v>>2), series.Quality(v&3), b[k:]
	}
	if len(b) != 16*len(cells) {
		return fmt.Errorf("%w: values", ErrDamaged)
	}
	for i := range cells {
		cells[i].Min, cells[i].Max = plane(b, i, len(cells)), plane(b[8*len(cells):], i, len(cells))
	}
	return nil
}

// plane gathers the i-th of n values from eight planes of bytes.
func plane(b []byte, i, n int) float64 {
	var v uint64
	for k := range 8 {
		v |= uint64(b[k*n+i]) << (8 * k)
	}
	return math.Float64frombits(v)
}
