package retune_test

import (
	"errors"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/learn/retune"
)

// Limits that have to move together do, and nothing is set that was not checked together.
func TestSeveralFieldsAtOnce(t *testing.T) {
	rule := detect.Rule{Kind: detect.Limit, H: ptr(110), HH: ptr(120)}
	plain := rule.Complete(force)
	r := start(t, &press{}, file(t), rule)
	for _, bad := range []struct {
		rule   string
		values retune.Values
		want   error
	}{
		{"nobody", retune.Values{"h": ptr(5)}, label.ErrNotFound},
		{"force.limit", retune.Values{"h": ptr(125)}, label.ErrInvalid}, // above hh
		{"force.limit", retune.Values{"h": ptr(125), "hh": ptr(125)}, label.ErrInvalid},
		{"force.limit", retune.Values{"threshold": ptr(5)}, label.ErrInvalid},
		{"force.limit", retune.Values{"h": ptr(125), "hh": ptr(1300)}, label.ErrInvalid}, // far from what the signal showed
	} {
		if err := r.Check(t.Context(), bad.rule, bad.values); !errors.Is(err, bad.want) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	up := retune.Values{"h": ptr(125), "hh": ptr(130)}
	if err := errors.Join(r.Check(t.Context(), "force.limit", up), r.Set(t.Context(), li, "force.limit", up, "new press")); err != nil {
		t.Fatal(err)
	}
	got := r.book.Tuned(plain)
	if *got.H != 125 || *got.HH != 130 || len(r.applied) != 1 {
		t.Errorf("h %g, hh %g, applied %v", *got.H, *got.HH, r.applied)
	}
	if held, ok := r.book.Held("force.limit", "hh"); !ok || *held.Value != 130 || held.Was != 120 || held.By != "li" || held.Reason != "new press" {
		t.Errorf("%+v, %v", held, ok)
	}
	if err := r.Set(t.Context(), li, "force.limit", retune.Values{"h": nil, "hh": nil}, "back"); err != nil {
		t.Fatal(err)
	}
	if got := r.book.Tuned(plain); *got.H != 110 || *got.HH != 120 {
		t.Errorf("h %g, hh %g", *got.H, *got.HH)
	}
	if _, ok := r.book.Held("force.limit", "ll"); ok {
		t.Error("nobody set ll")
	}
}
