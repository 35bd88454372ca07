package store_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"log"
	"math"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"

	"github.com/oklog/ulid/v2"
	"go.uber.org/goleak"
)

const second = int64(time.Second)

// t0 is a round moment that tests count from.
var t0 = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano()

func taxonomy() label.Taxonomy {
	return label.Taxonomy{Name: label.Text{ZH: "缺陷", EN: "defects"}, Classes: []label.Class{
		{ID: "scratch", Name: label.Text{ZH: "划痕", EN: "scratch"}}, {ID: "dent", Name: label.Text{ZH: "凹坑", EN: "dent"}},
	}}
}

// opened is a store with its Run going.
type opened struct {
	*store.Store
	dir  string
	t    testing.TB
	stop func()
}

func open(t testing.TB, dir string, o store.Options) *opened {
	t.Helper()
	if o.Taxonomy.Classes == nil {
		o.Taxonomy = taxonomy()
	}
	if o.MinFree == 0 {
		o.MinFree, o.Reserve = -1, -1
	}
	s, err := store.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	var once sync.Once
	x := &opened{Store: s, dir: dir, t: t}
	x.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("run: %v", err)
			}
		})
	}
	t.Cleanup(x.close)
	return x
}

func (x *opened) close() {
	x.t.Helper()
	if x.Store == nil {
		return
	}
	x.stop()
	if err := x.Store.Close(); err != nil {
		x.t.Errorf("close: %v", err)
	}
	x.Store = nil
}

func TestMain(m *testing.M) {
	if runChild() {
		return
	}
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" { // figures are of the disk, tests of what a killed process leaves: memory keeps that, too
		if err := useMemory("/dev/shm", 2<<30); err != nil {
			log.Fatal(err)
		}
	}
	goleak.VerifyTestMain(m)
}

// useMemory has temporary folders made below a folder in memory where there is one with so much room: the tests sync thousands of times.
func useMemory(dir string, room uint64) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil || st.Bavail*uint64(st.Bsize) < room {
		return nil
	}
	return os.Setenv("TMPDIR", dir)
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newID(n int) string {
	return ulid.MustNew(uint64(t0/1e6)+uint64(n), nil2{}).String()
}

// nil2 is an entropy source of zeros: ids are then a function of their time.
type nil2 struct{}

func (nil2) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func item(n int) label.Item {
	return label.Item{ID: newID(n), Kind: label.KindImage, Created: t0 + int64(n), At: t0 + int64(n), Place: label.Place{Asset: "press1"}}
}

func appendAll(t testing.TB, s *store.Store, samples ...series.Sample) {
	t.Helper()
	done := make(chan error, 1)
	check(t, s.Append(t.Context(), samples, func(err error) { done <- err }))
	check(t, <-done)
}

func TestWindowReturnsWhatWasAppended(t *testing.T) {
	x := open(t, t.TempDir(), store.Options{Tags: []series.Tag{
		{ID: "f", Name: "force", Unit: "kN", Kind: series.Number, Source: "plc"}, {ID: "w", Kind: series.Wave, Rate: 1000},
	}})
	a := series.Sample{Tag: "f", Source: t0 + 2*second, Receive: t0, Value: 2}
	b := series.Sample{Tag: "f", Source: t0 + second, Receive: t0, Value: 1, Status: series.StatusBad}
	w := series.Sample{Tag: "w", Source: t0, Receive: t0, Wave: []float64{7, 8, 9}}
	text := series.Sample{Tag: "f", Source: t0 + 3*second, Receive: t0, Text: "jam"}
	appendAll(t, x.Store, a, b, w, text)
	appendAll(t, x.Store, a) // delivered twice
	check(t, x.AddGap(t.Context(), series.Gap{Source: "plc", From: t0, To: t0 + second, Reason: series.GapSilent}))
	check(t, x.AddGap(t.Context(), series.Gap{Source: "other", From: t0, To: t0 + second, Reason: series.GapSilent}))

	win := must(x.Window(t.Context(), []string{"f", "w", "none"}, t0+second/500, t0+10*second))(t)
	f := win.Traces[0]
	if len(win.Traces) != 3 || f.Name != "force" || f.Unit != "kN" || len(f.T) != 2 || f.T[0] != t0+second || f.V[1] != 2 || f.Status[0] != series.StatusBad {
		t.Errorf("force: %+v", f)
	}
	if wave := win.Traces[1]; len(wave.T) != 1 || wave.V[0] != 9 || wave.T[0] != t0+second/500 {
		t.Errorf("wave: %+v", wave)
	}
	if len(win.Gaps) != 1 || win.Gaps[0].Source != "plc" {
		t.Errorf("gaps: %+v", win.Gaps)
	}
	if last, ok := x.Latest("f"); !ok || last.Text != "jam" {
		t.Errorf("latest: %+v %v", last, ok)
	}
}

