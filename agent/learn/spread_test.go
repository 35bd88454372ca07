package learn_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"edgelabel/agent/label"
	"edgelabel/agent/learn"
	"edgelabel/store"
)

var (
	li  = label.Person{ID: "li", Role: "labeler"}
	sun = label.Person{ID: "sun", Role: "reviewer"}
)

// kept opens a real store with windows of one signal, an hour apart.
func kept(t *testing.T, items int) *store.Store {
	t.Helper()
	s, err := store.Open(t.TempDir(), store.Options{
		Taxonomy: label.Taxonomy{Classes: []label.Class{{ID: "jam", Name: label.Text{ZH: "卡", EN: "Jam"}, Color: "#ff0000"}}},
		Now:      func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, s.Close()); err != nil {
			t.Error(err)
		}
	})
	for n := range items {
		at := hour(n)
		it := label.Item{
			ID: itemID(n), Kind: label.KindWindow, At: at, IsPartial: true,
			Window: &label.WindowRef{From: at - int64(time.Minute), To: at + int64(time.Minute), Tags: []string{"force"}},
		}
		if err := s.CreateItem(t.Context(), it); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func hour(n int) int64 { return now.UnixNano() - int64(100-n)*int64(time.Hour) }

func itemID(n int) string {
	var id ulid.ULID
	id[15] = byte(n + 1)
	return id.String()
}

func spreader(t *testing.T, s learn.Store, path string) *learn.Spreader {
	t.Helper()
	x, err := learn.OpenSpreader(learn.SpreaderConfig{
		Store: s, Path: path, AssetOf: func(string) string { return "press" }, Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

func stretch(n int, item string) label.PlaceAlike {
	return label.PlaceAlike{Item: item, Tags: []string{"force"}, From: hour(n) - int64(10*time.Second), To: hour(n) + int64(10*time.Second)}
}

func TestSpreadAndTakeBack(t *testing.T) {
	s := kept(t, 4)
	path := filepath.Join(t.TempDir(), "spread.jsonl")
	first := label.Draft{Verdict: label.NotOK, Classes: []string{"jam"}, Regions: []label.Region{
		{ID: "a", Kind: label.Interval, Class: "jam", From: hour(0), To: hour(0) + 5, Tags: []string{"force"}},
	}}
	must(s.AddLabel(t.Context(), itemID(0), first, li, ""))(t)
	must(s.AddLabel(t.Context(), itemID(3), label.Draft{Verdict: label.OK}, sun, "")) // judged already: stays
	want := label.Spread{Item: itemID(0), Rev: 1, Places: []label.PlaceAlike{stretch(1, itemID(1)), stretch(2, itemID(2)), stretch(3, itemID(3)), stretch(50, "")}}
	x := spreader(t, s, path)
	if _, err := x.Spread(t.Context(), li, "k", label.Spread{Item: itemID(0), Rev: 2, Places: want.Places}); !errors.Is(err, label.ErrStale) {
		t.Errorf("an old revision: %v", err)
	}
	done := must(x.Spread(t.Context(), li, "k", want))(t)
	if len(done.Labeled) != 3 || len(done.Skipped) != 1 || done.Skipped[0].Item != itemID(3) {
		t.Fatalf("%+v", done)
	}
	for _, id := range done.Labeled {
		row, labels, err := s.Item(t.Context(), id)
		if err != nil || row.Verdict != label.NotOK || len(labels) != 1 || labels[0].Input != label.Propagated || labels[0].By.ID != "li" {
			t.Fatalf("%s: %+v %+v %v", id, row, labels, err)
		}
		if r := labels[0].Regions; len(r) != 1 || r[0].Class != "jam" || r[0].Kind != label.Interval || r[0].To-r[0].From != int64(20*time.Second) {
			t.Errorf("%s: %+v", id, r)
		}
	}
	again := must(spreader(t, s, path).Spread(t.Context(), li, "k", want))(t) // after a restart
	if again.ID != done.ID || len(again.Labeled) != 3 {
		t.Errorf("%+v", again)
	}
	lost := must(spreader(t, s, filepath.Join(t.TempDir(), "x")).Spread(t.Context(), li, "k", want))(t) // power went before it was written down
	if len(lost.Labeled) != 3 || lost.Labeled[2] != done.Labeled[2] {
		t.Errorf("%+v", lost)
	}
	changed := label.Draft{Verdict: label.OK, Parent: 1}
	must(s.AddLabel(t.Context(), itemID(2), changed, sun, ""))(t)
	back := spreader(t, s, path)
	for range 2 {
		if undone := must(back.Unspread(t.Context(), li, done.ID))(t); undone.Undone == 0 {
			t.Errorf("%+v", undone)
		}
	}
	counts := must(s.Counts(t.Context()))(t)
	open := must(s.Items(t.Context(), label.Query{State: label.StateOpen}))(t)
	if len(open.Rows) != 2 || counts.Open != 2 || counts.Labeled != 3 {
		t.Errorf("%d open, %+v", len(open.Rows), counts)
	}
	if row, _, _ := s.Item(t.Context(), itemID(2)); row.Verdict != label.OK {
		t.Errorf("what sun said is gone: %+v", row)
	}
	if _, err := back.Unspread(t.Context(), li, "nothing"); !errors.Is(err, label.ErrNotFound) {
		t.Error(err)
	}
}

func TestOnlyALabelSpreads(t *testing.T) {
	s := kept(t, 2)
	x := spreader(t, s, filepath.Join(t.TempDir(), "spread.jsonl"))
	if _, err := x.Spread(t.Context(), li, "k", label.Spread{Item: itemID(0), Places: []label.PlaceAlike{stretch(1, itemID(1))}}); !errors.Is(err, label.ErrInvalid) {
		t.Error(err)
	}
	if _, err := x.Spread(t.Context(), li, "k", label.Spread{Item: itemID(9)}); !errors.Is(err, label.ErrNotFound) {
		t.Error(err)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
