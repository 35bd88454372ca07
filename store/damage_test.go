package store_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

func TestDamagedIndexIsRebuilt(t *testing.T) {
	origin := filepath.Join(t.TempDir(), "origin")
	fill(t, origin, damageOptions())
	x := open(t, origin, damageOptions())
	want := state(t, x.Store)
	x.close()
	whole := must(os.ReadFile(filepath.Join(origin, "index.db")))(t)
	for name, damage := range map[string]func([]byte) []byte{
		"zeroed":    func(b []byte) []byte { clear(b); return b },
		"truncated": func(b []byte) []byte { return b[:12288] },
		"empty":     func([]byte) []byte { return nil },
		"value": func(b []byte) []byte {
			i := strings.LastIndex(string(b), `"isPartial`)
			return flip(b, max(i, len(b)*3/4))
		},
		"both metas": func(b []byte) []byte { return flip(flip(b, 40), 4096+40) },
		"leaves":     func(b []byte) []byte { return flipEvery(b, 8192, 97) },
		"removed":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			check(t, os.CopyFS(dir, os.DirFS(origin)))
			path := filepath.Join(dir, "index.db")
			if damage == nil {
				check(t, os.Remove(path))
			} else {
				check(t, os.WriteFile(path, damage(append([]byte(nil), whole...)), 0o600))
			}
			stopped(t, dir)
			x := open(t, dir, damageOptions())
			r := x.Recovery()
			if got := state(t, x.Store); got != want {
				t.Errorf("recovery %q gives\n%s\nwant\n%s", r.Sentences, got, want)
			}
			kept := must(filepath.Glob(filepath.Join(dir, "quarantine", "index.db*")))(t)
			if r.Rebuilt != (len(kept) > 0 || damage == nil) {
				t.Errorf("rebuilt %v, kept %v", r.Rebuilt, kept)
			}
			if name != "value" && !r.Rebuilt {
				t.Errorf("went unnoticed: %q", r.Sentences)
			}
			for n := range 6 {
				check(t, expectBlob(x.Store, sha(picture(n))))
			}
			again, err := x.AddLabel(t.Context(), newID(1), label.Draft{Verdict: label.OK}, label.Person{ID: "li"}, "k1")
			if err != nil || again.Rev != 1 {
				t.Errorf("the key of label k1 was forgotten: %+v, %v", again, err)
			}
		})
	}
}

func flip(b []byte, at int) []byte { b[at] ^= 0x10; return b }

func flipEvery(b []byte, from, step int) []byte {
	for i := from; i < len(b); i += step {
		b[i] ^= 4
	}
	return b
}

// TestTornLabelLog cuts the label log at every offset of its beginning and of its last record: with the index there, labels are written again from it; without it, those in
// front of the cut are all there.
func TestTornLabelLog(t *testing.T) {
	if testing.Short() {
		t.Skip("long: left to make test")
	}
	origin := filepath.Join(t.TempDir(), "origin")
	fill(t, origin, damageOptions())
	whole := must(os.ReadFile(filepath.Join(origin, "labels.log")))(t)
	bare := filepath.Join(t.TempDir(), "bare") // index.db takes 16 MiB: too much to copy a thousand times
	check(t, os.CopyFS(bare, os.DirFS(origin)))
	check(t, os.Remove(filepath.Join(bare, "index.db")))
	o := damageOptions()
	o.Probe = nil
	last := len(whole) - 12 - len(whole[strings.LastIndex(string(whole), "\xffEL\x1e")+12:])
	step := 1
	if raced {
		step = 16 // a tenth of the places: the race detector takes ten times as long
	}
	for n := 0; n < len(whole); n += step {
		if n >= 20 && n < last {
			n = last // header and first frame's head, then the last record byte by byte
		}
		indexed, from := (n/step)%16 == 1, bare
		if indexed {
			from = origin
		}
		dir := filepath.Join(t.TempDir(), "data")
		check(t, os.CopyFS(dir, os.DirFS(from)))
		check(t, os.WriteFile(filepath.Join(dir, "labels.log"), whole[:n], 0o600))
		s, err := store.Open(dir, o)
		check(t, err)
		labels := 0
		for i := range 4 {
			_, list, err := s.Item(t.Context(), newID(i))
			check(t, err)
			labels += len(list)
		}
		cut := must(filepath.Glob(filepath.Join(dir, "quarantine", "*")))(t)
		switch want := wholeRecords(whole[:n]); {
		case indexed && labels != 4:
			t.Fatalf("cut to %d with the index: %d labels, %q", n, labels, s.Recovery().Sentences)
		case !indexed && labels != want:
			t.Fatalf("cut to %d without the index: %d labels, want %d", n, labels, want)
		case s.Recovery().Cut > 0 && len(cut) == 0:
			t.Fatalf("cut to %d: nothing kept", n)
		}
		check(t, s.Close())
		if indexed {
			left := must(os.ReadFile(filepath.Join(dir, "labels.log")))(t)
			if wholeRecords(left) != 4 {
				t.Fatalf("cut to %d: %d labels in the log afterwards", n, wholeRecords(left))
			}
		}
	}
}

