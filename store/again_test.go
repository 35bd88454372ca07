package store_test

import (
	"errors"
	"testing"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
)

// TestLatestOutlivesARestart holds what gap records of the next run begin with.
func TestLatestOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir, store.Options{})
	appendAll(t, x.Store, series.Sample{Tag: "force", Source: t0, Value: 1}, series.Sample{Tag: "force", Source: t0 + second, Value: 2})
	x.close()

	again := open(t, dir, store.Options{})
	if s, ok := again.Latest("force"); !ok || s.Source != t0+second || s.Value != 2 {
		t.Errorf("latest after a restart: %+v, %v", s, ok)
	}
	if _, ok := again.Latest("oil"); ok {
		t.Error("a tag without samples has a latest one")
	}
}

func TestItemOfImage(t *testing.T) {
	x := open(t, t.TempDir(), store.Options{})
	im := label.Image{SHA256: sha("picture"), Format: "png", Width: 10, Height: 10, Camera: "top", Name: "a.jpg", Received: t0}
	must(x.AddImage(t.Context(), im, []byte("picture")))(t)
	it := item(1)
	it.Images = []label.Image{im}
	check(t, x.CreateItem(t.Context(), it))
	if id, err := x.ItemOfImage(t.Context(), im); err != nil || id != it.ID {
		t.Errorf("%s, %v, want %s", id, err, it.ID)
	}
	im.Name = "b.jpg"
	if id, err := x.ItemOfImage(t.Context(), im); !errors.Is(err, label.ErrNotFound) {
		t.Errorf("the same bytes under another name: %s, %v", id, err)
	}
}

// TestABatchIsFrozenAgainUnderALaterEpoch is how an operator ends the dispute of two gateways with one id.
func TestABatchIsFrozenAgainUnderALaterEpoch(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir, store.Options{Targets: []string{"nas"}})
	entries := must(x.Pending(t.Context(), "nas", 10))(t)
	b := journal.Batch{Target: "nas", Epoch: x.Epoch(), Number: 1, First: entries[0].Seq, Last: entries[0].Seq, Seqs: []journal.Seq{entries[0].Seq}}
	check(t, x.Freeze(t.Context(), b))
	x.close()

	again := open(t, dir, store.Options{Targets: []string{"nas"}, Epoch: b.Epoch + 1})
	b.Epoch++
	check(t, again.Freeze(t.Context(), b))
	on, got, ok, err := again.Frozen(t.Context(), "nas")
	if err != nil || !ok || on.Epoch != b.Epoch || len(got) != 1 {
		t.Errorf("frozen: %+v with %d entries, %v, %v", on, len(got), ok, err)
	}
	other := b
	other.Seqs = []journal.Seq{b.Last + 1}
	if err := again.Freeze(t.Context(), other); !errors.Is(err, label.ErrInvalid) {
		t.Errorf("other entries while a batch is on its way: %v", err)
	}
}
