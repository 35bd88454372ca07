package stats_test

import (
	"math"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/ui/stats"
)

func same(class string) string { return class }

func said(by string, v label.Verdict, r *label.Review) label.Label {
	l := label.Label{By: label.Person{ID: by}}
	l.Verdict, l.Review = v, r
	return l
}

func TestControlLimits(t *testing.T) {
	tally := stats.New("me", 0, 1, same)
	hour := int64(time.Hour)
	for i := range 200 { // two groups of a hundred: 10 and 30 of them not OK
		v := label.OK
		if i < 10 || i >= 100 && i < 130 {
			v = label.NotOK
		}
		row := label.Row{Item: label.Item{At: 40*hour + int64(i/100)*30*hour}}
		tally.Add(&row, []label.Label{said("li", v, nil)})
	}
	undecided := label.Row{Item: label.Item{At: 40 * hour}}
	tally.Add(&undecided, []label.Label{said("li", label.NotDecidable, nil)})
	r := tally.Result(false)
	if r.Mean == nil || math.Abs(*r.Mean-0.2) > 1e-12 || len(r.Groups) != 2 || r.Unsure != 1 {
		t.Fatalf("mean %v, groups %+v, undecided %d", r.Mean, r.Groups, r.Unsure)
	}
	// p̄ = 0.2, n = 100: 3·√(0.2·0.8/100) = 0.12
	g := r.Groups[1]
	if g.N != 100 || g.NotOK != 30 || math.Abs(g.Lower-0.08) > 1e-12 || math.Abs(g.Upper-0.32) > 1e-12 {
		t.Errorf("group %+v", g)
	}
}

func TestPareto(t *testing.T) {
	tally := stats.New("me", 0, 1, same)
	for i, classes := range [][]string{{"b"}, {"a", "b"}, {}, {"c"}, {"c"}, {"c"}} {
		l := said("li", label.NotOK, nil)
		l.Classes = classes
		tally.Add(&label.Row{Item: label.Item{At: int64(i)}}, []label.Label{l})
	}
	want := []stats.Count{{Class: "c", N: 3}, {Class: "b", N: 2}, {Class: "", N: 1}, {Class: "a", N: 1}}
	got := tally.Result(true)
	if len(got.Classes) != 4 || !got.More {
		t.Fatalf("classes %+v", got.Classes)
	}
	for i := range want {
		if got.Classes[i] != want[i] {
			t.Errorf("%d: %+v, want %+v", i, got.Classes[i], want[i])
		}
	}
}

func TestMapTouchesTheRightCells(t *testing.T) {
	tally := stats.New("me", 0, 1, same)
	im := label.Image{SHA256: "x", Camera: "top", Width: 400, Height: 200}
	row := label.Row{Item: label.Item{Images: []label.Image{im}}}
	l := said("li", label.NotOK, nil)
	l.Regions = []label.Region{
		{Kind: label.Box, Image: "x", Rect: &label.Rect{X: 11, Y: 1, W: 18, H: 8}},   // cells 1 and 2 of the first row
		{Kind: label.Point, Image: "x", Points: [][2]float64{{400, 200}}},            // the last cell, on the edge
		{Kind: label.Measure, Image: "x", Points: [][2]float64{{0, 0}, {400, 200}}},  // no defect
		{Kind: label.Box, Image: "other", Rect: &label.Rect{X: 0, Y: 0, W: 9, H: 9}}, // not of this item
		{Kind: label.RotatedBox, Image: "x", Angle: 90, Rect: &label.Rect{X: 190, Y: 104, W: 20, H: 2}},
	}
	tally.Add(&row, []label.Label{l})
	good := row
	good.Verdict, good.Images = label.OK, []label.Image{{SHA256: "ok", Camera: "top", Width: 400, Height: 200}}
	tally.Add(&good, nil)
	m := tally.Result(false).Maps[0]
	if m.Columns != 40 || m.Rows != 20 || m.Regions != 3 || m.Image != "ok" {
		t.Fatalf("map %+v", m)
	}
	for at, want := range map[int]int{0: 0, 1: 1, 2: 1, 3: 0, 20*40 - 1: 1, 9*40 + 19: 1, 11*40 + 20: 1, 8*40 + 19: 0} {
		if m.Cells[at] != want {
			t.Errorf("cell %d: %d, want %d", at, m.Cells[at], want)
		}
	}
}

func TestMine(t *testing.T) {
	tally := stats.New("me", 0, 1, same)
	at := func(l label.Label, s int64) label.Label {
		l.Opened, l.Decided = s*1e9, (s+4)*1e9
		return l
	}
	second := func(agrees bool) *label.Review {
		return &label.Review{Of: 1, Result: label.Independent, Agrees: agrees}
	}
	rows := [][]label.Label{
		{at(said("me", label.NotOK, nil), 100), said("li", label.NotOK, second(true))},
		{at(said("me", label.OK, nil), 110), said("li", label.OK, second(true))},
		{said("li", label.OK, nil), at(said("me", label.NotOK, second(false)), 120)},
		{said("li", label.OK, nil), at(said("me", label.OK, &label.Review{Of: 1, Result: label.Agreed, Agrees: true}), 9000)}, // after a pause
		{said("li", label.OK, nil), said("wang", label.NotOK, second(false))},                                                 // others' business
	}
	for _, labels := range rows {
		tally.Add(&label.Row{}, labels)
	}
	m := tally.Result(false).Mine
	if m.Labels != 4 || *m.Seconds.P50 != 4 || *m.PerHour != 360 {
		t.Errorf("%d labels, %v s, %v per hour", m.Labels, *m.Seconds.P50, *m.PerHour)
	}
	// 3 pairs: both bad, both good, first good and second bad: agreement 2/3, chance 4/9, kappa 0.4
	if b := m.Blind; b.Both != 1 || b.Neither != 1 || b.Second != 1 || b.Raw.Of != 3 || *b.Kappa != 0.4 {
		t.Errorf("blind %+v kappa %v", b, b.Kappa)
	}
	if m.Open.Count != 1 || m.Open.Of != 1 {
		t.Errorf("open %+v", m.Open)
	}
	if empty := stats.New("me", 0, 1, same).Result(false); empty.Mean != nil || empty.Mine.PerHour != nil || empty.Mine.Blind.Kappa != nil || empty.Groups == nil {
		t.Errorf("empty %+v", empty)
	}
}
