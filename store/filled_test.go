package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
)

// fill puts a little of everything into a directory: items 0 to 5, of which 0 to 3 are labeled, three batches sent, one on its way.
func fill(t *testing.T, dir string, o store.Options) {
	t.Helper()
	ctx := t.Context()
	x := open(t, dir, o)
	for n := range 6 {
		im := label.Image{Camera: "c", Name: fmt.Sprint(n), Width: 9, Height: 9, Format: "png", Received: t0}
		must(x.AddImage(ctx, im, []byte(picture(n))))(t)
		it := item(n)
		im.SHA256, im.Bytes = sha(picture(n)), int64(len(picture(n)))
		it.Images = []label.Image{im}
		check(t, x.CreateItem(ctx, it))
	}
	for n := range 2 {
		must(x.AddLabel(ctx, newID(n), label.Draft{Verdict: label.OK}, label.Person{ID: "li"}, fmt.Sprint("k", n)))(t)
	}
	sendAll(t, x.Store, "s3")
	for n := 2; n < 4; n++ {
		must(x.AddLabel(ctx, newID(n), label.Draft{Verdict: label.NotOK, Classes: []string{"dent"}}, label.Person{ID: "li"}, fmt.Sprint("k", n)))(t)
	}
	check(t, x.AddGap(ctx, series.Gap{Source: "plc", From: t0, To: t0 + 5, Reason: series.GapSilent}))
	list := must(x.Pending(ctx, "s3", 2))(t)
	last, _, err := x.Last(ctx, "s3")
	check(t, err)
	check(t, x.Freeze(ctx, journal.Batch{
		Target: "s3", Epoch: x.Epoch(), Number: last.Number + 1, First: list[0].Seq, Last: list[1].Seq, Seqs: []journal.Seq{list[0].Seq, list[1].Seq},
	}))
	x.close()
}

// state is everything that a rebuilt index must give again.
func state(t *testing.T, s *store.Store) string {
	t.Helper()
	ctx := t.Context()
	var b strings.Builder
	page := must(s.Items(ctx, label.Query{}))(t)
	for _, row := range page.Rows {
		_, labels, err := s.Item(ctx, row.ID)
		check(t, err)
		fmt.Fprintf(&b, "%+v\n%+v\n%+v\n", row.Item, row.Standing, labels)
	}
	pending := must(s.Pending(ctx, "s3", 100))(t)
	for _, e := range pending {
		if e.Kind != journal.Gap { // a repair adds some
			fmt.Fprintf(&b, "pending %d %s %s %d %s\n", e.Seq, e.Kind, e.Key, e.At, e.Body)
		}
	}
	batch, entries, ok, err := s.Frozen(ctx, "s3")
	check(t, err)
	fmt.Fprintf(&b, "frozen %+v %+v %v\n", batch, entries, ok)
	last, ok, err := s.Last(ctx, "s3")
	check(t, err)
	tax := must(s.Taxonomy(ctx))(t)
	fmt.Fprintf(&b, "last %+v %v\ntaxonomy %+v\n", last, ok, tax)
	n := must(s.Counts(ctx))(t)
	fmt.Fprintf(&b, "counts %d %d epoch %d\n", n.Open, n.Labeled, s.Epoch())
	return b.String()
}

func damageOptions() store.Options {
	return store.Options{Targets: []string{"s3"}, Probe: probe, MinFree: -1, Reserve: -1, Taxonomy: taxonomy()}
}

// stopped makes a closed directory look like one whose process was killed.
func stopped(t *testing.T, dir string) {
	t.Helper()
	check(t, os.WriteFile(filepath.Join(dir, "pid"), []byte("1\n"), 0o600))
}
