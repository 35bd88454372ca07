package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/store"
)

// TestReviews holds that what people make of each other's labels survives a lost index.
func TestReviews(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir, store.Options{})
	check(t, x.CreateItem(t.Context(), item(1)))
	li, wang, zhao := label.Person{ID: "li"}, label.Person{ID: "wang"}, label.Person{ID: "zhao"}
	must(x.AddLabel(t.Context(), newID(1), label.Draft{Verdict: label.NotOK, Classes: []string{"dent"}}, li, ""))(t)

	mine := label.Draft{Verdict: label.OK, Parent: 1, Review: &label.Review{Of: 1, Result: label.Corrected}}
	if _, err := x.AddLabel(t.Context(), newID(1), mine, li, ""); !errors.Is(err, label.ErrSamePerson) {
		t.Errorf("li reviews li: %v", err)
	}
	second := label.Draft{Verdict: label.OK, Parent: 1, Review: &label.Review{Of: 1, Result: label.Independent}}
	if l := must(x.AddLabel(t.Context(), newID(1), second, wang, ""))(t); l.Review.Agrees {
		t.Error("OK agrees with not OK")
	}
	standing(t, x.Store, label.Disputed, "li", "wang")
	last := label.Draft{Verdict: label.NotOK, Classes: []string{"dent"}, Parent: 2, Review: &label.Review{Of: 1, Against: 2, Result: label.Adjudicated}}
	if l := must(x.AddLabel(t.Context(), newID(1), last, zhao, ""))(t); !l.Review.Agrees || last.Review.Agrees {
		t.Errorf("adjudicated %+v, draft %+v", l.Review, last.Review)
	}
	standing(t, x.Store, label.Settled, "li", "wang", "zhao")

	x.close()
	check(t, os.Remove(filepath.Join(dir, "index.db")))
	standing(t, open(t, dir, store.Options{}).Store, label.Settled, "li", "wang", "zhao")
}

func standing(t *testing.T, s *store.Store, want label.ReviewState, judges ...string) {
	t.Helper()
	row, _, err := s.Item(t.Context(), newID(1))
	if err != nil || row.Review != want || !slices.Equal(row.Judges, judges) {
		t.Errorf("%q %v, %v; want %q %v", row.Review, row.Judges, err, want, judges)
	}
}
