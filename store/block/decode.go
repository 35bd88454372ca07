package block

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"edgelabel/agent/series"
)

func decode(dst []series.Sample, body []byte, want func(string) bool) ([]series.Sample, error) {
	r := reader{b: body}
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

type reader struct {
	b   []byte
	err error
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

// group reads one tag's samples. It walks over those of an unwanted tag too: the columns carry no lengths of their own.
func (r *reader) group(dst []series.Sample, want func(string) bool) []series.Sample {
	tag := r.string()
	n := r.count(10)
	flags := r.byte()
	if flags > hasText|hasWave {
		r.fail("flags")
	}
	if r.err != nil {
		return dst
	}
	keep := want == nil || want(tag)
	dst = slices.Grow(dst, n)
	samples := dst[len(dst) : len(dst)+n] // in place: whoever reads block after block with one buffer makes no garbage
	clear(samples)
	r.times(samples, func(s *series.Sample, t int64) { s.Source = t })
	r.times(samples, func(s *series.Sample, t int64) { s.Receive = t })
	for i, v := range r.planes(n) {
		samples[i].Tag, samples[i].Value = tag, v
	}
	r.runs(samples)
	if flags&hasText != 0 {
		for i := range samples {
			samples[i].Text = r.string()
		}
	}
	if flags&hasWave != 0 {
		r.waves(samples)
	}
	if !keep || r.err != nil {
		return dst
	}
	return dst[:len(dst)+n]
}

func (r *reader) times(samples []series.Sample, set func(*series.Sample, int64)) {
	var last, step int64
	for i := range samples {
		t := last + step + r.int()
		set(&samples[i], t)
		last, step = t, t-last
	}
}

func (r *reader) planes(n int) []float64 {
	if n > len(r.b)/8 {
		r.fail("short column")
		return nil
	}
	values := make([]float64, n)
	for i := range values {
		var bits uint64
		for plane := range 8 {
			bits |= uint64(r.b[plane*n+i]) << (8 * plane)
		}
		values[i] = math.Float64frombits(bits)
	}
	r.b = r.b[8*n:]
	return values
}

func (r *reader) runs(samples []series.Sample) {
	for i := 0; i < len(samples) && r.err == nil; {
		run, code := r.uint(), r.uint()
		if run == 0 || run > uint64(len(samples)-i) || code > math.MaxUint32 {
			r.fail("status column")
			return
		}
		for range run {
			samples[i].Status = uint32(code)
			i++
		}
	}
}

func (r *reader) waves(samples []series.Sample) {
	lengths, total := make([]uint64, len(samples)), uint64(0)
	for i := range samples {
		lengths[i] = r.uint()
		if lengths[i] > uint64(len(r.b))/8+1 {
			r.fail("wave column")
			return
		}
		if lengths[i] > 0 {
			total += lengths[i] - 1
		}
	}
	if total > uint64(len(r.b))/8 {
		r.fail("wave column")
		return
	}
	points := r.planes(int(total))
	for i, n := range lengths {
		if n > 0 && r.err == nil {
			samples[i].Wave, points = points[:n-1:n-1], points[n-1:]
		}
	}
}
