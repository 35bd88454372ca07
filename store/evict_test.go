package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
)

const size = 1000

func bytesOf(n int) []byte { return bytes.Repeat([]byte{byte('a' + n)}, size) }

// addItem stores a picture of 1000 bytes and, with an item's number, the item that shows it.
func addItem(t *testing.T, s *store.Store, n int, score float64) error {
	t.Helper()
	im := label.Image{Camera: "c", Name: fmt.Sprint(n), Width: 9, Height: 9, Format: "png", Received: t0 + int64(n)}
	if _, err := s.AddImage(t.Context(), im, bytesOf(n)); err != nil {
		return err
	}
	if score < 0 {
		return nil
	}
	it := item(n)
	im.SHA256, im.Bytes = sha(string(bytesOf(n))), size
	it.Images, it.Score = []label.Image{im}, score
	return s.CreateItem(t.Context(), it)
}

func addLabel(t *testing.T, s *store.Store, n int) {
	t.Helper()
	must(s.AddLabel(t.Context(), newID(n), label.Draft{Verdict: label.OK}, label.Person{ID: "li"}, fmt.Sprint("k", n)))(t)
}

func present(s *store.Store, n int) bool {
	f, err := s.OpenBlob(sha(string(bytesOf(n))))
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// evictions lists the keys of the eviction records among the entries.
func evictions(t *testing.T, entries []journal.Entry) (list []string) {
	t.Helper()
	for _, ev := range evictedIn(t, entries) {
		list = append(list, ev.Class+" "+ev.Reason)
	}
	return list
}

func evictedIn(t *testing.T, entries []journal.Entry) (list []journal.Evicted) {
	t.Helper()
	for _, e := range entries {
		if e.Kind == journal.Eviction {
			var ev journal.Evicted
			check(t, json.Unmarshal(e.Body, &ev))
			list = append(list, ev)
		}
	}
	return list
}

func TestOrderOfEviction(t *testing.T) {
	now := time.Unix(0, t0).Add(time.Hour)
	x := open(t, t.TempDir(), store.Options{Images: 7 * size, Targets: []string{"s3"}, Now: func() time.Time { return now }})
	s := x.Store
	check(t, addItem(t, s, 0, 0.9)) // labeled and synced: first to go
	check(t, addItem(t, s, 1, -1))  // shown by nothing: second
	check(t, addItem(t, s, 2, 0.5)) // unlabeled, higher score: last
	check(t, addItem(t, s, 3, 0.1)) // unlabeled, lower score, newer: fourth
	check(t, addItem(t, s, 4, 0.1)) // somebody looks at it: stays
	check(t, addItem(t, s, 5, 0.0)) // labeled, not synced: stays
	check(t, addItem(t, s, 6, 0.1)) // labeled, not synced: stays
	addLabel(t, s, 0)
	sendAll(t, s, "s3")
	addLabel(t, s, 5)
	addLabel(t, s, 6)
	must(s.Claim(t.Context(), newID(4), label.Claim{By: "li", Until: now.Add(time.Minute).UnixNano()}))(t)

	for i, gone := range []int{0, 1, 3, 2} {
		if !present(s, gone) {
			t.Fatalf("picture %d went too early, before step %d", gone, i)
		}
		check(t, addItem(t, s, 10+i, 1))
		addLabel(t, s, 10+i)
		if present(s, gone) {
			t.Fatalf("step %d: picture %d is still there", i, gone)
		}
	}
	if err := addItem(t, s, 20, 1); !errors.Is(err, label.ErrFull) {
		t.Errorf("nothing may be evicted: %v", err)
	}
	for _, n := range []int{4, 5, 6, 10, 11, 12, 13} {
		if !present(s, n) {
			t.Errorf("picture %d is gone", n)
		}
	}
	if _, _, err := s.Item(t.Context(), newID(3)); !errors.Is(err, label.ErrNotFound) {
		t.Errorf("evicted item: %v", err)
	}
	if row, labels, err := s.Item(t.Context(), newID(0)); err != nil || len(labels) != 1 || !row.Synced {
		t.Errorf("labeled item whose picture went: %+v %v %v", row.Standing, labels, err)
	}
	st := must(s.Stats(t.Context()))(t)
	if st.Images.Bytes != 7*size || st.Evicted["image/budget"] != 2 || st.Evicted["item/budget"] != 2 {
		t.Errorf("stats: %+v", st)
	}
	got := evictions(t, sendAll(t, s, "s3"))
	if want := []string{"image budget", "image budget", "item budget", "item budget"}; !slices.Equal(got, want) {
		t.Errorf("records %q, want %q", got, want)
	}
	check(t, addItem(t, s, 20, 1)) // now that everything is synced
}

func TestSharedPictureStays(t *testing.T) {
	x := open(t, t.TempDir(), store.Options{Images: size, Targets: []string{"s3"}})
	check(t, addItem(t, x.Store, 0, 1))
	im := label.Image{Camera: "c", Name: "other name"}
	if must(x.AddImage(t.Context(), im, bytesOf(0)))(t) {
		t.Error("another name is another picture")
	}
	it := item(1)
	it.Images = []label.Image{{SHA256: sha(string(bytesOf(0))), Bytes: size}}
	check(t, x.CreateItem(t.Context(), it))
	addLabel(t, x.Store, 0)
	sendAll(t, x.Store, "s3")
	addLabel(t, x.Store, 1) // shows the same bytes and is not synced
	if err := addItem(t, x.Store, 2, 1); !errors.Is(err, label.ErrFull) || !present(x.Store, 0) {
		t.Errorf("%v; there: %v", err, present(x.Store, 0))
	}
}

func TestWindowsGoWithUnlabeledItems(t *testing.T) {
	ctx := t.Context()
	x := open(t, t.TempDir(), store.Options{Windows: 250})
	settle := func(n int) error {
		it := item(n)
		it.Kind, it.IsPartial = label.KindWindow, true
		it.Window = &label.WindowRef{From: t0, To: t0 + 1, Tags: []string{"f"}}
		check(t, x.CreateItem(ctx, it))
		return x.SettleItem(ctx, it.ID, &series.Window{From: t0, To: t0 + 1, Traces: []series.Trace{{Tag: fmt.Sprint("f", n)}}})
	}
	var n int
	for n = 1; n < 50; n++ {
		check(t, settle(n))
		if _, _, err := x.Item(ctx, newID(1)); errors.Is(err, label.ErrNotFound) {
			break
		}
	}
	st := must(x.Stats(ctx))(t)
	if n == 50 || st.Windows.Bytes > 250 || st.Evicted["item/budget"] != 1 {
		t.Errorf("after %d windows: %+v", n, st)
	}
}

func TestOldSamplesGoFirst(t *testing.T) {
	x := open(t, t.TempDir(), store.Options{Series: 20_000, Segment: 4000, Keep: time.Millisecond, Targets: []string{"s3"}})
	for n := range 300 {
		s := make([]series.Sample, 20)
		for i := range s {
			s[i] = series.Sample{Tag: "f", Source: t0 + int64(n*20+i)*second, Receive: t0, Value: float64(n*i) * 1.0001}
		}
		appendAll(t, x.Store, s...)
	}
	deadline := time.Now().Add(10 * time.Second)
	for must(x.Stats(t.Context()))(t).Series.Bytes > 25_000 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	st := must(x.Stats(t.Context()))(t)
	w := must(x.Window(t.Context(), []string{"f"}, t0, t0+300*20*second))(t)
	n := len(w.Traces[0].T)
	if st.Series.Bytes > 25_000 || n == 0 || n == 6000 || w.Traces[0].T[n-1] != t0+5999*second || st.Evicted["series/budget"] == 0 {
		t.Errorf("%d samples left, %+v", n, st)
	}
	if got := evictions(t, sendAll(t, x.Store, "s3")); len(got) != int(must(x.Stats(t.Context()))(t).Evicted["series/budget"]) {
		t.Errorf("%d records, %+v", len(got), st.Evicted)
	}
}

// TestFullDisk fills a small file system: everything fails clearly, nothing acknowledged is lost, and it works again with room.
func TestFullDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("mounting a small file system: not root")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("mounting a small file system: %s", out)
	}
	t.Cleanup(func() { check(t, syscall.Unmount(dir, 0)) })
	o := store.Options{Ballast: 1 << 20, MinFree: 2 << 20, Keep: 5 * time.Millisecond, Segment: 64 << 10, Targets: []string{"s3"}}
	x := open(t, filepath.Join(dir, "data"), o)
	check(t, x.CreateItem(t.Context(), item(1)))
	filler := filepath.Join(dir, "filler")
	acked, refused := []int{}, 0
	for n := range 400 {
		if n == 100 {
			fillUp(t, filler)
		}
		noise := make([]float64, 500)
		for i := range noise {
			noise[i] = float64((n*7919+i*104729)%1000003) * 1.37
		}
		done := make(chan error, 1)
		check(t, x.Append(t.Context(), []series.Sample{{Tag: "w", Source: t0 + int64(n), Receive: t0, Wave: noise}}, func(err error) { done <- err }))
		switch err := <-done; {
		case err == nil:
			acked = append(acked, n)
		case errors.Is(err, label.ErrFull):
			refused++
		default:
			t.Fatalf("sample %d: %v", n, err)
		}
	}
	if _, err := x.AddImage(t.Context(), label.Image{Camera: "c", Name: "x"}, make([]byte, 3<<20)); !errors.Is(err, label.ErrFull) {
		t.Errorf("picture on a full disk: %v", err)
	}
	if st := must(x.Stats(t.Context()))(t); !st.Full {
		t.Error("the disk is full, and nothing says so")
	}
	addLabel(t, x.Store, 1)
	check(t, os.Remove(filler))
	for must(x.Stats(t.Context()))(t).Full { // until the next look at the budgets
		time.Sleep(time.Millisecond)
	}
	appendAll(t, x.Store, series.Sample{Tag: "f", Source: t0, Receive: t0, Value: 1})
	must(x.AddImage(t.Context(), label.Image{Camera: "c", Name: "x"}, make([]byte, 1<<20)))(t)
	x.close()
	o.Tags = []series.Tag{{ID: "w", Rate: 1}}
	x = open(t, filepath.Join(dir, "data"), o)
	w := must(x.Window(t.Context(), []string{"w", "f"}, t0, t0+1000))(t)
	dropped := evictedIn(t, must(x.Pending(t.Context(), "s3", 1000))(t))
	if refused == 0 && len(dropped) == 0 { // either is right: it depends on who is quicker, the writer or the keeper of the budgets
		t.Errorf("the disk never was full; %d acknowledged", len(acked))
	}
	for _, n := range acked {
		at := t0 + int64(n)
		if !slices.Contains(w.Traces[0].T, at) && !slices.ContainsFunc(dropped, func(e journal.Evicted) bool { return e.From <= at && at <= e.To }) {
			t.Errorf("acknowledged sample %d is neither there nor recorded as evicted", n)
		}
	}
	if len(w.Traces[1].T) != 1 {
		t.Error("the sample stored after the disk had room again is gone")
	}
	t.Logf("%d acknowledged, %d refused, %d segments dropped", len(acked), refused, len(dropped))
	if _, labels, err := x.Item(t.Context(), newID(1)); err != nil || len(labels) != 1 {
		t.Errorf("label: %v %v", labels, err)
	}
}

