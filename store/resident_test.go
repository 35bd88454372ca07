package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/store"
)

// TestIndexIsNotHeldInMemory opens an index of several MiB, reads all of it, and holds that next to nothing of it is counted as this
// process's memory once the budgets were looked at.
func TestIndexIsNotHeldInMemory(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir, store.Options{Keep: 20 * time.Millisecond})
	noise := noisyText(30_000)
	for n := range 50 {
		it := item(n)
		it.CreatedBy = noise[n:]
		check(t, x.CreateItem(t.Context(), it))
	}
	for cursor := ""; ; {
		page := must(x.Items(t.Context(), label.Query{Cursor: cursor}))(t)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	size := must(os.Stat(filepath.Join(dir, "index.db")))(t).Size()
	if size < 1<<20 {
		t.Fatalf("an index of %d bytes shows nothing", size)
	}
	waitFor(t, func() bool { return resident(t, filepath.Join(dir, "index.db")) < size/8 })
}

// resident is how many bytes of a file that this process has mapped count as its memory.
func resident(t *testing.T, path string) (bytes int64) {
	t.Helper()
	mine := false
	for line := range strings.Lines(string(must(os.ReadFile("/proc/self/smaps"))(t))) {
		var kb int64
		if strings.Contains(line, path) {
			mine = true
		} else if _, err := fmt.Sscanf(line, "Rss: %d kB", &kb); err == nil && mine {
			bytes, mine = bytes+kb<<10, false
		}
	}
	return bytes
}
