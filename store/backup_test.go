package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
)

// withoutEpoch takes the one line out in which a restored store differs.
func withoutEpoch(state string) string {
	head, _, _ := strings.Cut(state, "\ncounts ")
	return head
}

func TestRestoreGivesTheSameUnderANewEpoch(t *testing.T) {
	dir, to := t.TempDir(), t.TempDir()
	fill(t, dir, damageOptions())
	check(t, os.WriteFile(filepath.Join(dir, "users.json"), []byte("{}"), 0o600))
	x := open(t, dir, damageOptions())
	before, epoch := state(t, x.Store), x.Epoch()
	first := must(store.Backup(t.Context(), dir, to, time.Unix(1, 0)))(t) // while it is open
	x.close()

	again := filepath.Join(t.TempDir(), "new", "data")
	check(t, os.MkdirAll(filepath.Dir(again), 0o700))
	r := must(store.Restore(t.Context(), to, "", again))(t)
	if r.Epoch != epoch+1 || r.Files != first.Files {
		t.Errorf("restored %+v after epoch %d, snapshot %+v", r, epoch, first)
	}
	if b := must(os.ReadFile(filepath.Join(again, "users.json")))(t); string(b) != "{}" {
		t.Errorf("users.json: %q", b)
	}
	y := open(t, again, damageOptions())
	if after := state(t, y.Store); withoutEpoch(after) != withoutEpoch(before) || y.Epoch() != epoch+1 {
		t.Errorf("before:\n%s\nafter, epoch %d:\n%s", before, y.Epoch(), after)
	}
	for n := range 6 {
		check(t, expectBlob(y.Store, sha(picture(n))))
	}
	if _, err := store.Restore(t.Context(), to, "", again); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("restore over data: %v", err)
	}
}

func TestBackupIsIncremental(t *testing.T) {
	dir, to := t.TempDir(), t.TempDir()
	fill(t, dir, damageOptions())
	first := must(store.Backup(t.Context(), dir, to, time.Unix(1, 0)))(t)
	x := open(t, dir, damageOptions())
	must(x.AddImage(t.Context(), label.Image{Camera: "c", Name: "late", Width: 9, Height: 9, Format: "png"}, []byte(strings.Repeat("late ", 9000))))(t)
	x.close()
	second := must(store.Backup(t.Context(), dir, to, time.Unix(2, 0)))(t)
	if second.Known == 0 || second.Stored < 45_000 || second.Stored > 45_000+first.Stored {
		t.Errorf("first %+v, second %+v", first, second)
	}
	third := must(store.Backup(t.Context(), dir, to, time.Unix(3, 0)))(t)
	if third.Stored > 4096 { // nothing happened but the start and end of a run
		t.Errorf("nothing new, and %d bytes were stored", third.Stored)
	}
	if _, err := store.Backup(t.Context(), dir, filepath.Join(dir, "blobs", "b"), time.Unix(4, 0)); err == nil {
		t.Error("a backup inside the data directory is accepted")
	}
	if _, err := store.Backup(t.Context(), t.TempDir(), to, time.Unix(5, 0)); err == nil {
		t.Error("an empty folder is backed up")
	}
	old := filepath.Join(t.TempDir(), "old")
	must(store.Restore(t.Context(), to, first.Snapshot, old))(t)
	y := open(t, old, damageOptions())
	if err := expectBlob(y.Store, sha(strings.Repeat("late ", 9000))); err == nil {
		t.Error("the first snapshot holds a later picture")
	}
}

