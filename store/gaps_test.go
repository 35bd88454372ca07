package store_test

import (
	"fmt"
	"slices"
	"testing"

	"edgelabel/agent/series"
	"edgelabel/store"
)

// TestGapsOfOthersHideNone records, as after a hole of a controller with many signals, a gap for each of them.
func TestGapsOfOthersHideNone(t *testing.T) {
	x := open(t, t.TempDir(), store.Options{Tags: []series.Tag{{ID: "a", Source: "plc"}, {ID: "z", Source: "plc"}}})
	for i := range 1100 {
		check(t, x.AddGap(t.Context(), series.Gap{Source: "plc", Tag: fmt.Sprintf("other%d", i), From: t0, To: t0 + second}))
	}
	check(t, x.AddGap(t.Context(), series.Gap{Source: "plc", Tag: "z", From: t0, To: t0 + second}))
	w := must(x.Window(t.Context(), []string{"z"}, t0, t0+second))(t)
	if len(w.Gaps) != 1 || w.Gaps[0].Tag != "z" {
		t.Errorf("%d gaps: %+v", len(w.Gaps), w.Gaps)
	}
}

// TestGapsOfARange lists those that touch it, wherever they begin and end, after a start too, and once.
func TestGapsOfARange(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir, store.Options{Tags: []series.Tag{{ID: "a", Source: "plc"}}})
	for name, g := range map[string][2]int64{"before": {-9, 1}, "into": {-9, 2}, "within": {3, 4}, "around": {-9, 99}, "out": {8, 99}, "behind": {9, 99}} {
		check(t, x.AddGap(t.Context(), series.Gap{Source: "plc", From: t0 + g[0]*second, To: t0 + g[1]*second, Detail: name}))
	}
	x.close()
	x = open(t, dir, store.Options{Tags: []series.Tag{{ID: "a", Source: "plc"}}})
	w := must(x.Window(t.Context(), []string{"a"}, t0+second, t0+9*second))(t)
	var names []string
	for _, g := range w.Gaps {
		names = append(names, g.Detail)
	}
	if slices.Sort(names); !slices.Equal(names, []string{"around", "into", "out", "within"}) {
		t.Errorf("%v", names)
	}
}
