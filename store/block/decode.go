package block

import (
	"fmt"
	"math"
	"slices"

	"edgelabel/agent/series"
	"edgelabel/agent/series/column"
)

// reader reads the groups of a block that is unpacked.
type reader struct {
	column.Reader
	planar bool // times and values are as they were in blocks of before
}

// groups calls do for each tag that is wanted, with its number of samples and the flags of its columns; do reads the columns.
func (r *reader) groups(want map[string]bool, do func(tag string, n int, flags byte)) error {
	for left := r.Count(3); left > 0 && r.Err() == nil; left-- {
		tag := r.Bytes()
		n := r.Count(2) // a sample takes two bytes at the least, one of each time
		flags := r.Byte()
		if flags > hasText|hasWave || n > mostSamples {
			r.Fail("flags")
		}
		switch {
		case r.Err() != nil:
		case want == nil || want[string(tag)]:
			do(string(tag), n, flags)
		default:
			r.skip(n, flags)
		}
	}
	if r.Err() == nil && r.Len() > 0 {
		r.Fail("bytes behind the last group")
	}
	if err := r.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// samples reads one tag's columns.
func (r *reader) samples(dst []series.Sample, tag string, n int, flags byte) []series.Sample {
	dst = slices.Grow(dst, n)
	samples := dst[len(dst) : len(dst)+n] // in place: whoever reads block after block with one buffer makes no garbage
	clear(samples)
	for i, t := range r.times(n) {
		samples[i].Tag, samples[i].Source = tag, t
	}
	for i, t := range r.times(n) {
		samples[i].Receive = t
	}
	for i, v := range r.values(n) {
		samples[i].Value = v
	}
	r.runs(n, func(from, to int, code uint32) {
		for i := from; i < to; i++ {
			samples[i].Status = code
		}
	})
	if flags&hasText != 0 {
		for i := range samples {
			samples[i].Text = string(r.Bytes())
		}
	}
	if flags&hasWave != 0 {
		r.waves(samples)
	}
	return dst[:len(dst)+n]
}

// trace reads one tag's numbers into memory that is valid until the next trace.
func (r *reader) trace(mem *series.Trace, tag string, n int) {
	mem.Tag = tag
	mem.T = append(mem.T[:0], r.times(n)...)
	if slices.Contains(mem.T, 0) {
		for i, receive := range r.times(n) {
			if mem.T[i] == 0 {
				mem.T[i] = receive
			}
		}
	} else {
		r.skipTimes(n)
	}
	mem.V = r.values(n)
	mem.Status = column.Grown(mem.Status, n)
	r.runs(n, func(from, to int, code uint32) {
		for i := from; i < to; i++ {
			mem.Status[i] = code
		}
	})
}

// skip walks over the columns of a group, for they carry no lengths of their own.
func (r *reader) skip(n int, flags byte) {
	r.skipTimes(n)
	r.skipTimes(n)
	if r.planar {
		r.Take(8 * n)
	} else {
		r.SkipFloats(n)
	}
	r.runs(n, func(int, int, uint32) {})
	if flags&hasText != 0 {
		for range n {
			r.Bytes()
		}
	}
	if flags&hasWave != 0 {
		r.Take(8 * r.lengths(n, func(int, uint64) {}))
	}
}

// times reads a column of times. It is valid until the next column.
func (r *reader) times(n int) []int64 {
	if r.planar {
		return r.Deltas(n)
	}
	return r.Ints(n)
}

func (r *reader) skipTimes(n int) {
	if r.planar {
		r.SkipNumbers(n)
	} else {
		r.SkipInts(n)
	}
}

// values reads the column of values. They are valid until the next ones.
func (r *reader) values(n int) []float64 {
	if r.planar {
		return r.Planes(n)
	}
	return r.Floats(n)
}

// runs calls do for each stretch of samples that has one status.
func (r *reader) runs(n int, do func(from, to int, code uint32)) {
	for i := 0; i < n && r.Err() == nil; {
		run, code := r.Uint(), r.Uint()
		if run == 0 || run > uint64(n-i) || code > math.MaxUint32 {
			r.Fail("status column")
			return
		}
		do(i, i+int(run), uint32(code))
		i += int(run)
	}
}

func (r *reader) waves(samples []series.Sample) {
	lengths := make([]uint64, len(samples))
	total := r.lengths(len(samples), func(i int, length uint64) { lengths[i] = length })
	points := slices.Clone(r.Planes(total)) // the samples keep them
	for i, n := range lengths {
		if n > 0 && r.Err() == nil {
			samples[i].Wave, points = points[:n-1:n-1], points[n-1:]
		}
	}
}

// lengths reads how many points each of n samples has, plus one where it has a wave, and returns how many there are in all.
func (r *reader) lengths(n int, do func(i int, length uint64)) int {
	total := uint64(0)
	for i := range n {
		length := r.Uint()
		if length > uint64(r.Len())/8+1 {
			r.Fail("wave column")
			return 0
		}
		if length > 0 {
			total += length - 1
		}
		do(i, length)
	}
	if total > uint64(r.Len())/8 {
		r.Fail("wave column")
		return 0
	}
	return int(total)
}
