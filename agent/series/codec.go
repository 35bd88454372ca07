package series

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

// ErrCorrupt is returned for bytes that are not a whole, undamaged window.
var ErrCorrupt = errors.New("window is damaged")

const (
	windowMagic = "ELW1"
	maxWindow   = 1 << 30 // bytes after decompression; a guard against crafted lengths
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// EncodeWindow writes a window as one self-contained blob:
//
//	"ELW1" | deflate( from to | n traces | gaps ) | crc32c of all before, little endian
//
// Integers are varints (zigzag where signed), strings carry their length. A trace is tag, name, unit, count, then three columns: times as
// deltas of deltas, values as IEEE 754 bits split into eight byte planes, status codes as (run length, code) pairs. Gaps are JSON.
func EncodeWindow(w *Window) ([]byte, error) {
	e := encoder{}
	e.int(w.From)
	e.int(w.To)
	e.uint(uint64(len(w.Traces)))
	for i := range w.Traces {
		if err := e.trace(&w.Traces[i]); err != nil {
			return nil, err
		}
	}
	gaps, err := json.Marshal(w.Gaps)
	if err != nil {
		return nil, err
	}
	e.string(string(gaps))

	out := bytes.NewBufferString(windowMagic)
	z, err := flate.NewWriter(out, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(e.b); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return binary.LittleEndian.AppendUint32(out.Bytes(), crc32.Checksum(out.Bytes(), castagnoli)), nil
}

// DecodeWindow reads what EncodeWindow wrote. It returns an error that wraps ErrCorrupt for anything else.
func DecodeWindow(b []byte) (*Window, error) {
	if len(b) < len(windowMagic)+4 || string(b[:4]) != windowMagic {
		return nil, fmt.Errorf("%w: no window header", ErrCorrupt)
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return nil, fmt.Errorf("%w: checksum", ErrCorrupt)
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(body[4:])), maxWindow))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	d := decoder{b: plain}
	w := &Window{From: d.int(), To: d.int()}
	for n := d.count(4); n > 0 && d.err == nil; n-- {
		w.Traces = append(w.Traces, d.trace())
	}
	gaps := d.string()
	if d.err != nil {
		return nil, d.err
	}
	if err := json.Unmarshal([]byte(gaps), &w.Gaps); err != nil {
		return nil, fmt.Errorf("%w: gaps: %w", ErrCorrupt, err)
	}
	return w, nil
}

type encoder struct{ b []byte }

func (e *encoder) int(v int64)   { e.b = binary.AppendVarint(e.b, v) }
func (e *encoder) uint(v uint64) { e.b = binary.AppendUvarint(e.b, v) }
func (e *encoder) string(s string) {
	e.uint(uint64(len(s)))
	e.b = append(e.b, s...)
}

func (e *encoder) trace(t *Trace) error {
	n := len(t.T)
	if len(t.V) != n || len(t.Status) != n {
		return fmt.Errorf("trace %s: %d times, %d values, %d status codes", t.Tag, n, len(t.V), len(t.Status))
	}
	e.string(t.Tag)
	e.string(t.Name)
	e.string(t.Unit)
	e.uint(uint64(n))
	var last, step int64
	for _, at := range t.T {
		e.int(at - last - step)
		last, step = at, at-last
	}
	for plane := 0; plane < 64; plane += 8 {
		for _, v := range t.V {
			e.b = append(e.b, byte(math.Float64bits(v)>>plane))
		}
	}
	for i := 0; i < n; {
		run := 1
		for i+run < n && t.Status[i+run] == t.Status[i] {
			run++
		}
		e.uint(uint64(run))
		e.uint(uint64(t.Status[i]))
		i += run
	}
	return nil
}

type decoder struct {
	b   []byte
	err error
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrCorrupt, what)
	}
	d.b = nil
}

func (d *decoder) int() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.fail("short integer")
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.fail("short integer")
		return 0
	}
	d.b = d.b[n:]
	return v
}

// count reads a number of elements that each need at least least bytes, so that a crafted count cannot ask for memory that is not there.
func (d *decoder) count(least int) int {
	n := d.uint()
	if n > uint64(len(d.b)/least) {
		d.fail("impossible count")
		return 0
	}
	return int(n)
}

func (d *decoder) string() string {
	n := d.count(1)
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

func (d *decoder) trace() Trace {
	t := Trace{Tag: d.string(), Name: d.string(), Unit: d.string()}
	n := d.count(9)
	t.T, t.V, t.Status = make([]int64, n), make([]float64, n), make([]uint32, 0, n)
	var last, step int64
	for i := range t.T {
		at := last + step + d.int()
		t.T[i], last, step = at, at, at-last
	}
	if len(d.b) < 8*n {
		d.fail("short value column")
		return t
	}
	for i := range t.V {
		var bits uint64
		for plane := range 8 {
			bits |= uint64(d.b[plane*n+i]) << (8 * plane)
		}
		t.V[i] = math.Float64frombits(bits)
	}
	d.b = d.b[8*n:]
	for len(t.Status) < n && d.err == nil {
		run, code := d.uint(), d.uint()
		if run == 0 || run > uint64(n-len(t.Status)) || code > math.MaxUint32 {
			d.fail("status column")
			break
		}
		for range run {
			t.Status = append(t.Status, uint32(code))
		}
	}
	return t
}
