package column_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"edgelabel/agent/series/column"
)

func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
}

func TestColumnsComeBack(t *testing.T) {
	for name, c := range map[string]struct {
		times  []int64
		values []float64
		most   int // bytes
	}{
		"one":           {[]int64{-7}, []float64{math.Inf(-1)}, 20},
		"steps of 0.01": {[]int64{1e18, 1e18 + 1e8, 1e18 + 2e8, 1e18 + 2e8}, []float64{20.37, 20.41, 20.4, 19.99}, 30},
		"no decimals":   {[]int64{1, 5, 3}, []float64{math.Pi, math.NaN(), math.Copysign(0, -1)}, 40},
		"a converter's": {[]int64{0, 1, 2}, []float64{0.25, 0.75, 1.5}, 20},
	} {
		b := column.AppendFloats(column.AppendInts(nil, c.times), c.values)
		r := column.NewReader(b, nil)
		times := slices.Clone(r.Ints(len(c.times)))
		if values := r.Floats(len(c.values)); !slices.Equal(times, c.times) || !same(values, c.values) || r.Err() != nil || r.Len() != 0 {
			t.Errorf("%s: %v, %v, %v, %d bytes left", name, times, values, r.Err(), r.Len())
		}
		if len(b) > c.most {
			t.Errorf("%s: %d bytes", name, len(b))
		}
		skip := column.NewReader(b, nil)
		skip.SkipInts(len(c.times))
		if skip.SkipFloats(len(c.values)); skip.Len() != 0 || skip.Err() != nil {
			t.Errorf("%s: %d bytes left, %v", name, skip.Len(), skip.Err())
		}
	}
}

// FuzzColumns reads anything: what is no column is an error, and what is one comes back from its own bytes.
func FuzzColumns(f *testing.F) {
	f.Add(column.AppendFloats(column.AppendInts(nil, []int64{5, 6, 9}), []float64{0.1, 0.2, math.NaN()}), uint8(3))
	f.Add([]byte{1, 2, 2}, uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		r := column.NewReader(b, nil)
		times := slices.Clone(r.Ints(int(n)))
		values := slices.Clone(r.Floats(int(n)))
		if r.Err() != nil {
			if !errors.Is(r.Err(), column.ErrDamaged) {
				t.Fatal(r.Err())
			}
			return
		}
		again := column.NewReader(column.AppendFloats(column.AppendInts(nil, times), values), nil)
		if got := slices.Clone(again.Ints(int(n))); !slices.Equal(got, times) {
			t.Errorf("%v, was %v", got, times)
		}
		if got := again.Floats(int(n)); !same(got, values) || again.Err() != nil {
			t.Errorf("%v, was %v, %v", got, values, again.Err())
		}
	})
}
