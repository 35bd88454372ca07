package store_test

import (
	"errors"
	"testing"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/store"
)

func TestStaleTaxonomyAndBadInput(t *testing.T) {
	ctx := t.Context()
	x := open(t, t.TempDir(), store.Options{})
	tax := must(x.Taxonomy(ctx))(t)
	next := must(x.PutTaxonomy(ctx, tax, "admin"))(t)
	if tax.Revision != 1 || next.Revision != 2 {
		t.Errorf("revisions %d, then %d", tax.Revision, next.Revision)
	}
	if _, err := x.PutTaxonomy(ctx, tax, "admin"); !errors.Is(err, label.ErrStale) {
		t.Errorf("stale revision: %v", err)
	}
	check(t, x.CreateItem(ctx, item(1)))
	for what, err := range map[string]error{
		"item id":    x.CreateItem(ctx, label.Item{ID: "x"}),
		"number":     x.UpdateItem(ctx, newID(1), func(it *label.Item) error { it.Score = nan(); return nil }),
		"draft":      second2(x.AddLabel(ctx, newID(1), label.Draft{Classes: []string{"no such"}}, label.Person{}, "")),
		"limit":      second2(x.Items(ctx, label.Query{Limit: 501})),
		"state":      second2(x.Items(ctx, label.Query{State: "x"})),
		"picture":    second2(x.AddImage(ctx, label.Image{SHA256: "00"}, []byte("x"))),
		"batch":      x.Freeze(ctx, journal.Batch{Target: "none", Epoch: 1, Number: 1}),
		"receipt":    x.Acknowledge(ctx, journal.Receipt{Batch: journal.Batch{Target: "none"}}),
		"other item": keyOfAnotherItem(t, x.Store),
	} {
		if !errors.Is(err, label.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := x.UpdateItem(ctx, newID(99), nil); !errors.Is(err, label.ErrNotFound) {
		t.Errorf("unknown item: %v", err)
	}
}

func second2[T any](_ T, err error) error { return err }

func nan() float64 { var zero float64; return zero / zero }

func keyOfAnotherItem(t *testing.T, s *store.Store) error {
	check(t, s.CreateItem(t.Context(), item(2)))
	d := label.Draft{Verdict: label.OK}
	must(s.AddLabel(t.Context(), newID(2), d, label.Person{ID: "li"}, "same"))(t)
	_, err := s.AddLabel(t.Context(), newID(1), d, label.Person{ID: "li"}, "same")
	return err
}
