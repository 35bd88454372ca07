package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
)

// Environment of a child: what it is to do, on which file or directory, and from which number on.
const (
	envChild = "EDGELABEL_STORE_CHILD"
	envPath  = "EDGELABEL_STORE_PATH"
	envFirst = "EDGELABEL_STORE_FIRST"
)

// runChild is what the test binary does when a test has started it as a child.
func runChild() bool {
	var err error
	switch os.Getenv(envChild) {
	case "":
		return false
	case "probe":
		err = store.ProbeIndex(os.Getenv(envPath))
	case "write":
		err = childWrites(os.Getenv(envPath), os.Getenv(envFirst))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

func child(what, path, first string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envChild+"="+what, envPath+"="+path, envFirst+"="+first)
	return cmd
}

// probe checks an index in a process of its own.
func probe(path string) error {
	if out, err := child("probe", path, "").CombinedOutput(); err != nil {
		line, _, _ := strings.Cut(string(out), "\n")
		return fmt.Errorf("probe: %w: %s", err, line)
	}
	return nil
}

func crashOptions() store.Options {
	return store.Options{
		Targets: []string{"s3", "nas"}, Probe: probe, Segment: 8 << 10, Journal: 64 << 10, Keep: 10 * time.Millisecond,
		MinFree: -1, Reserve: -1, Taxonomy: taxonomy(),
	}
}

// childWrites stores numbered things until it is killed and prints what was acknowledged.
func childWrites(dir, first string) error {
	n, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	s, err := store.Open(dir, crashOptions())
	if err != nil {
		return err
	}
	fmt.Println("open", n)
	ctx := context.Background()
	w := writer{s: s, dir: dir}
	w.next.Store(int64(n))
	errs := make(chan error, 5)
	go func() { errs <- s.Run(ctx) }()
	for _, loop := range []func(context.Context, int) error{w.samples, w.image, w.label, w.settle} {
		go func() {
			for {
				if err := loop(ctx, int(w.next.Add(1))); err != nil {
					errs <- err
					return
				}
			}
		}()
	}
	go func() {
		for {
			if err := errors.Join(w.send(ctx, "s3"), w.send(ctx, "nas")); err != nil {
				errs <- err
				return
			}
		}
	}()
	return <-errs
}

type writer struct {
	s    *store.Store
	dir  string
	next atomic.Int64
	mu   sync.Mutex
}

func (w *writer) acked(what string, n any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Println(what, n) // one write: the parent sees whole lines or none
}

func (w *writer) samples(ctx context.Context, n int) error {
	wait := make(chan error, 1)
	x := series.Sample{Tag: "n", Source: t0 + int64(n), Receive: t0, Value: float64(n)}
	if err := w.s.Append(ctx, []series.Sample{x}, func(err error) { wait <- err }); err != nil {
		return err
	}
	if err := <-wait; err != nil {
		return err
	}
	w.acked("sample", n)
	return nil
}

func (w *writer) image(ctx context.Context, n int) error {
	im := label.Image{Camera: "c", Name: fmt.Sprint(n), Width: 9, Height: 9, Format: "png", Received: t0}
	if _, err := w.s.AddImage(ctx, im, []byte(picture(n))); err != nil {
		return err
	}
	w.acked("image", n)
	it := item(n)
	im.SHA256, im.Bytes = sha(picture(n)), int64(len(picture(n)))
	it.Images = []label.Image{im}
	if err := w.s.CreateItem(ctx, it); err != nil {
		return err
	}
	w.acked("item", n)
	return nil
}

func picture(n int) string { return strings.Repeat(fmt.Sprintf("picture %d ", n), 50) }

func (w *writer) label(ctx context.Context, n int) error {
	if err := w.s.CreateItem(ctx, item(n)); err != nil {
		return err
	}
	for parent := range 2 {
		d := label.Draft{Verdict: label.OK, Comment: fmt.Sprint(n), Parent: parent}
		if _, err := w.s.AddLabel(ctx, newID(n), d, label.Person{ID: "li"}, fmt.Sprintf("k%d.%d", n, parent)); err != nil {
			return err
		}
		w.acked("label", fmt.Sprintf("%d.%d", n, parent+1))
	}
	return nil
}

func (w *writer) settle(ctx context.Context, n int) error {
	it := item(n)
	it.Kind, it.IsPartial, it.Window = label.KindWindow, true, &label.WindowRef{From: t0, To: t0 + 5, Tags: []string{"n"}}
	if err := w.s.CreateItem(ctx, it); err != nil {
		return err
	}
	win := &series.Window{From: t0, To: t0 + int64(n), Traces: []series.Trace{{Tag: "n", T: []int64{t0}, V: []float64{float64(n)}, Status: []uint32{0}}}}
	if err := w.s.SettleItem(ctx, it.ID, win); err != nil {
		return err
	}
	w.acked("settled", n)
	return w.s.AddGap(ctx, series.Gap{Source: "plc", From: t0, To: t0 + int64(n), Reason: series.GapSilent})
}

// send moves one batch to a target; what arrived there is in a file, as a real target would keep it.
func (w *writer) send(ctx context.Context, target string) error {
	b, entries, ok, err := w.s.Frozen(ctx, target)
	if err != nil {
		return err
	}
	if !ok {
		if entries, err = w.s.Pending(ctx, target, 20); err != nil || len(entries) == 0 {
			time.Sleep(time.Millisecond)
			return err
		}
		last, _, err := w.s.Last(ctx, target)
		if err != nil {
			return err
		}
		b = journal.Batch{Target: target, Epoch: w.s.Epoch(), Number: 1, First: entries[0].Seq, Last: entries[len(entries)-1].Seq}
		if last.Epoch == b.Epoch {
			b.Number = last.Number + 1
		}
		for _, e := range entries {
			b.Seqs = append(b.Seqs, e.Seq)
		}
		if err := w.s.Freeze(ctx, b); err != nil {
			return err
		}
	}
	if err := upload(w.dir, b, entries); err != nil {
		return err
	}
	return w.s.Acknowledge(ctx, journal.Receipt{Batch: b})
}

// upload writes a batch under its number; a retry must bring the same bytes.
func upload(dir string, b journal.Batch, entries []journal.Entry) error {
	var text strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&text, "%d %s %s %d %s\n", e.Seq, e.Kind, e.Key, e.At, e.Body)
	}
	path := filepath.Join(dir+"."+b.Target, fmt.Sprintf("%d-%d", b.Epoch, b.Number))
	if old, err := os.ReadFile(path); err == nil {
		if string(old) != text.String() {
			return fmt.Errorf("batch %s changed between two attempts", path)
		}
		return nil
	}
	temp := path + ".tmp"
	if err := os.WriteFile(temp, []byte(text.String()), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, path)
}
