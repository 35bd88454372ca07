package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgelabel/agent/journal"
	"edgelabel/agent/series"
	"edgelabel/store"
)

// measured makes a directory with several segments of samples of one signal, and returns the names of their files.
func measured(t *testing.T, dir string, o store.Options) []string {
	t.Helper()
	o.Segment = 1000
	x := open(t, dir, o)
	for n := range 400 {
		appendAll(t, x.Store, series.Sample{Tag: "f", Source: t0 + int64(n)*second, Receive: t0, Value: float64(n*n) / 7})
	}
	sealed := func() []string { return must(filepath.Glob(filepath.Join(dir, "series", "*.seg")))(t) }
	waitFor(t, func() bool { return len(sealed()) > 3 })
	x.close()
	names := append(sealed(), must(filepath.Glob(filepath.Join(dir, "series", "*.raw")))(t)...)
	if len(names) == len(sealed()) {
		t.Fatal("no segment is raw")
	}
	return names
}

// TestDeletedSegmentIsMissed deletes the first, a middle and the newest segment, with the index and without: the start says so, the time that
// they covered is recorded as a gap that syncs, and the next start says nothing more.
func TestDeletedSegmentIsMissed(t *testing.T) {
	for _, withIndex := range []bool{true, false} {
		t.Run(fmt.Sprintf("index=%v", withIndex), func(t *testing.T) {
			dir := t.TempDir()
			names := measured(t, dir, damageOptions())
			gone := []string{names[0], names[2], names[len(names)-1]}
			for _, name := range gone {
				check(t, os.Remove(name))
			}
			if !withIndex {
				check(t, os.Remove(filepath.Join(dir, "index.db")))
			}
			if withIndex {
				expectMissed(t, gone, findings(t, dir))
			}
			x := open(t, dir, damageOptions())
			expectMissed(t, gone, x.Recovery().Sentences)
			win := must(x.Window(t.Context(), []string{"f"}, t0, t0+400*second))(t)
			for n, at := 0, 0; n < 400; n++ {
				moment := t0 + int64(n)*second
				if at < len(win.Traces[0].T) && win.Traces[0].T[at] == moment {
					at++
				} else if !inGap(win.Gaps, moment) {
					t.Errorf("sample %d is neither there nor in a gap", n)
				}
			}
			gaps := 0
			for _, e := range sendAll(t, x.Store, "s3") {
				if e.Kind == journal.Gap {
					gaps++
				}
			}
			if gaps != len(gone) {
				t.Errorf("%d gaps go to the centre, want %d", gaps, len(gone))
			}
			x.close()
			x = open(t, dir, damageOptions())
			if said := x.Recovery().Sentences; len(said) > 0 {
				t.Errorf("the next start says it again: %q", said)
			}
		})
	}
}

func inGap(gaps []series.Gap, at int64) bool {
	for _, g := range gaps {
		if g.From <= at && at <= g.To {
			return true
		}
	}
	return false
}

func findings(t *testing.T, dir string) (list []string) {
	t.Helper()
	for _, f := range examine(t, dir, false).Findings {
		list = append(list, f.File+": "+f.What)
	}
	return list
}

func expectMissed(t *testing.T, gone, said []string) {
	t.Helper()
	for _, name := range gone {
		if !strings.Contains(strings.Join(said, "\n"), filepath.Base(name)) {
			t.Errorf("%s is gone, and only this is said: %q", filepath.Base(name), said)
		}
	}
}

// TestEvictedSegmentIsNotMissed holds that what was dropped for its budget, with a record, is no loss.
func TestEvictedSegmentIsNotMissed(t *testing.T) {
	dir := t.TempDir()
	before := measured(t, dir, damageOptions())
	o := damageOptions()
	o.Series = 2000
	x := open(t, dir, o)
	waitFor(t, func() bool { return must(x.Stats(t.Context()))(t).Segments < len(before)-1 })
	x.close()
	if list := findings(t, dir); len(list) > 0 {
		t.Errorf("findings: %q", list)
	}
	check(t, os.Remove(filepath.Join(dir, "index.db")))
	x = open(t, dir, o)
	for _, said := range x.Recovery().Sentences {
		if strings.Contains(said, "gone") {
			t.Error(said)
		}
	}
}

// TestDoctorRecordsAMissingSegment repairs a directory of which a segment was deleted.
func TestDoctorRecordsAMissingSegment(t *testing.T) {
	dir := t.TempDir()
	names := measured(t, dir, damageOptions())
	check(t, os.Remove(names[1]))
	x := examine(t, dir, true)
	if len(x.Findings) != 1 || x.Findings[0].Mended == "" {
		t.Errorf("repair: %+v", x.Findings)
	}
	if again := findings(t, dir); len(again) > 0 {
		t.Errorf("after the repair: %q", again)
	}
}
