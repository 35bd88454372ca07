package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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

// noisyText is text that does not compress well.
func noisyText(n int) string {
	var b strings.Builder
	for v := uint64(7); b.Len() < n; {
		v = v*6364136223846793005 + 1442695040888963407
		b.WriteByte(byte('!' + v>>33%90))
	}
	return b.String()
}
