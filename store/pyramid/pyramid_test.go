package pyramid_test

import (
	"encoding/hex"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"edgelabel/agent/series"
	"edgelabel/store/block"
	"edgelabel/store/pyramid"
)

func codec(t testing.TB) *block.Codec {
	t.Helper()
	c, err := block.NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wander makes n samples of a signal that wanders, some late, some bad, some without a number, with pauses.
func wander(seed uint64, n int) (list []series.Sample) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	at, v := int64(1_700_000_000_000_000_000), 20.0
	for range n {
		at += 1e8 + rnd.Int64N(2e6)
		if rnd.IntN(500) == 0 {
			at += 3600e9
		}
		v += float64(rnd.IntN(21)-10) / 10
		x := series.Sample{Tag: "a", Source: at, Value: v}
		switch rnd.IntN(100) {
		case 0:
			x.Source -= rnd.Int64N(1e11)
		case 1:
			x.Status = series.StatusBad
		case 2:
			x.Value = math.NaN()
		}
		list = append(list, x)
	}
	return list
}

func grown(samples []series.Sample, rate float64) *pyramid.Growing {
	g := pyramid.NewGrowing(rate)
	for i := range samples {
		g.Add(&samples[i])
	}
	return g
}

// TestEachCellIsWhatItsSamplesComeTo compares every cell of every level with the samples one by one.
func TestEachCellIsWhatItsSamplesComeTo(t *testing.T) {
	for seed, n := range []int{1, 9, 300, 5000, 40_000} {
		samples := wander(uint64(seed), n)
		g := grown(samples, 0)
		if g.Samples() != n || len(g.Level().Cells) > max(8, n/pyramid.PerCell) {
			t.Errorf("%d samples in %d cells", g.Samples(), len(g.Level().Cells))
		}
		for _, l := range append(g.Levels(), g.Level()) {
			want := map[int64]series.Cell{}
			for _, x := range samples {
				c, ok := want[x.Time()>>l.Shift]
				if !ok {
					c = series.NoCell()
				}
				c.Add(x.Value, x.Status)
				want[x.Time()>>l.Shift] = c
			}
			if len(l.Cells) != len(want) {
				t.Fatalf("%d samples, 1<<%d: %d cells, want %d", n, l.Shift, len(l.Cells), len(want))
			}
			for i, c := range l.Cells {
				if w := want[c.Number]; !equal(c.Cell, w) || i > 0 && c.Number <= l.Cells[i-1].Number {
					t.Fatalf("%d samples, 1<<%d, cell %d: %+v, want %+v", n, l.Shift, i, c, w)
				}
			}
		}
	}
}

func equal(a, b series.Cell) bool {
	return math.Float64bits(a.Min) == math.Float64bits(b.Min) && math.Float64bits(a.Max) == math.Float64bits(b.Max) && a.Count == b.Count && a.Worst == b.Worst
}

func TestLevelsNarrowDown(t *testing.T) {
	levels := grown(wander(7, 40_000), 0).Levels()
	if len(levels) < 2 || len(levels[len(levels)-1].Cells) > 32 {
		t.Fatalf("%d levels, the last of %d cells", len(levels), len(levels[len(levels)-1].Cells))
	}
	if l := grown(wander(7, 100), 0).Levels(); l != nil {
		t.Errorf("100 samples have %d levels", len(l))
	}
}

func TestBetween(t *testing.T) {
	l := pyramid.Level{Shift: 4, Cells: []pyramid.Cell{{Number: -1}, {Number: 0}, {Number: 2}, {Number: 3}}}
	for _, c := range []struct {
		from, to int64
		want     int
	}{{-16, 64, 4}, {-15, 64, 3}, {0, 63, 2}, {16, 32, 0}, {33, 48, 0}, {5, 1, 0}} {
		if got := l.Between(c.from, c.to); len(got) != c.want {
			t.Errorf("%d to %d: %d cells, want %d", c.from, c.to, len(got), c.want)
		}
	}
}

func TestWavesByTheirRateAndNoTexts(t *testing.T) {
	list := []series.Sample{{Source: 1 << 40, Wave: []float64{1, 5, 2}}, {Source: 1 << 41, Text: "jam"}}
	if g := grown(list, 1000); g.Samples() != 3 || g.Level().Rate != 1000 || g.Level().Cells[0].Count+g.Level().Cells[1].Count+g.Level().Cells[2].Count != 3 {
		t.Errorf("%+v", g.Level())
	}
	if g := grown(list, 0); g.Samples() != 0 {
		t.Errorf("without a rate: %+v", g.Level())
	}
}

// TestGolden holds the format to the bytes that FORMAT.md draws.
func TestGolden(t *testing.T) {
	l := pyramid.Level{Shift: 30, Rate: 1000, Cells: []pyramid.Cell{
		{Number: -3, Cell: series.Cell{Min: -1, Max: 1.5, Count: 64}},
		{Number: 900, Cell: series.Cell{Min: math.NaN(), Max: math.NaN(), Count: 1, Worst: series.Bad}},
	}}
	got := hex.Dump(pyramid.Append(nil, codec(t), l))
	want, err := os.ReadFile("testdata/level.golden")
	if err != nil || got != string(want) {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

func FuzzDecode(f *testing.F) {
	c := codec(f)
	for _, l := range append(grown(wander(1, 10_000), 0).Levels(), pyramid.Level{}, grown(wander(2, 3), 7).Level()) {
		f.Add(pyramid.Append(nil, c, l))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := pyramid.Decode(c, b)
		if err != nil {
			if !errors.Is(err, pyramid.ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		again, err := pyramid.Decode(c, pyramid.Append(nil, c, l))
		if err != nil || len(again.Cells) != len(l.Cells) || len(l.Cells) > 0 && !reflect.DeepEqual(numbers(again), numbers(l)) {
			t.Fatalf("%+v, written and read again: %+v, %v", l, again, err)
		}
	})
}

func numbers(l pyramid.Level) (list []int64) {
	for _, c := range l.Cells {
		list = append(list, c.Number, int64(c.Count), int64(c.Worst))
	}
	return list
}