// wholeRecords counts, the plain way, the frames that lie inside b whole.
func wholeRecords(b []byte) (n int) {
	for at := 8; at+12 <= len(b); {
		at += 12 + int(b[at+4]) + int(b[at+5])<<8 + int(b[at+6])<<16
		if at <= len(b) {
			n++
		}
	}
	return n
}

func TestLostJournalIsWrittenAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	fill(t, dir, damageOptions())
	x := open(t, dir, damageOptions())
	want := state(t, x.Store)
	x.close()
	files := must(filepath.Glob(filepath.Join(dir, "journal", "*.log")))(t)
	for _, f := range files {
		check(t, os.Truncate(f, 300))
	}
	x = open(t, dir, damageOptions())
	if got := state(t, x.Store); got != want {
		t.Errorf("with the index:\n%s\nwant\n%s", got, want)
	}
	x.close()
	check(t, os.Remove(filepath.Join(dir, "index.db")))
	x = open(t, dir, damageOptions())
	if got := state(t, x.Store); got != want {
		t.Errorf("from the new journal:\n%s\nwant\n%s", got, want)
	}
}

func TestUnreadableJournalBeginsANewEpoch(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	fill(t, dir, damageOptions())
	path := must(filepath.Glob(filepath.Join(dir, "journal", "*.log")))(t)[0]
	b := must(os.ReadFile(path))(t)
	check(t, os.WriteFile(path, flip(b, 100), 0o600))
	check(t, os.Remove(filepath.Join(dir, "index.db")))
	x := open(t, dir, damageOptions())
	if x.Epoch() != 2 || x.Recovery().Lost == 0 {
		t.Errorf("epoch %d, %q", x.Epoch(), x.Recovery().Sentences)
	}
	if n := must(x.Counts(t.Context()))(t); n.Labeled != 4 {
		t.Errorf("%+v", n)
	}
	b0, _, ok, err := x.Frozen(t.Context(), "s3")
	if err != nil || !ok || b0.Epoch != 1 {
		t.Fatalf("the batch on its way: %+v %v %v", b0, ok, err)
	}
	check(t, x.Acknowledge(t.Context(), journal.Receipt{Batch: b0}))
	sendAll(t, x.Store, "s3")
}

// TestGolden holds the logs and the sidecar to the bytes that FORMAT.md draws.
func TestGolden(t *testing.T) {
	dir := t.TempDir()
	ctx := t.Context()
	x := open(t, dir, store.Options{
		Now: func() time.Time { return time.Unix(0, t0) }, Rand: nil2{}, Targets: []string{"s3"},
		Taxonomy: label.Taxonomy{Classes: []label.Class{{ID: "dent", Name: label.Text{ZH: "凹坑", EN: "dent"}}}},
	})
	must(x.AddImage(ctx, label.Image{Camera: "c", Name: "1.png", Format: "png", Width: 3, Height: 2}, []byte("picture")))(t)
	check(t, x.CreateItem(ctx, label.Item{ID: newID(1), Kind: label.KindImage, At: t0}))
	must(x.AddLabel(ctx, newID(1), label.Draft{Verdict: label.NotOK, Classes: []string{"dent"}}, label.Person{ID: "li", Role: "labeller"}, "k"))(t)
	check(t, x.AddGap(ctx, series.Gap{Source: "plc", From: 1, To: 2, Reason: series.GapSilent}))
	sendAll(t, x.Store, "s3")
	x.close()
	for name, got := range map[string]string{
		"labels":  hex.Dump(must(os.ReadFile(filepath.Join(dir, "labels.log")))(t)),
		"journal": hex.Dump(must(os.ReadFile(filepath.Join(dir, "journal", "0000000000000001.log")))(t)),
		"sidecar": string(must(os.ReadFile(filepath.Join(dir, "blobs", sha("picture")[:2], sha("picture")[2:4], sha("picture")+".json")))(t)) + "\n",
	} {
		want, err := os.ReadFile("testdata/" + name + ".golden")
		if err != nil || got != string(want) {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, want)
		}
	}
}

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