// TestBackupWhileEverythingMoves takes snapshots of a store at work: what was acknowledged before must be in each.
func TestBackupWhileEverythingMoves(t *testing.T) {
	dir, to := t.TempDir(), t.TempDir()
	o := crashOptions()
	x := open(t, dir, o)
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	var mu sync.Mutex
	acked := map[string]bool{}
	work.Go(func() {
		for n := 1; ctx.Err() == nil; n++ {
			if err := addAll(ctx, x.Store, n); err != nil {
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				return
			}
			mu.Lock()
			for _, what := range []string{"sample", "image", "item"} {
				acked[fmt.Sprint(what, " ", n)] = true
			}
			acked[fmt.Sprintf("label %d.1", n)] = true
			mu.Unlock()
		}
	})
	for round := range 4 {
		time.Sleep(100 * time.Millisecond)
		before := map[string]bool{}
		mu.Lock()
		for key := range acked {
			before[key] = true
		}
		mu.Unlock()
		r := must(store.Backup(ctx, dir, to, time.Unix(int64(round), 0)))(t)
		again := filepath.Join(t.TempDir(), "data")
		must(store.Restore(ctx, to, r.Snapshot, again))(t)
		y := open(t, again, o)
		expectAll(t, y.Store, before)
		y.close()
	}
	cancel()
	work.Wait()
	if len(acked) < 40 {
		t.Errorf("only %d things were stored", len(acked))
	}
}

func addAll(ctx context.Context, s *store.Store, n int) error {
	done := make(chan error, 1)
	x := series.Sample{Tag: "n", Source: t0 + int64(n), Receive: t0, Value: float64(n)}
	if err := s.Append(ctx, []series.Sample{x}, func(err error) { done <- err }); err != nil {
		return err
	}
	if err := <-done; err != nil {
		return err
	}
	im := label.Image{Camera: "c", Name: fmt.Sprint(n), Width: 9, Height: 9, Format: "png", Received: t0}
	if _, err := s.AddImage(ctx, im, []byte(picture(n))); err != nil {
		return err
	}
	im.SHA256, im.Bytes = sha(picture(n)), int64(len(picture(n)))
	it := item(n)
	it.Images = []label.Image{im}
	if err := s.CreateItem(ctx, it); err != nil {
		return err
	}
	_, err := s.AddLabel(ctx, it.ID, label.Draft{Verdict: label.OK, Comment: fmt.Sprint(n)}, label.Person{ID: "li"}, fmt.Sprint("k", n))
	return err
}

func TestRestoreFindsDamagedChunk(t *testing.T) {
	dir, to := t.TempDir(), t.TempDir()
	fill(t, dir, damageOptions())
	must(store.Backup(t.Context(), dir, to, time.Unix(1, 0)))(t)
	chunks := must(filepath.Glob(filepath.Join(to, "objects", "*", "*")))(t)
	b := must(os.ReadFile(chunks[0]))(t)
	b[0] ^= 1
	check(t, os.WriteFile(chunks[0], b, 0o600))
	again := filepath.Join(t.TempDir(), "data")
	if _, err := store.Restore(t.Context(), to, "", again); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("restore: %v", err)
	}
	if _, err := os.Stat(again); err == nil {
		t.Error("a half restored directory is there")
	}
}

func TestNewerDirectoryIsRefusedUntouched(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, damageOptions())
	check(t, os.WriteFile(filepath.Join(dir, "version"), fmt.Append(nil, store.DataVersion+1), 0o600))
	before := must(os.ReadFile(filepath.Join(dir, "index.db")))(t)
	if _, err := store.Open(dir, damageOptions()); !errors.Is(err, store.ErrNewer) {
		t.Errorf("open: %v", err)
	}
	if err := store.ReadDir(t.Context(), dir, nil); !errors.Is(err, store.ErrNewer) {
		t.Errorf("read: %v", err)
	}
	if _, err := store.Backup(t.Context(), dir, t.TempDir(), time.Unix(1, 0)); !errors.Is(err, store.ErrNewer) {
		t.Errorf("backup: %v", err)
	}
	if after := must(os.ReadFile(filepath.Join(dir, "index.db")))(t); string(after) != string(before) {
		t.Error("the index was touched")
	}
	check(t, os.WriteFile(filepath.Join(dir, "version"), []byte("two\n"), 0o600))
	if _, err := store.Open(dir, damageOptions()); err == nil {
		t.Error("a version that is none is accepted")
	}
	check(t, os.Remove(filepath.Join(dir, "version"))) // as before there were versions
	open(t, dir, damageOptions())
}
