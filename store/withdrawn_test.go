package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/store"
)

// TestALabelIsTakenBack holds that an item whose label was withdrawn waits again, is never evicted for it, and does so after a lost index.
func TestALabelIsTakenBack(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir, store.Options{})
	check(t, x.CreateItem(t.Context(), item(1)))
	li := label.Person{ID: "li"}
	back := label.Draft{Input: label.Withdrawn, Parent: 1}
	must(x.AddLabel(t.Context(), newID(1), label.Draft{Verdict: label.NotOK, Classes: []string{"dent"}, Input: label.Propagated}, li, ""))(t)
	for _, wrong := range []label.Draft{{Parent: 1}, {Parent: 1, Verdict: label.OK, Input: label.Withdrawn}} {
		if _, err := x.AddLabel(t.Context(), newID(1), wrong, li, ""); !errors.Is(err, label.ErrInvalid) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	must(x.AddLabel(t.Context(), newID(1), back, li, ""))(t)
	waits := func(s *store.Store) {
		t.Helper()
		row, labels, err := s.Item(t.Context(), newID(1))
		counts := must(s.Counts(t.Context()))(t)
		if err != nil || row.State != label.StateOpen || row.Verdict != label.Undefined || len(row.Classes) > 0 || len(labels) != 2 || counts.Open != 1 || counts.Labeled != 0 {
			t.Errorf("%+v, %d labels, %+v, %v", row.Standing, len(labels), counts, err)
		}
	}
	waits(x.Store)
	x.close()
	check(t, os.Remove(filepath.Join(dir, "index.db")))
	y := open(t, dir, store.Options{})
	waits(y.Store)
	must(y.AddLabel(t.Context(), newID(1), label.Draft{Verdict: label.OK, Parent: 2}, li, ""))(t)
	if row, _, err := y.Item(t.Context(), newID(1)); err != nil || row.State == label.StateOpen {
		t.Errorf("%+v, %v", row.Standing, err)
	}
}
