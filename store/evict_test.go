package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
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
