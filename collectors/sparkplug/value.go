package sparkplug

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"edgelabel/agent/series"
)

// Data types (specification 3.0.0, chapter 6.4.16).
const (
	typeInt8         = 1
	typeInt16        = 2
	typeInt32        = 3
	typeInt64        = 4
	typeUInt8        = 5
	typeUInt16       = 6
	typeUInt32       = 7
	typeBoolean      = 11
	typeInt8Array    = 22
	typeInt16Array   = 23
	typeInt32Array   = 24
	typeInt64Array   = 25
	typeUInt8Array   = 26
	typeUInt16Array  = 27
	typeUInt32Array  = 28
	typeUInt64Array  = 29
	typeFloatArray   = 30
	typeDoubleArray  = 31
	typeBooleanArray = 32
	typeDateTimes    = 34
)

// Full OPC UA status codes (OPC 10000-6 annex A).
const (
	statusNoCommunication uint32 = 0x80310000
	statusLastUsable      uint32 = 0x40900000
)

// number reads a value of the given type. Integers come as unsigned bits whatever their sign.
func (v value) number(typ uint32) (float64, bool) {
	switch v.form {
	case formFloat:
		return v.f, true
	case formBool:
		return float64(v.bits), true
	case formInt:
		return whole(v.bits, typ), true
	}
	return 0, false
}

func whole(bits uint64, typ uint32) float64 {
	switch typ {
	case typeInt8:
		return float64(int8(bits))
	case typeInt16:
		return float64(int16(bits))
	case typeInt32:
		return float64(int32(bits))
	case typeInt64:
		return float64(int64(bits))
	case typeUInt8:
		return float64(uint8(bits))
	case typeUInt16:
		return float64(uint16(bits))
	case typeUInt32:
		return float64(uint32(bits))
	}
	return float64(bits)
}

// fill puts a value into a sample of a tag of the given kind.
func fill(s *series.Sample, kind series.Kind, v value, typ uint32) error {
	if kind == series.Text {
		return fillText(s, v, typ)
	}
	if kind == series.Wave {
		wave, err := array(v, typ)
		s.Wave = wave
		return err
	}
	n, ok := v.number(typ)
	switch {
	case !ok:
		return fmt.Errorf("tag %s is %s, got data type %d", s.Tag, kind, typ)
	case kind == series.Bool && n != 0 && n != 1:
		return fmt.Errorf("tag %s is bool, got %g", s.Tag, n)
	case math.IsInf(n, 0):
		return fmt.Errorf("tag %s: value is infinite", s.Tag)
	case math.IsNaN(n):
		s.Status = worse(s.Status, series.StatusBad)
	}
	s.Value = n
	return nil
}

func fillText(s *series.Sample, v value, typ uint32) error {
	if v.form == formText && utf8.Valid(v.data) {
		s.Text = string(v.data)
		return nil
	}
	if v.form == formInt { // a counter of parts is a text to us
		s.Text = strconv.FormatFloat(whole(v.bits, typ), 'f', -1, 64)
		return nil
	}
	return fmt.Errorf("tag %s is text, got data type %d", s.Tag, typ)
}

func worse(a, b uint32) uint32 {
	if series.QualityOf(b) > series.QualityOf(a) {
		return b
	}
	return a
}

// array reads the packed little-endian bytes of an array type.
func array(v value, typ uint32) ([]float64, error) {
	width := map[uint32]int{typeInt8Array: 1, typeUInt8Array: 1, typeInt16Array: 2, typeUInt16Array: 2, typeInt32Array: 4, typeUInt32Array: 4,
		typeFloatArray: 4, typeInt64Array: 8, typeUInt64Array: 8, typeDoubleArray: 8, typeDateTimes: 8}[typ]
	switch {
	case v.form != formBytes:
		return nil, errors.New("want an array")
	case typ == typeBooleanArray:
		return booleans(v.data)
	case width == 0:
		return nil, fmt.Errorf("data type %d is no array of numbers", typ)
	case len(v.data) == 0 || len(v.data)%width != 0:
		return nil, fmt.Errorf("array of %d bytes, want a multiple of %d above zero", len(v.data), width)
	}
	var out []float64
	for b := range slices.Chunk(v.data, width) {
		out = append(out, element(b, typ))
	}
	return out, nil
}

func element(b []byte, typ uint32) float64 {
	var wide [8]byte
	copy(wide[:], b)
	bits := binary.LittleEndian.Uint64(wide[:])
	switch typ {
	case typeFloatArray:
		return float64(math.Float32frombits(uint32(bits)))
	case typeDoubleArray:
		return math.Float64frombits(bits)
	}
	return whole(bits, typ-typeInt8Array+typeInt8) // the scalar types stand in the same order
}

// booleans are a count of four bytes and then bits, the highest of each byte first.
func booleans(b []byte) ([]float64, error) {
	if len(b) < 4 {
		return nil, errors.New("array of booleans without its count")
	}
	n, bits := int64(binary.LittleEndian.Uint32(b)), b[4:]
	if n == 0 || (n+7)/8 != int64(len(bits)) {
		return nil, fmt.Errorf("array of %d booleans in %d bytes", n, len(bits))
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(bits[i/8] >> (7 - i%8) & 1)
	}
	return out, nil
}

// status is the quality that the metric's own properties give it.
func (m *metric) status() uint32 {
	switch {
	case !m.qualified || m.quality == 192:
		return series.StatusGood
	case m.quality == 500:
		return statusLastUsable
	}
	return series.StatusBad
}

// nanos turns a time of Sparkplug's into ours; 0 when there is none.
func nanos(ms uint64) (int64, error) {
	if ms > math.MaxInt64/1_000_000 {
		return 0, fmt.Errorf("time of %d ms is beyond the year 2262", ms)
	}
	return int64(ms) * 1e6, nil
}
