package store_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/series"
	"edgelabel/store"
)

// sick makes a directory with a little of everything, sealed segments included, damages it, and says what state it had.
func sick(t *testing.T, damage func(dir string)) (dir, before string) {
	t.Helper()
	dir = t.TempDir()
	fill(t, dir, damageOptions())
	o := damageOptions()
	o.Segment = 4 << 10
	x := open(t, dir, o)
	for n := range 40 {
		list := make([]series.Sample, 200)
		for i := range list {
			list[i] = series.Sample{Tag: "n", Source: t0 + int64(200*n+i), Receive: t0, Value: rand.Float64()}
		}
		appendAll(t, x.Store, list...)
	}
	waitFor(t, func() bool {
		return len(must(filepath.Glob(filepath.Join(dir, "series", "*.seg")))(t)) > 0
	})
	before = state(t, x.Store)
	x.close()
	damage(dir)
	return dir, before
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for range 500 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it never came")
}

func examine(t *testing.T, dir string, repair bool) store.Examination {
	t.Helper()
	return must(store.Doctor(t.Context(), dir, store.DoctorOptions{Repair: repair, Probe: probe}))(t)
}

func spoil(t *testing.T, pattern string, at func(size int) int) {
	t.Helper()
	names := must(filepath.Glob(pattern))(t)
	if len(names) == 0 {
		t.Fatalf("no file %s", pattern)
	}
	b := must(os.ReadFile(names[0]))(t)
	b[at(len(b))] ^= 0x10
	check(t, os.WriteFile(names[0], b, 0o600))
}

func middle(size int) int { return size / 2 }

func TestDoctorFindsNothingWrongWithASoundDirectory(t *testing.T) {
	dir, before := sick(t, func(string) {})
	x := examine(t, dir, true)
	if len(x.Findings) > 0 || len(x.Notes) > 0 || x.Blobs != 6 || x.Blocks == 0 || x.Records == 0 || x.Rows == 0 {
		t.Errorf("%+v", x)
	}
	y := open(t, dir, damageOptions())
	if after := state(t, y.Store); after != before || y.Recovery().Unclean {
		t.Errorf("the examination changed something: %q\n%s\n%s", y.Recovery().Sentences, before, after)
	}
	if _, err := store.Doctor(t.Context(), dir, store.DoctorOptions{}); err == nil || !strings.Contains(err.Error(), "has it open") {
		t.Errorf("doctor beside an agent: %v", err)
	}
}

// TestDoctorFindsAndMends damages one thing after the other: each is found, mended, not found again, and costs no more than it must.
func TestDoctorFindsAndMends(t *testing.T) {
	if testing.Short() {
		t.Skip("long: left to make test")
	}
	tests := []struct {
		name   string
		damage func(dir string)
		file   string // of the finding
		loses  bool   // something that stands nowhere else
	}{
		{"picture", func(dir string) { spoil(t, filepath.Join(dir, "blobs", "*", "*", strings.Repeat("?", 64)), middle) }, "blobs/", true},
		{"sidecar", func(dir string) {
			spoil(t, filepath.Join(dir, "blobs", "*", "*", "*.json"), func(int) int { return 3 })
		}, "blobs/", true},
		{"sealed block", func(dir string) { spoil(t, filepath.Join(dir, "series", "*.seg"), middle) }, "series/", false},
		{"index of a sealed segment", func(dir string) {
			spoil(t, filepath.Join(dir, "series", "*.seg"), func(size int) int { return size - 30 })
		}, "series/", false},
		{"label", func(dir string) { spoil(t, filepath.Join(dir, "labels.log"), middle) }, "labels.log", false},
		{"labels all gone", func(dir string) { check(t, os.WriteFile(filepath.Join(dir, "labels.log"), []byte("ELLABEL1"), 0o600)) }, "labels.log", false},
		{"journal", func(dir string) { spoil(t, filepath.Join(dir, "journal", "*.log"), middle) }, "journal/", false},
		{"index cut short", func(dir string) { check(t, os.Truncate(filepath.Join(dir, "index.db"), 9000)) }, "index.db", false},
		{"picture gone", func(dir string) {
			names := must(filepath.Glob(filepath.Join(dir, "blobs", "*", "*", strings.Repeat("?", 64))))(t)
			check(t, os.Remove(names[0]))
		}, "index.db", true},
	}
	for i, tt := range tests {
		if raced && i%3 != 0 {
			continue // nothing here runs beside anything else: a few are enough for the race detector
		}
		t.Run(tt.name, func(t *testing.T) {
			dir, before := sick(t, tt.damage)
			x := examine(t, dir, false)
			if x.Open() == 0 || !strings.HasPrefix(x.Findings[0].File, tt.file) {
				t.Fatalf("findings: %+v", x)
			}
			x = examine(t, dir, true)
			if x.Open() > 0 {
				t.Errorf("not mended: %+v", x.Findings)
			}
			if x = examine(t, dir, false); len(x.Findings) > 0 {
				t.Errorf("found again: %+v", x.Findings)
			}
			y := open(t, dir, damageOptions())
			if after := state(t, y.Store); !tt.loses && withoutEpoch(after) != withoutEpoch(before) {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
			y.close()
			if x = examine(t, dir, false); len(x.Findings) > 0 {
				t.Errorf("after the next run: %+v", x.Findings)
			}
		})
	}
}

func TestCompact(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, damageOptions())
	x := open(t, dir, damageOptions())
	before := state(t, x.Store)
	if _, _, err := store.Compact(dir); err == nil || !strings.Contains(err.Error(), "has it open") {
		t.Errorf("compact beside an agent: %v", err)
	}
	x.close()
	from, to, err := store.Compact(dir)
	if err != nil || to >= from || to == 0 {
		t.Errorf("%d to %d bytes, %v", from, to, err)
	}
	y := open(t, dir, damageOptions())
	if after := state(t, y.Store); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	y.close()
	check(t, os.WriteFile(filepath.Join(dir, "pid"), []byte("1\n"), 0o600))
	if _, _, err := store.Compact(dir); err == nil {
		t.Error("an index that nobody looked at after an unclean stop is compacted")
	}
}

func TestWipe(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, damageOptions())
	check(t, os.WriteFile(filepath.Join(dir, "session.key"), []byte("secret"), 0o600))
	if _, err := store.Wipe(dir, store.WipeOptions{}); !errors.Is(err, store.ErrUnsynced) {
		t.Errorf("wipe of what is not synced: %v", err)
	}
	other := t.TempDir()
	check(t, os.WriteFile(filepath.Join(other, "thesis.tex"), nil, 0o600))
	if _, err := store.Wipe(other, store.WipeOptions{Unsynced: true}); err == nil {
		t.Error("somebody's folder is wiped")
	}
	x := open(t, dir, damageOptions())
	if _, err := store.Wipe(dir, store.WipeOptions{Unsynced: true}); err == nil {
		t.Error("a directory is wiped under a running agent")
	}
	x.close()
	if n, err := store.Wipe(dir, store.WipeOptions{Unsynced: true, Overwrite: true}); err != nil || n < 15 {
		t.Errorf("%d files, %v", n, err)
	}
	if left := must(os.ReadDir(dir))(t); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
