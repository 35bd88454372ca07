package store_test

import (
	"fmt"
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
