package pipeline_test

import (
	"testing"

	"edgelabel/agent/series"
)

// TestWindowKeepsStatuses holds that a window says which samples were uncertain, long after columns of good ones were moved to make room.
func TestWindowKeepsStatuses(t *testing.T) {
	r := start(t, press(), newStore(), nil)
	for i := range 3000 {
		s := num("force", float64(i)/10, float64(i%100))
		if i >= 2950 && i%10 == 0 {
			s.Status = series.StatusUncertain
		}
		if i == 2990 {
			s.Value = 500
		}
		r.send(s)
	}
	r.wait()
	r.at(310)
	r.at(320)
	w := r.store.window(r.items(1)[0].ID)
	for _, trace := range w.Traces {
		for i, at := range trace.T {
			row := int(at-sec(0)) / 1e8
			uncertain := trace.Tag == "force" && row >= 2950 && row%10 == 0
			if want := (trace.Status[i] != 0); want != uncertain {
				t.Errorf("%s at %d: status %x", trace.Tag, row, trace.Status[i])
			}
		}
		if trace.Tag == "force" && (len(trace.T) < 50 || len(trace.V) != len(trace.T) || len(trace.Status) != len(trace.T)) {
			t.Errorf("%d samples", len(trace.T))
		}
	}
}
