package store_test

import (
	"testing"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/store"

	"golang.org/x/sync/errgroup"
)

func keysOf(list []journal.Entry) (keys []string) {
	for _, e := range list {
		keys = append(keys, string(e.Kind)+" "+e.Key)
	}
	return keys
}

func TestResultsWaitForEachConsumerAndHoldUpNothing(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	o := store.Options{Results: []string{"plc", "mes"}, Targets: []string{"s3"}}
	x := open(t, dir, o)
	it := item(1)
	it.IsPartial = true
	check(t, x.CreateItem(ctx, it))
	check(t, x.UpdateItem(ctx, it.ID, func(it *label.Item) error { it.Score = 0.5; return nil }))           // nobody needs to act
	check(t, x.UpdateItem(ctx, it.ID, func(it *label.Item) error { it.Machine = label.NotOK; return nil })) // somebody might
	check(t, x.SettleItem(ctx, it.ID, nil))
	l := must(x.AddLabel(ctx, it.ID, label.Draft{Verdict: label.OK, Taxonomy: 1}, label.Person{ID: "anna", Role: "inspector"}, "k1"))(t)

	want := []string{"item " + it.ID, "item " + it.ID, "item " + it.ID, "label " + l.ID}
	list := must(x.Results(ctx, "plc", 10))(t)
	if got := keysOf(list); len(got) != 4 || got[0] != want[0] || got[2] != want[2] || got[3] != want[3] {
		t.Fatalf("waits: %v, want %v", got, want)
	}
	if list[3].Body == nil || list[0].Seq >= list[1].Seq {
		t.Errorf("the label has no body, or the order is wrong: %+v", list)
	}
	check(t, x.ResultsDone(ctx, "plc", []journal.Seq{list[0].Seq, list[1].Seq}))
	check(t, x.ResultsDone(ctx, "plc", []journal.Seq{list[0].Seq}))
	x.close()

	o.Results = []string{"plc"} // the other is no longer configured
	x = open(t, dir, o)
	if n := must(x.ResultsWaiting(ctx, "plc"))(t); n != 2 {
		t.Errorf("%d wait after a restart, want 2", n)
	}
	if list := must(x.Results(ctx, "plc", 10))(t); len(list) != 2 || list[1].Key != l.ID {
		t.Errorf("after a restart: %v", keysOf(list))
	}
	if n := must(x.ResultsWaiting(ctx, "mes"))(t); n != 0 {
		t.Errorf("%d wait for nobody", n)
	}
	if pending := must(x.Pending(ctx, "s3", 10))(t); len(pending) < 2 {
		t.Errorf("sync has %v", keysOf(pending))
	}
}

func TestResultsAreBounded(t *testing.T) {
	const more, most = 50, 10_000
	ctx := t.Context()
	x := open(t, t.TempDir(), store.Options{Results: []string{"plc"}})
	var all errgroup.Group
	all.SetLimit(256) // they share commits
	for n := range most + more {
		all.Go(func() error { return x.CreateItem(ctx, item(n)) })
	}
	check(t, all.Wait())
	first := must(x.Results(ctx, "plc", 1))(t)
	if n := must(x.ResultsWaiting(ctx, "plc"))(t); n != most || len(first) != 1 {
		t.Errorf("%d wait, want %d", n, most)
	}
	if n := must(x.Stats(ctx))(t).Evicted["result/overflow"]; n != more {
		t.Errorf("%d counted as dropped, want %d", n, more)
	}
}
