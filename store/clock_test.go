package store_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
)

// TestOrderSurvivesAClockSetBack sets the wall clock back by a year in the middle of the work.
func TestOrderSurvivesAClockSetBack(t *testing.T) {
	var wall, mono atomic.Int64
	wall.Store(t0)
	o := damageOptions()
	o.Now = func() time.Time { return time.Unix(0, wall.Add(second)) }
	o.Clock = func() store.Clock {
		return store.Clock{Boot: "b00710ad", Mono: mono.Add(second), Synced: wall.Load() > t0}
	}
	dir := t.TempDir()
	x := open(t, dir, o)
	ctx := t.Context()
	revise := func(parent int, verdict label.Verdict) {
		d := label.Draft{Verdict: verdict, Parent: parent, Comment: fmt.Sprint(parent)}
		must(x.AddLabel(ctx, newID(1), d, label.Person{ID: "li"}, fmt.Sprint("k", parent)))(t)
	}
	check(t, x.CreateItem(ctx, item(1)))
	revise(0, label.NotOK)
	held := must(x.Claim(ctx, newID(1), label.Claim{By: "li", Until: wall.Load() + 60*second}))(t)
	if held.By != "li" {
		t.Fatalf("claim: %+v", held)
	}

	wall.Add(-365 * 24 * 3600 * second)
	revise(1, label.OK)
	check(t, x.CreateItem(ctx, item(2)))
	check(t, x.AddGap(ctx, series.Gap{Source: "plc", From: t0, To: t0 + 5, Reason: series.GapSilent}))
	tax := must(x.Taxonomy(ctx))(t)
	tax.Name.EN = "edited after"
	must(x.PutTaxonomy(ctx, tax, "li"))(t)
	if held = must(x.Claim(ctx, newID(1), label.Claim{By: "wu", Until: wall.Load() + 60*second}))(t); held.By != "wu" {
		t.Errorf("a claim holds for a year: %+v", held)
	}
	expectOrder(t, x.Store)
	before := state(t, x.Store)
	x.close()

	check(t, os.Remove(filepath.Join(dir, "index.db")))
	y := open(t, dir, o)
	expectOrder(t, y.Store)
	if after := state(t, y.Store); after != before {
		t.Errorf("before:\n%s\nbuilt again:\n%s", before, after)
	}
	y.close()
	log := must(os.ReadFile(filepath.Join(dir, "labels.log")))(t)
	if n := bytes.Count(log, []byte(`"clock":{"boot":"b00710ad","mono":`)); n != 2 {
		t.Errorf("%d of 2 labels tell the clock", n)
	}
}

func expectOrder(t *testing.T, s *store.Store) {
	t.Helper()
	row, labels, err := s.Item(t.Context(), newID(1))
	check(t, err)
	if row.Verdict != label.OK || len(labels) != 2 || labels[1].Verdict != label.OK || labels[1].Saved >= labels[0].Saved {
		t.Errorf("the newest label does not count: %+v, %+v", row.Standing, labels)
	}
	entries := must(s.Pending(t.Context(), "s3", 100))(t)
	for i := 1; i < len(entries); i++ {
		if entries[i].Seq <= entries[i-1].Seq {
			t.Errorf("entry %d after %d", entries[i].Seq, entries[i-1].Seq)
		}
	}
	if tax := must(s.Taxonomy(t.Context()))(t); tax.Name.EN != "edited after" {
		t.Errorf("taxonomy: %+v", tax)
	}
}

func TestSystemClock(t *testing.T) {
	read := store.SystemClock()
	a := read()
	b := read()
	if a.Boot != b.Boot || b.Mono < a.Mono || a.Mono == 0 {
		t.Errorf("%+v, %+v", a, b)
	}
}
