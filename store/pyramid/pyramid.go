// Package pyramid keeps what stretches of one signal come to, so that a long range is drawn without reading its samples.
//
//	samples ─▶ Growing: cells of about PerCell samples ─▶ Levels: cells 16 times as wide, and so on, until few are left
//
// A cell is a power of two of nanoseconds wide and begins at a whole multiple of that since 1970: cells of different segments and of
// different widths fit into one another, and a bucket of a series.Reducer takes each in whole. ../FORMAT.md draws the bytes.
package pyramid

import (
	"slices"
	"sort"

	"edgelabel/agent/series"
)

const (
	PerCell  = 32 // samples of the finest cells, at the least, on average
	fewCells = 8  // however few samples there are
	partly   = 2  // cells, the first and the last, that need not be full
	firstly  = 10 // shift of a level that knows nothing of its signal yet
	widest   = 62 // largest shift
	step     = 4  // shifts from one level to the next
	top      = 32 // cells of the coarsest level, at the most
)

// Cell is a stretch of time that holds samples.
type Cell struct {
	Number int64 // of the cells since 1970; it begins at Number << Shift
	series.Cell
}

// Level is one signal in cells of equal width, in the order of time; empty ones are left out.
type Level struct {
	Shift int     // a cell is 1<<Shift ns wide
	Rate  float64 // Hz, of the points of its waves; 0 where there are none
	Cells []Cell
}

// Between returns the cells that lie in the half-open range.
func (l Level) Between(from, to int64) []Cell {
	width := int64(1) << l.Shift
	a := sort.Search(len(l.Cells), func(i int) bool { return l.Cells[i].Number<<l.Shift >= from })
	b := sort.Search(len(l.Cells), func(i int) bool { return l.Cells[i].Number<<l.Shift > to-width })
	return l.Cells[a:max(a, b)]
}

// coarser merges the cells of the level into cells that are 1<<by times as wide, in the memory of others, which may be their own.
func (l Level) coarser(by int, memory []Cell) Level {
	out := Level{Shift: l.Shift + by, Rate: l.Rate, Cells: memory[:0]}
	for _, c := range l.Cells {
		c.Number >>= by
		if n := len(out.Cells); n > 0 && out.Cells[n-1].Number == c.Number {
			out.Cells[n-1].Merge(c.Cell)
			continue
		}
		out.Cells = append(out.Cells, c)
	}
	return out
}

// Growing is a level of a signal of which more samples come. Its cells get wider as they do.
type Growing struct {
	level Level
	n     int
}

// NewGrowing makes one without samples. rate is that of the points of its waves, 0 where it has none.
func NewGrowing(rate float64) *Growing {
	return &Growing{level: Level{Shift: firstly, Rate: rate}}
}

// Add takes the numbers of one sample in, at any moment.
func (g *Growing) Add(x *series.Sample) {
	Points(x, g.level.Rate, g.add)
}

func (g *Growing) add(at int64, v float64, status uint32) {
	g.n++
	g.cell(at>>g.level.Shift).Add(v, status)
	for len(g.level.Cells) > max(fewCells, g.n/PerCell+partly) && g.level.Shift < widest {
		g.level = g.level.coarser(1, g.level.Cells)
	}
}

// cell finds or makes the cell with the number.
func (g *Growing) cell(number int64) *Cell {
	cells := g.level.Cells
	i := len(cells)
	if i > 0 && number <= cells[i-1].Number {
		i = sort.Search(i, func(k int) bool { return cells[k].Number >= number })
	}
	if i == len(cells) || cells[i].Number != number {
		g.level.Cells = slices.Insert(cells, i, Cell{number, series.NoCell()})
	}
	return &g.level.Cells[i]
}

// Level is what came so far, valid until the next Add.
func (g *Growing) Level() Level { return g.level }

// Samples is how many numbers came so far; each point of a wave is one.
func (g *Growing) Samples() int { return g.n }

// Levels are those worth keeping of what came, the finest first: none of a signal whose samples are as quickly read.
func (g *Growing) Levels() []Level {
	if g.n < 4*PerCell {
		return nil
	}
	list := []Level{g.level}
	for l := g.level; len(l.Cells) > top && l.Shift+step <= widest; {
		l = l.coarser(step, nil)
		list = append(list, l)
	}
	return list
}

// Points calls do for each number that a sample holds: none of a text, and of a wave each point if the rate in Hz is known.
func Points(x *series.Sample, rate float64, do func(at int64, v float64, status uint32)) {
	switch {
	case x.Text != "":
	case x.Wave == nil:
		do(x.Time(), x.Value, x.Status)
	case rate > 0:
		for k, v := range x.Wave {
			do(x.Time()+int64(float64(k)*1e9/rate), v, x.Status)
		}
	}
}
