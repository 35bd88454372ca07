package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
	"edgelabel/store/queue"
)

// ids walks a query page by page and returns the numbers of the items.
func ids(t *testing.T, s *store.Store, q label.Query) string {
	t.Helper()
	var list []string
	for range 100 {
		page := must(s.Items(t.Context(), q))(t)
		if page.Rows == nil || len(page.Rows) > max(q.Limit, 50) {
			t.Fatalf("page: %+v", page)
		}
		for _, row := range page.Rows {
			list = append(list, fmt.Sprint(row.Created-t0))
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return strings.Join(list, " ")
		}
	}
	t.Fatal("the pages never end")
	return ""
}

func TestQueries(t *testing.T) {
	x := open(t, t.TempDir(), store.Options{Targets: []string{"s3"}})
	for n := range 6 {
		it := item(n)
		it.Part.PartID = fmt.Sprint("p", n%2)
		it.Images = []label.Image{{SHA256: sha("x"), Camera: fmt.Sprint("cam", n%3)}}
		if n == 5 {
			it.Kind, it.Place = label.KindWindow, label.Place{Line: "L9", Cell: "4", Asset: "press2"}
			it.Candidates = []label.Candidate{{ID: "c", Regions: []label.Region{{ID: "r", Class: "dent"}}}}
		}
		check(t, x.CreateItem(t.Context(), it))
	}
	for n := range 2 {
		d := label.Draft{Verdict: label.NotOK, Classes: []string{"dent"}}
		must(x.AddLabel(t.Context(), newID(n), d, label.Person{ID: "li"}, ""))(t)
		if n == 0 {
			sendAll(t, x.Store, "s3")
		}
	}
	ok := label.OK
	notOK := label.NotOK
	for _, c := range []struct {
		name string
		q    label.Query
		want string
	}{
		{"all", label.Query{}, "0 1 2 3 4 5"},
		{"all in pages", label.Query{Limit: 2}, "0 1 2 3 4 5"},
		{"newest first", label.Query{Newest: true}, "5 4 3 2 1 0"},
		{"newest first in pages", label.Query{Newest: true, Limit: 4}, "5 4 3 2 1 0"},
		{"open", label.Query{State: label.StateOpen, Limit: 4}, "2 3 4 5"},
		{"open, newest first", label.Query{State: label.StateOpen, Newest: true, Limit: 3}, "5 4 3 2"},
		{"labeled", label.Query{State: label.StateLabeled}, "1"},
		{"synced", label.Query{State: label.StateSynced, Newest: true}, "0"},
		{"camera", label.Query{Camera: "cam1", Limit: 1}, "1 4"},
		{"part", label.Query{Part: "p1", Limit: 1, Newest: true}, "5 3 1"},
		{"kind", label.Query{Kind: label.KindWindow}, "5"},
		{"asset", label.Query{Asset: "press2"}, "5"},
		{"class", label.Query{Class: "dent"}, "0 1"},
		{"proposed class", label.Query{Proposed: "dent"}, "5"},
		{"line", label.Query{Line: "L9", Limit: 1}, "5"},
		{"station, most suspect first", label.Query{Station: "4", Suspect: true}, "5"},
		{"verdict", label.Query{Verdict: &notOK}, "0 1"},
		{"verdict of nobody", label.Query{Verdict: &ok}, ""},
	} {
		if got := ids(t, x.Store, c.q); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestQueriesByTimeAndScore(t *testing.T) {
	x := open(t, t.TempDir(), store.Options{})
	for n, score := range []float64{0.2, 0.9, 0.5, 0.9, 0, 0.7} {
		it := item(n)
		it.At, it.Score = t0+int64(n)*100*second, score
		it.Window = &label.WindowRef{From: it.At - 10*second, To: it.At + 10*second, Tags: []string{"f"}}
		if n == 3 {
			it.Place.Asset = "press2"
		}
		check(t, x.CreateItem(t.Context(), it))
	}
	at := func(n int64) int64 { return t0 + n*second }
	for _, c := range []struct {
		name string
		q    label.Query
		want string
	}{
		{"a range", label.Query{From: at(105), To: at(295)}, "1 2 3"},
		{"a range, newest first", label.Query{From: at(105), To: at(295), Newest: true, Limit: 1}, "3 2 1"},
		{"since", label.Query{From: at(411)}, "5"},
		{"until", label.Query{To: at(90), Newest: true}, "0"},
		{"most suspect", label.Query{Suspect: true}, "1 3 5 2 0 4"},
		{"most suspect in pages", label.Query{Suspect: true, Limit: 1}, "1 3 5 2 0 4"},
		{"most suspect in a range", label.Query{Suspect: true, From: at(105), To: at(395), Limit: 2}, "1 3 2 4"},
		{"most suspect of an asset", label.Query{Suspect: true, Asset: "press2"}, "3"},
	} {
		if got := ids(t, x.Store, c.q); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestClaimsAndHints(t *testing.T) {
	var now atomic.Int64 // the writer looks at the clock as well
	now.Store(t0)
	x := open(t, t.TempDir(), store.Options{Now: func() time.Time { return time.Unix(0, now.Load()) }})
	changes, cancel := x.Subscribe()
	check(t, x.CreateItem(t.Context(), item(1)))
	if c := <-changes; c.What != "item" || c.Item != newID(1) || c.Rev == 0 {
		t.Errorf("hint: %+v", c)
	}
	li := label.Claim{By: "li", Until: t0 + second}
	wu := label.Claim{By: "wu", Until: t0 + second}
	if got := must(x.Claim(t.Context(), newID(1), li))(t); got.By != "li" {
		t.Errorf("first claim: %+v", got)
	}
	if got := must(x.Claim(t.Context(), newID(1), wu))(t); got.By != "li" {
		t.Errorf("claim of a claimed item: %+v", got)
	}
	if row, _, err := x.Item(t.Context(), newID(1)); err != nil || row.Claim == nil || row.Claim.By != "li" {
		t.Errorf("row: %+v %v", row.Claim, err)
	}
	wu.Until = now.Add(2*second) + second
	if got := must(x.Claim(t.Context(), newID(1), wu))(t); got.By != "wu" {
		t.Errorf("claim after the first expired: %+v", got)
	}
	if _, err := x.Claim(t.Context(), newID(2), wu); !errors.Is(err, label.ErrNotFound) {
		t.Errorf("claim of nothing: %v", err)
	}
	for n := range 100 { // nobody reads: hints are lost, the store goes on
		check(t, x.CreateItem(t.Context(), item(10+n)))
	}
	cancel()
	cancel()
	if st := must(x.Stats(t.Context()))(t); st.Lost == 0 {
		t.Errorf("stats: %+v", st)
	}
}

func kinds(entries []journal.Entry) string {
	var list []string
	for _, e := range entries {
		list = append(list, string(e.Kind))
	}
	return strings.Join(list, " ")
}

func TestWhatIsJournaledWhen(t *testing.T) {
	ctx := t.Context()
	x := open(t, t.TempDir(), store.Options{Targets: []string{"s3"}})
	sendAll(t, x.Store, "s3") // the first taxonomy
	person := label.Person{ID: "li"}
	partial := item(1)
	partial.IsPartial = true
	check(t, x.CreateItem(ctx, partial))
	check(t, x.CreateItem(ctx, item(2)))
	must(x.AddLabel(ctx, newID(1), label.Draft{Verdict: label.OK}, person, ""))(t)
	if got := kinds(sendAll(t, x.Store, "s3")); got != "label" {
		t.Errorf("label of a partial item: %s", got)
	}
	if row, _, err := x.Item(ctx, newID(1)); err != nil || row.Synced {
		t.Errorf("synced before it settled: %+v %v", row.Standing, err)
	}
	check(t, x.SettleItem(ctx, newID(1), nil))
	must(x.AddLabel(ctx, newID(2), label.Draft{Verdict: label.OK}, person, ""))(t)
	must(x.AddLabel(ctx, newID(2), label.Draft{Verdict: label.OK, Parent: 1}, person, ""))(t)
	if got := kinds(sendAll(t, x.Store, "s3")); got != "item item label label" {
		t.Errorf("then: %s", got)
	}

	y := open(t, t.TempDir(), store.Options{Targets: []string{"s3"}, SyncUnlabeled: true})
	check(t, y.CreateItem(ctx, item(1)))
	check(t, y.CreateItem(ctx, partial))
	if err := y.UpdateItem(ctx, newID(1), func(*label.Item) error { return nil }); !errors.Is(err, label.ErrFrozen) {
		t.Errorf("update of a journaled item: %v", err)
	}
	if got := kinds(sendAll(t, y.Store, "s3")); got != "taxonomy item" {
		t.Errorf("unlabeled items: %s", got)
	}
}

func TestTargetsComeAndGo(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	x := open(t, dir, store.Options{})
	check(t, x.CreateItem(ctx, item(1)))
	addLabel(t, x.Store, 1)
	x.close()
	x = open(t, dir, store.Options{Targets: []string{"a", "b"}})
	if got := kinds(sendAll(t, x.Store, "a")); got != "taxonomy item label" {
		t.Errorf("to a: %s", got)
	}
	if n := must(x.Counts(ctx))(t); n.Unsynced != 3 || n.Oldest == 0 {
		t.Errorf("b lacks all: %+v", n)
	}
	x.close()
	x = open(t, dir, store.Options{Targets: []string{"a"}})
	row, _, err := x.Item(ctx, newID(1))
	if n := must(x.Counts(ctx))(t); err != nil || n.Unsynced != 0 || row.State != label.StateSynced {
		t.Errorf("b is gone: %+v %+v %v", n, row.Standing, err)
	}
	if _, err := x.Pending(ctx, "b", 1); !errors.Is(err, label.ErrNotFound) {
		t.Errorf("pending of a target that is gone: %v", err)
	}
}

func TestAcknowledgementsKeepTheirOrder(t *testing.T) {
	x := open(t, t.TempDir(), store.Options{Segment: 2000})
	const n = 2000
	order := make(chan int, n)
	for i := range n {
		check(t, x.Append(t.Context(), []series.Sample{{Tag: "n", Source: t0 + int64(i), Value: float64(i)}}, func(err error) {
			if err == nil {
				order <- i
			}
		}))
	}
	for i := range n {
		if got := <-order; got != i {
			t.Fatalf("acknowledgement %d came as number %d", got, i)
		}
	}
	w := must(x.Window(t.Context(), []string{"n"}, t0, t0+n))(t)
	if len(w.Traces[0].V) != n || !slices.IsSorted(w.Traces[0].V) {
		t.Errorf("%d samples", len(w.Traces[0].V))
	}
	if st := must(x.Stats(t.Context()))(t); st.Syncs == n {
		t.Error("each sample had a sync of its own")
	}
}

func TestEndOfRun(t *testing.T) {
	s, err := store.Open(t.TempDir(), store.Options{Taxonomy: taxonomy()})
	check(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.CreateItem(ctx, item(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("before Run, by a caller that gave up: %v", err)
	}
	done := make(chan error, 1)
	check(t, s.Append(t.Context(), []series.Sample{{Tag: "n", Source: t0}}, func(err error) { done <- err }))
	check(t, s.Run(ctx)) // writes what is queued and returns
	check(t, <-done)
	if err := s.CreateItem(t.Context(), item(1)); !errors.Is(err, queue.ErrClosed) {
		t.Errorf("after Run: %v", err)
	}
	if err := s.Append(t.Context(), nil, nil); !errors.Is(err, queue.ErrClosed) {
		t.Errorf("after Run: %v", err)
	}
	check(t, s.Close())
}
