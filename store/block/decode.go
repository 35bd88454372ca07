package block

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"edgelabel/agent/series"
)

type reader struct {
	b      []byte
	mem    *scratch
	planar bool // times and values are as they were in blocks of before
	err    error
}

func (r *reader) groups(dst []series.Sample, want func(string) bool) ([]series.Sample, error) {
	out := dst
	for n := r.count(3); n > 0 && r.err == nil; n-- {
		out = r.group(out, want)
	}
	if r.err == nil && len(r.b) > 0 {
		r.fail("bytes behind the last group")
	}
	if r.err != nil {
		return dst, r.err
	}
	return out, nil
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrDamaged, what)
	}
	r.b = nil
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail("short number")
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) int() int64 {
	if len(r.b) > 0 && r.b[0] < 0x80 { // most are short
		c := int64(r.b[0])
		r.b = r.b[1:]
		return c>>1 ^ -(c & 1)
	}
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail("short number")
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads a number of things that take at least least bytes each, so that a crafted number cannot ask for memory that is not there.
func (r *reader) count(least int) int {
	n := r.uint()
	if n > uint64(len(r.b)/least) {
		r.fail("impossible count")
		return 0
	}
	return int(n)
}

func (r *reader) string() string {
	n := r.count(1)
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail("short")
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

// group reads one tag's samples, or walks over them where nobody wants the tag: the columns carry no lengths of their own.
func (r *reader) group(dst []series.Sample, want func(string) bool) []series.Sample {
	tag := r.string()
	n := r.count(2) // a sample takes two bytes at the least, one of each time
	flags := r.byte()
	if flags > hasText|hasWave || n > mostSamples {
		r.fail("flags")
	}
	if r.err != nil {
		return dst
	}
	if want != nil && !want(tag) {
		r.skip(n, flags)
		return dst
	}
	dst = slices.Grow(dst, n)
	samples := dst[len(dst) : len(dst)+n] // in place: whoever reads block after block with one buffer makes no garbage
	clear(samples)
	for i, t := range r.times(n) {
		samples[i].Tag, samples[i].Source = tag, t
	}
	for i, t := range r.times(n) {
		samples[i].Receive = t
	}
	for i, v := range r.numbersOf(n) {
		samples[i].Value = v
	}
	r.runs(n, func(from, to int, code uint32) {
		for i := from; i < to; i++ {
			samples[i].Status = code
		}
	})
	if flags&hasText != 0 {
		for i := range samples {
			samples[i].Text = r.string()
		}
	}
	if flags&hasWave != 0 {
		r.waves(samples)
	}
	if r.err != nil {
		return dst
	}
	return dst[:len(dst)+n]
}

// skip walks over the columns of a group.
func (r *reader) skip(n int, flags byte) {
	if r.planar {
		r.numbers(2 * n) // both times
		r.take(8 * n)
	} else {
		r.skipIntegers(n)
		r.skipIntegers(n)
		r.skipValues(n)
	}
	r.runs(n, func(int, int, uint32) {})
	if flags&hasText != 0 {
		for range n {
			r.take(r.count(1))
		}
	}
	if flags&hasWave != 0 {
		r.take(8 * r.lengths(n, func(int, uint64) {}))
	}
}

// numbers walks over n varints: each ends with the first byte whose highest bit is not set.
func (r *reader) numbers(n int) {
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
		r.fail("short number")
	}
}

// take is the next n bytes.
func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.fail("short column")
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

// times reads a column of times. It is valid until the next one.
func (r *reader) times(n int) []int64 {
	if !r.planar {
		return r.integers(n)
	}
	r.mem.times = grown(r.mem.times, n)
	var last, step int64
	for i := range r.mem.times {
		t := last + step + r.int()
		r.mem.times[i] = t
		last, step = t, t-last
	}
	return r.mem.times
}

// numbersOf reads the column of values. They are valid until the next ones.
func (r *reader) numbersOf(n int) []float64 {
	if !r.planar {
		return r.floats(n)
	}
	r.mem.floats = grown(r.mem.floats, n)
	for i, bits := range r.planes(n) {
		r.mem.floats[i] = math.Float64frombits(bits)
	}
	return r.mem.floats
}

// planes reads the bits of n values. They are valid until the next ones.
func (r *reader) planes(n int) []uint64 {
	b := r.take(8 * n)
	if r.err != nil {
		return nil
	}
	r.mem.values = grown(r.mem.values, n)
	values := r.mem.values
	clear(values)
	for plane := range 8 {
		for i, c := range b[plane*n : (plane+1)*n] {
			values[i] |= uint64(c) << (8 * plane)
		}
	}
	return values
}

// runs calls do for each stretch of samples that has one status.
func (r *reader) runs(n int, do func(from, to int, code uint32)) {
	for i := 0; i < n && r.err == nil; {
		run, code := r.uint(), r.uint()
		if run == 0 || run > uint64(n-i) || code > math.MaxUint32 {
			r.fail("status column")
			return
		}
		do(i, i+int(run), uint32(code))
		i += int(run)
	}
}

func (r *reader) waves(samples []series.Sample) {
	lengths := make([]uint64, len(samples))
	total := r.lengths(len(samples), func(i int, length uint64) { lengths[i] = length })
	points := make([]float64, total) // the samples keep them
	for i, bits := range r.planes(total) {
		points[i] = math.Float64frombits(bits)
	}
	for i, n := range lengths {
		if n > 0 && r.err == nil {
			samples[i].Wave, points = points[:n-1:n-1], points[n-1:]
		}
	}
}

// lengths reads how many points each of n samples has, plus one where it has a wave, and returns how many there are in all.
func (r *reader) lengths(n int, do func(i int, length uint64)) int {
	total := uint64(0)
	for i := range n {
		length := r.uint()
		if length > uint64(len(r.b))/8+1 {
			r.fail("wave column")
			return 0
		}
		if length > 0 {
			total += length - 1
		}
		do(i, length)
	}
	if total > uint64(len(r.b))/8 {
		r.fail("wave column")
		return 0
	}
	return int(total)
}
