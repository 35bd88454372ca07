package history_test

import (
	"path/filepath"
	"testing"
)

// TestStopBetweenSealingAndRemoving leaves a raw segment beside the sealed one that was made of it: whole, the sealed one counts; damaged,
// it is set aside and the raw one counts. Either way nothing is lost and nothing is there twice.
func TestStopBetweenSealingAndRemoving(t *testing.T) {
	for name, damaged := range map[string]bool{"whole": false, "damaged": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			raw, seg := filepath.Join(dir, "series", "0000000000000001.raw"), filepath.Join(dir, "series", "0000000000000001.seg")
			h, _ := open(t, dir, 1<<20)
			h.add(sample("a", 1))
			h.add(sample("a", 2))
			h.stop()
			before := read(t, raw)
			h, _ = open(t, dir, 1<<20)
			h.sealed(dir)
			h.stop()
			put(t, raw, before)
			if damaged {
				b := read(t, seg)
				b[30] ^= 1
				put(t, seg, b)
			}
			h, damages := open(t, dir, 1<<20)
			if got := h.values("a", 0, 100); got != "1 2" {
				t.Errorf("read: %s", got)
			}
			if damaged != (len(damages) == 1 && damages[0].Whole && damages[0].Kept != "") {
				t.Errorf("said: %+v", damages)
			}
			h.sealed(dir)
			if got := h.values("a", 0, 100); got != "1 2" {
				t.Errorf("read when sealed again: %s", got)
			}
		})
	}
}
