package texture

import (
	"math"

	"edgelabel/agent/detect/keep"
)

const kind = "texture"

// Kept is what was learnt, as bytes. of names what it was learnt from.
func (m *Model) Kept(of string) []byte {
	b := keep.Writing()
	m.keep(b, of)
	return b.Bytes()
}

// Restore makes a model of what Kept gave. What was learnt from something else, or by another version, is an error that wraps
// keep.ErrOther.
func Restore(state []byte, of string) (*Model, error) {
	m := &Model{white: &lower{}}
	b := keep.Reading(state)
	m.keep(b, of)
	if err := b.End(); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Model) keep(b *keep.Book, of string) {
	b.Head(kind, 1, dims, cell)
	b.Same(of)
	b.Int(&m.grid.w, leastSide, math.MaxInt32)
	b.Int(&m.grid.h, leastSide, math.MaxInt32)
	b.Int(&m.learnt, MinPictures, math.MaxInt32)
	b.Float(&m.limit)
	b.Float(&m.peak)
	b.Check(m.limit >= least && m.peak >= least, "a limit is too low") // NaN too
	for i := range m.white {
		b.Float(&m.white[i])
	}
	n := len(m.bank.pictures)
	b.Int(&n, MinPictures, MaxPictures)
	m.bank.nx, m.bank.ny = m.grid.cells()
	cells := m.bank.nx * m.bank.ny
	b.Check(m.grid.w <= mostPixels && m.grid.h <= mostPixels && cells <= mostPixels, "the working size is too large")
	b.Singles(&m.bank.mean, cells, cells)
	b.Singles(&m.bank.spread, cells, cells)
	if b.Reads() {
		m.bank.pictures = make([][]float32, min(max(n, 0), MaxPictures))
	}
	for i := range m.bank.pictures {
		b.Singles(&m.bank.pictures[i], cells*dims, cells*dims)
	}
}
