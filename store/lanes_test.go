package store_test

import (
	"errors"
	"slices"
	"testing"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/store"
)

// waiting are the keys of a lane's entries, in the order in which they leave.
func waiting(t *testing.T, s *store.Store, lane journal.Lane, limit int) (keys []string) {
	t.Helper()
	for _, e := range must(s.Waiting(t.Context(), "s3", lane, limit))(t) {
		keys = append(keys, e.Key)
	}
	return keys
}

func TestLanes(t *testing.T) {
	ctx, dir, opt := t.Context(), t.TempDir(), store.Options{Targets: []string{"s3"}, SyncUnlabeled: true}
	x := open(t, dir, opt)
	var ids []string
	for i := range 4 {
		it := item(i + 1)
		it.Window = nil
		if i == 1 {
			it.Kind, it.Window = label.KindWindow, &label.WindowRef{From: t0, To: t0 + second, Tags: []string{"f"}}
		}
		check(t, x.CreateItem(ctx, it))
		ids = append(ids, it.ID)
	}
	for _, e := range must(x.Pending(ctx, "s3", 10))(t) {
		if e.Kind == journal.Taxonomy {
			check(t, x.Freeze(ctx, journal.Batch{Target: "s3", Epoch: x.Epoch(), Number: 1, Seqs: []journal.Seq{e.Seq}}))
			check(t, x.Acknowledge(ctx, journal.Receipt{Batch: journal.Batch{Target: "s3", Epoch: x.Epoch(), Number: 1, Seqs: []journal.Seq{e.Seq}}}))
		}
	}
	first := must(x.AddLabel(ctx, ids[2], label.Draft{Verdict: label.OK}, label.Person{ID: "li"}, ""))(t)
	second := must(x.AddLabel(ctx, ids[0], label.Draft{Verdict: label.OK}, label.Person{ID: "li"}, ""))(t)
	third := must(x.AddLabel(ctx, ids[0], label.Draft{Verdict: label.NotOK, Parent: 1}, label.Person{ID: "li"}, ""))(t)
	look := func() {
		t.Helper()
		if got, want := waiting(t, x.Store, journal.Labels, 9), []string{ids[0], third.ID, second.ID, ids[2], first.ID}; !slices.Equal(got, want) {
			t.Errorf("labels: %v, want %v", got, want)
		}
		if got := waiting(t, x.Store, journal.Labels, 1); !slices.Equal(got, []string{ids[0], third.ID}) {
			t.Errorf("the newest label: %v", got)
		}
		if got := waiting(t, x.Store, journal.Items, 9); !slices.Equal(got, []string{ids[3]}) {
			t.Errorf("items: %v", got)
		}
		if got := waiting(t, x.Store, journal.Windows, 9); !slices.Equal(got, []string{ids[1]}) {
			t.Errorf("windows: %v", got)
		}
		b := must(x.Backlog(ctx, "s3"))(t)
		if b.Lanes[journal.Labels] != 5 || b.Lanes[journal.Items] != 1 || b.Lanes[journal.Windows] != 1 || b.Lanes[journal.Records] != 0 || b.Oldest == 0 {
			t.Errorf("backlog %+v", b)
		}
	}
	look()
	x.close()
	x = open(t, dir, opt)
	look()
	if _, err := x.Waiting(ctx, "none", journal.Labels, 1); !errors.Is(err, label.ErrNotFound) {
		t.Errorf("unknown target: %v", err)
	}
	if _, err := x.Backlog(ctx, "none"); !errors.Is(err, label.ErrNotFound) {
		t.Errorf("unknown target: %v", err)
	}
}

// A target that is added later gets everything in the same lanes.
func TestLanesOfANewTarget(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	x := open(t, dir, store.Options{Targets: []string{"nas"}, SyncUnlabeled: true})
	a, b := item(1), item(2)
	a.Window, b.Window = nil, nil
	check(t, x.CreateItem(ctx, a))
	check(t, x.CreateItem(ctx, b))
	l := must(x.AddLabel(ctx, a.ID, label.Draft{Verdict: label.OK}, label.Person{ID: "li"}, ""))(t)
	x.close()
	x = open(t, dir, store.Options{Targets: []string{"nas", "s3"}, SyncUnlabeled: true})
	if got := waiting(t, x.Store, journal.Labels, 2); !slices.Equal(got, []string{a.ID, l.ID}) {
		t.Errorf("labels: %v", got)
	}
	if got := waiting(t, x.Store, journal.Items, 9); !slices.Equal(got, []string{b.ID}) {
		t.Errorf("items: %v", got)
	}
}
