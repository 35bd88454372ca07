package store_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"edgelabel/store"
)

// TestWhatWasSetAsideIsBounded wants the first to go, with a record each, and never the newest index.
func TestWhatWasSetAsideIsBounded(t *testing.T) {
	dir := t.TempDir()
	o := store.Options{Quarantine: 2 * size, Keep: time.Millisecond, Targets: []string{"s3"}}
	x := open(t, dir, o)
	x.close()
	aside := filepath.Join(dir, "quarantine")
	for _, name := range []string{"index.db", "labels.log.17.cut", "index.db.1", "b.raw.3", "index.db.2", "c.raw.10"} {
		check(t, os.WriteFile(filepath.Join(aside, name), bytesOf(1), 0o600))
	}
	x = open(t, dir, o)
	left := func() (names []string) {
		for _, e := range must(os.ReadDir(aside))(t) {
			names = append(names, e.Name())
		}
		return names
	}
	waitFor(t, func() bool { return len(left()) <= 2 })
	if names := left(); !slices.Equal(names, []string{"c.raw.10", "index.db.2"}) {
		t.Errorf("left are %q", names)
	}
	got := evictedIn(t, must(x.Pending(t.Context(), "s3", 100))(t))
	var keys []string
	for _, e := range got {
		keys = append(keys, e.Key)
		if e.Class != "quarantine" || e.Bytes != size || e.Reason != "budget" {
			t.Errorf("record %+v", e)
		}
	}
	if want := []string{"index.db", "labels.log.17.cut", "index.db.1", "b.raw.3"}; !slices.Equal(keys, want) {
		t.Errorf("recorded are %q, want %q", keys, want)
	}
	if st := must(x.Stats(t.Context()))(t); st.Quarantine.Bytes != 2*size || st.Evicted["quarantine/budget"] != 4 {
		t.Errorf("%+v", st)
	}
}

// TestANewestIndexLargerThanTheBudgetStays has nothing else to remove.
func TestANewestIndexLargerThanTheBudgetStays(t *testing.T) {
	dir := t.TempDir()
	o := store.Options{Quarantine: size / 2, Keep: time.Millisecond}
	x := open(t, dir, o)
	x.close()
	aside := filepath.Join(dir, "quarantine")
	check(t, os.WriteFile(filepath.Join(aside, "index.db.4"), bytesOf(1), 0o600))
	check(t, os.WriteFile(filepath.Join(aside, "a.raw.5"), bytesOf(1), 0o600))
	open(t, dir, o)
	waitFor(t, func() bool { return len(must(os.ReadDir(aside))(t)) == 1 })
	must(os.Stat(filepath.Join(aside, "index.db.4")))(t)
}