func TestLabelTravelsToTheCentre(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	x := open(t, dir, store.Options{Targets: []string{"s3"}})
	im := label.Image{Format: "png", Width: 10, Height: 10, Camera: "c1", Name: "1.png", Received: t0}
	if must(x.AddImage(ctx, im, []byte("picture")))(t) {
		t.Error("a new picture is known")
	}
	if !must(x.AddImage(ctx, im, []byte("picture")))(t) {
		t.Error("the same picture is not known")
	}
	it := item(1)
	it.Images = []label.Image{im}
	it.Images[0].SHA256, it.Images[0].Bytes = "", 7
	it.Images[0].SHA256 = sha("picture")
	check(t, x.CreateItem(ctx, it))
	check(t, x.CreateItem(ctx, it))
	page := must(x.Items(ctx, label.Query{State: label.StateOpen, Camera: "c1"}))(t)
	if len(page.Rows) != 1 || page.Rows[0].ID != it.ID {
		t.Fatalf("open items: %+v", page)
	}
	d := label.Draft{Verdict: label.NotOK, Classes: []string{"scratch"}, Taxonomy: 1}
	l := must(x.AddLabel(ctx, it.ID, d, label.Person{ID: "li", Role: "labeller"}, "k1"))(t)
	again := must(x.AddLabel(ctx, it.ID, d, label.Person{ID: "li", Role: "labeller"}, "k1"))(t)
	if l.ID != again.ID || l.Rev != 1 {
		t.Errorf("same key: %+v, then %+v", l, again)
	}
	var conflict *label.Conflict
	if _, err := x.AddLabel(ctx, it.ID, d, label.Person{ID: "wu"}, "k2"); !errors.As(err, &conflict) || conflict.Newest.ID != l.ID {
		t.Errorf("want a conflict with revision 1, got %v", err)
	}
	if err := x.UpdateItem(ctx, it.ID, func(*label.Item) error { return nil }); !errors.Is(err, label.ErrFrozen) {
		t.Errorf("update of a labeled item: %v", err)
	}
	sendAll(t, x.Store, "s3")
	row, labels, err := x.Item(ctx, it.ID)
	check(t, err)
	if row.State != label.StateSynced || !row.Synced || len(labels) != 1 || row.Classes[0] != "scratch" {
		t.Errorf("after the receipt: %+v %+v", row.Standing, labels)
	}
	if n := must(x.Counts(ctx))(t); n.Open != 0 || n.Labeled != 1 || n.Unsynced != 0 {
		t.Errorf("counts: %+v", n)
	}
	f := must(x.OpenBlob(sha("picture")))(t)
	if b := must(io.ReadAll(f))(t); string(b) != "picture" {
		t.Errorf("blob: %q", b)
	}
	check(t, f.Close())
	x.close()
	var seen int
	check(t, store.ReadDir(ctx, dir, func(got label.Item, ls []label.Label) error {
		seen++
		if got.ID != it.ID || len(ls) != 1 || ls[0].ID != l.ID {
			t.Errorf("read from the logs: %+v %+v", got, ls)
		}
		return nil
	}))
	if seen != 1 {
		t.Errorf("%d items in the logs", seen)
	}
}

// sendAll does what sync does: freeze, upload, acknowledge, until nothing is pending.
func sendAll(t testing.TB, s *store.Store, target string) []journal.Entry {
	t.Helper()
	ctx := t.Context()
	var sent []journal.Entry
	for {
		list := must(s.Pending(ctx, target, 3))(t)
		if len(list) == 0 {
			return sent
		}
		number := uint64(1)
		if last, ok, err := s.Last(ctx, target); err != nil {
			t.Fatal(err)
		} else if ok && last.Epoch == s.Epoch() {
			number = last.Number + 1
		}
		b := journal.Batch{Target: target, Epoch: s.Epoch(), Number: number, First: list[0].Seq, Last: list[len(list)-1].Seq}
		for _, e := range list {
			b.Seqs = append(b.Seqs, e.Seq)
		}
		check(t, s.Freeze(ctx, b))
		got, entries, ok, err := s.Frozen(ctx, target)
		if err != nil || !ok || len(entries) != len(list) || got.Number != number {
			t.Fatalf("frozen: %+v %d %v %v", got, len(entries), ok, err)
		}
		check(t, s.Acknowledge(ctx, journal.Receipt{Batch: b}))
		check(t, s.Acknowledge(ctx, journal.Receipt{Batch: b}))
		sent = append(sent, entries...)
	}
}

func TestPartialItemSettles(t *testing.T) {
	ctx := t.Context()
	x := open(t, t.TempDir(), store.Options{})
	it := item(1)
	it.Kind, it.IsPartial = label.KindWindow, true
	it.Window = &label.WindowRef{From: t0, To: t0 + 10*second, Tags: []string{"f"}}
	check(t, x.CreateItem(ctx, it))
	if list := must(x.Partial(ctx))(t); len(list) != 1 {
		t.Fatalf("partial: %+v", list)
	}
	must(x.AddLabel(ctx, it.ID, label.Draft{Verdict: label.OK}, label.Person{ID: "li"}, ""))(t)
	check(t, x.UpdateItem(ctx, it.ID, func(it *label.Item) error { it.Score = 0.5; return nil }))
	w := &series.Window{From: t0, To: t0 + 9*second, Traces: []series.Trace{{Tag: "f", T: []int64{t0}, V: []float64{math.NaN()}, Status: []uint32{0}}}}
	check(t, x.SettleItem(ctx, it.ID, w))
	check(t, x.SettleItem(ctx, it.ID, w))
	row, _, err := x.Item(ctx, it.ID)
	check(t, err)
	if row.IsPartial || row.Rev != 3 || row.Item.Window.To != t0+9*second || row.Score != 0.5 || len(must(x.Partial(ctx))(t)) != 0 {
		t.Errorf("settled: %+v", row)
	}
	f := must(x.OpenBlob(row.Item.Window.SHA256))(t)
	back := must(series.DecodeWindow(must(io.ReadAll(f))(t)))(t)
	check(t, f.Close())
	if len(back.Traces) != 1 {
		t.Errorf("frozen window: %+v", back)
	}
}

func TestSecondProcessIsTold(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	open(t, dir, store.Options{})
	_, err := store.Open(dir, store.Options{LockWait: time.Millisecond, Taxonomy: taxonomy()})
	if err == nil {
		t.Fatal("opened twice")
	}
	t.Log(err)
}
