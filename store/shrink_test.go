package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/store"
)

// TestLargeIndexOfFreePagesShrinks leaves an index of which most is free: the next start writes it anew and keeps all that is in it.
func TestLargeIndexOfFreePagesShrinks(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir, store.Options{})
	noise := noisyText(60_000)
	for n := range 25 {
		it := item(n)
		it.CreatedBy = noise[n:]
		check(t, x.CreateItem(t.Context(), it))
	}
	for n := range 25 {
		check(t, x.UpdateItem(t.Context(), newID(n), func(it *label.Item) error { it.CreatedBy = "li"; return nil }))
	}
	x.close()
	before := must(os.Stat(filepath.Join(dir, "index.db")))(t).Size()
	x = open(t, dir, store.Options{}) // too small to be worth it
	x.close()
	if same := must(os.Stat(filepath.Join(dir, "index.db")))(t).Size(); same != before {
		t.Fatalf("a small index went from %d to %d bytes", before, same)
	}
	x = open(t, dir, store.Options{Shrink: 1 << 20})
	if after := must(os.Stat(filepath.Join(dir, "index.db")))(t).Size(); after > before/2 {
		t.Errorf("%d bytes before, %d after", before, after)
	}
	if n := must(x.Counts(t.Context()))(t); n.Open != 25 || len(x.Recovery().Sentences) > 0 {
		t.Errorf("%+v, %+v", n, x.Recovery())
	}
	addLabel(t, x.Store, 7)
}

// TestIndexShrinksInUse holds that the same happens while the store is in use, that who reads and writes meanwhile notices nothing, and that
// all is there after it.
func TestIndexShrinksInUse(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir, store.Options{Shrink: 1 << 20, Keep: 5 * time.Millisecond, Targets: []string{"s3"}})
	noise := noisyText(60_000)
	var users sync.WaitGroup
	for n := range 40 {
		it := item(n)
		it.CreatedBy = noise[n:]
		check(t, x.CreateItem(t.Context(), it))
	}
	largest := must(x.Stats(t.Context()))(t).Index.Bytes
	for n := range 40 {
		users.Go(func() {
			if err := x.UpdateItem(t.Context(), newID(n), func(it *label.Item) error { it.CreatedBy = "li"; return nil }); err != nil {
				t.Error(err)
			}
			if _, err := x.AddLabel(t.Context(), newID(n), label.Draft{Verdict: label.OK}, label.Person{ID: "li"}, ""); err != nil {
				t.Error(err)
			}
			if _, _, err := x.Item(t.Context(), newID(n)); err != nil {
				t.Error(err)
			}
		})
	}
	users.Wait()
	waitFor(t, func() bool { return must(x.Stats(t.Context()))(t).Index.Bytes < largest/2 })
	if n := must(x.Counts(t.Context()))(t); n.Labeled != 40 {
		t.Errorf("%+v", n)
	}
	check(t, x.CreateItem(t.Context(), item(40)))
}

// noisyText is text that does not compress well.
func noisyText(n int) string {
	var b strings.Builder
	for v := uint64(7); b.Len() < n; {
		v = v*6364136223846793005 + 1442695040888963407
		b.WriteByte(byte('!' + v>>33%90))
	}
	return b.String()
}
