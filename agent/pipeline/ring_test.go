package pipeline_test

import (
	"slices"
	"testing"
	"time"

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

// TestWindowHasLateSamples holds that a window has each sample once and in the order of time, wherever samples came later than others and
// whatever the ring had dropped of a signal that was quiet.
func TestWindowHasLateSamples(t *testing.T) {
	cfg := press()
	cfg.Tags[0].MaxDelay = 40 * time.Second
	r := start(t, cfg, newStore(), nil)
	r.send(num("temp", 1, 20))
	value := func(i int) series.Sample {
		s := num("force", float64(i)/10, float64(i%100))
		if i == 2990 {
			s.Value = 500
		}
		return s
	}
	for i := range 3000 {
		if i%7 != 3 || i < 300 {
			r.send(value(i))
		}
		if late := i - 299; late >= 300 && late%7 == 3 { // 30 s after the others
			r.send(value(late))
		}
	}
	r.wait()
	r.at(350)
	r.at(360)
	w := r.store.window(r.items(1)[0].ID)
	for _, trace := range w.Traces {
		if !slices.IsSorted(trace.T) || len(slices.Compact(slices.Clone(trace.T))) != len(trace.T) {
			t.Errorf("%s: %v", trace.Tag, trace.T)
		}
		for i, at := range trace.T {
			if want := value(int(at-sec(0)) / 1e8).Value; trace.Tag == "force" && trace.V[i] != want {
				t.Errorf("at %d: %v, want %v", at, trace.V[i], want)
			}
		}
		if trace.Tag == "force" && len(trace.T) < 50 {
			t.Errorf("%d samples", len(trace.T))
		}
	}
}
