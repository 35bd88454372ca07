package keep_test

import (
	"errors"
	"math"
	"reflect"
	"testing"

	"edgelabel/agent/detect/keep"
)

type state struct {
	n       int
	t       int64
	v       float64
	on      bool
	floats  []float64
	singles []float32
	ints    []int
}

func (s *state) keep(b *keep.Book, version int) {
	b.Head("test", version, 7)
	b.Int(&s.n, 0, 100)
	b.Int64(&s.t)
	b.Float(&s.v)
	b.Flag(&s.on)
	b.Floats(&s.floats, 1, 3)
	b.Singles(&s.singles, 0, 3)
	b.Ints(&s.ints, 0, 3)
}

func example() *state {
	return &state{n: 5, t: math.MinInt64, v: math.Inf(-1), on: true, floats: []float64{1, -.5}, singles: []float32{.25}, ints: []int{-1, 2, 3}}
}

func write(s *state) []byte {
	b := keep.Writing()
	s.keep(b, 1)
	return b.Bytes()
}

func TestReadsWhatItWrote(t *testing.T) {
	got := &state{}
	b := keep.Reading(write(example()))
	got.keep(b, 1)
	if err := b.End(); err != nil || !reflect.DeepEqual(got, example()) {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestRefuses(t *testing.T) {
	whole := write(example())
	long := example()
	long.ints = []int{1, 2, 3, 4}
	far := example()
	far.n = 101
	for name, tt := range map[string]struct {
		bytes   []byte
		version int
	}{
		"another version": {whole, 2}, "cut off": {whole[:len(whole)-1], 1}, "too long": {append(append([]byte{}, whole...), 0), 1},
		"another kind": {append([]byte{4, 0, 0, 0, 'T'}, whole[5:]...), 1}, "nothing": {nil, 1},
		"list too long": {write(long), 1}, "out of range": {write(far), 1},
	} {
		b := keep.Reading(tt.bytes)
		new(state).keep(b, tt.version)
		if err := b.End(); !errors.Is(err, keep.ErrOther) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReading(f *testing.F) {
	f.Add(write(example()))
	f.Fuzz(func(t *testing.T, bytes []byte) {
		b, s := keep.Reading(bytes), &state{}
		if s.keep(b, 1); b.End() == nil && (len(s.floats) < 1 || len(s.floats) > 3 || s.n > 100) {
			t.Errorf("%+v", s)
		}
	})
}
