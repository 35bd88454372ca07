package detecttest

import (
	"encoding/json"
	"errors"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/keep"
	"edgelabel/agent/series"
)

// restarts is how often the signal is cut in the middle.
const restarts = 9

// testKept stops a detector at many places and goes on with a fresh one.
func testKept(t *testing.T, f Fixture) {
	if _, ok := f.New(t).(detect.Keeper); !ok {
		t.Fatal("it keeps nothing")
	}
	all := f.samples()
	plain := scored(f.New(t), all)
	for k := range restarts {
		cut := len(all) * (k + 1) / (restarts + 1)
		first := f.New(t)
		got := scored(first, all[:cut])
		got = append(got, scored(restored(t, first, f), all[cut:])...)
		for i := range got {
			if got[i] != plain[i] {
				t.Fatalf("restarted at row %d, row %d: %s, want %s", cut, i, got[i], plain[i])
			}
		}
	}
	testRefuses(t, f, all)
}

func restored(t *testing.T, d detect.Detector, f Fixture) detect.Detector {
	t.Helper()
	next := f.New(t)
	if err := detect.Restore(detect.Kept(d.(detect.Keeper)), next.(detect.Keeper)); err != nil {
		t.Fatal(err)
	}
	return next
}

// testRefuses holds that state that is cut off is no state, and that no damage ends in a panic.
func testRefuses(t *testing.T, f Fixture, all []series.Sample) {
	d := f.New(t)
	scored(d, all)
	state := detect.Kept(d.(detect.Keeper))
	if err := detect.Restore(state[:len(state)/2], f.New(t).(detect.Keeper)); !errors.Is(err, keep.ErrOther) {
		t.Errorf("half of the state: %v", err)
	}
	step := max(len(state)/60, 1)
	for at := 0; at < len(state); at += step {
		damaged := append([]byte{}, state...)
		damaged[at] ^= 0xff
		next := f.New(t)
		if detect.Restore(damaged, next.(detect.Keeper)) == nil {
			scored(next, all[:min(len(all), 50)])
		}
	}
}

// scored is the events and the score of each row as JSON.
func scored(d detect.Detector, samples []series.Sample) []string {
	out := make([]string, 0, len(samples))
	for _, s := range samples {
		line, err := json.Marshal(append([]detect.Event{}, d.Push(s)...))
		if err != nil {
			line = []byte(err.Error())
		}
		score, err := json.Marshal(d.Score())
		if err != nil {
			score = []byte(err.Error())
		}
		out = append(out, string(line)+" "+string(score))
	}
	return out
}