func fillUp(t *testing.T, path string) {
	t.Helper()
	f := must(os.Create(path))(t)
	for n := 1 << 20; n > 0; n /= 2 {
		for {
			if _, err := f.Write(make([]byte, n)); errors.Is(err, syscall.ENOSPC) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
	check(t, f.Close())
}

func TestBlobsAreNotOutsideTheirFolder(t *testing.T) {
	x := open(t, t.TempDir(), store.Options{})
	for _, name := range []string{"", "../../index.db", strings.Repeat("a", 64), strings.Repeat("/", 64), strings.Repeat("A", 64)} {
		if _, err := x.OpenBlob(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestFullIndex fills index.db to its limit: requests fail with ErrFull, reading goes on, and the logs hold nothing that the index lacks.
func TestFullIndex(t *testing.T) {
	if raced {
		t.Skip("compressing 40 MB of noise: takes most of a minute under the race detector")
	}
	dir := t.TempDir()
	o := store.Options{Index: 20 << 20}
	x := open(t, dir, o)
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 200_000)
	for i := range noise {
		noise[i] = byte('!' + random.IntN(90))
	}
	stored := 0
	for ; stored < 2000; stored++ {
		it := item(stored)
		it.CreatedBy = string(noise)
		err := x.CreateItem(t.Context(), it)
		if errors.Is(err, label.ErrFull) {
			break
		}
		check(t, err)
	}
	if stored == 0 || stored == 2000 {
		t.Fatalf("%d items fit", stored)
	}
	if n := must(x.Counts(t.Context()))(t); n.Open != stored {
		t.Errorf("%d items stored, %+v", stored, n)
	}
	if _, _, err := x.Item(t.Context(), newID(stored-1)); err != nil {
		t.Error(err)
	}
	x.close()
	x = open(t, dir, o)
	if n := must(x.Counts(t.Context()))(t); n.Open != stored || x.Recovery().Replayed != 0 {
		t.Errorf("after a restart: %+v, %+v", n, x.Recovery())
	}
}
