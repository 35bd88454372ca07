package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
)

// smallDisk is a file system of its own in memory, of the size that mount understands.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("mounting a small file system: not root")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("mounting a small file system: %s", out)
	}
	t.Cleanup(func() { check(t, syscall.Unmount(dir, 0)) })
	return dir
}

// TestFullDisk fills a small file system: everything fails clearly, nothing acknowledged is lost, and it works again with room.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t, "24m")
	o := store.Options{Reserve: 4 << 20, MinFree: 2 << 20, Keep: 5 * time.Millisecond, Segment: 64 << 10, Targets: []string{"s3"}}
	x := open(t, filepath.Join(dir, "data"), o)
	check(t, x.CreateItem(t.Context(), item(1)))
	filler := filepath.Join(dir, "filler")
	acked, refused := []int{}, 0
	for n := range 400 {
		if n == 100 {
			fillUp(t, filler)
		}
		noise := make([]float64, 500)
		for i := range noise {
			noise[i] = float64((n*7919+i*104729)%1000003) * 1.37
		}
		done := make(chan error, 1)
		check(t, x.Append(t.Context(), []series.Sample{{Tag: "w", Source: t0 + int64(n), Receive: t0, Wave: noise}}, func(err error) { done <- err }))
		switch err := <-done; {
		case err == nil:
			acked = append(acked, n)
		case errors.Is(err, label.ErrFull):
			refused++
		default:
			t.Fatalf("sample %d: %v", n, err)
		}
	}
	if _, err := x.AddImage(t.Context(), label.Image{Camera: "c", Name: "x"}, make([]byte, 3<<20)); !errors.Is(err, label.ErrFull) {
		t.Errorf("picture on a full disk: %v", err)
	}
	if st := must(x.Stats(t.Context()))(t); !st.Full {
		t.Error("the disk is full, and nothing says so")
	}
	addLabel(t, x.Store, 1)
	check(t, os.Remove(filler))
	for must(x.Stats(t.Context()))(t).Full { // until the next look at the budgets
		time.Sleep(time.Millisecond)
	}
	appendAll(t, x.Store, series.Sample{Tag: "f", Source: t0, Receive: t0, Value: 1})
	must(x.AddImage(t.Context(), label.Image{Camera: "c", Name: "x"}, make([]byte, 1<<20)))(t)
	x.close()
	o.Tags = []series.Tag{{ID: "w", Rate: 1}}
	x = open(t, filepath.Join(dir, "data"), o)
	w := must(x.Window(t.Context(), []string{"w", "f"}, t0, t0+1000))(t)
	dropped := evictedIn(t, must(x.Pending(t.Context(), "s3", 1000))(t))
	if refused == 0 && len(dropped) == 0 { // either is right: it depends on who is quicker, the writer or the keeper of the budgets
		t.Errorf("the disk never was full; %d acknowledged", len(acked))
	}
	for _, n := range acked {
		at := t0 + int64(n)
		if !slices.Contains(w.Traces[0].T, at) && !slices.ContainsFunc(dropped, func(e journal.Evicted) bool { return e.From <= at && at <= e.To }) {
			t.Errorf("acknowledged sample %d is neither there nor recorded as evicted", n)
		}
	}
	if len(w.Traces[1].T) != 1 {
		t.Error("the sample stored after the disk had room again is gone")
	}
	t.Logf("%d acknowledged, %d refused, %d segments dropped", len(acked), refused, len(dropped))
	if _, labels, err := x.Item(t.Context(), newID(1)); err != nil || len(labels) != 1 {
		t.Errorf("label: %v %v", labels, err)
	}
}

func fillUp(t *testing.T, path string) {
	t.Helper()
	f := must(os.Create(path))(t)
	for n := 1 << 20; n > 0; n /= 2 {
		for {
			if _, err := f.Write(make([]byte, n)); errors.Is(err, syscall.ENOSPC) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
	check(t, f.Close())
}

// glutton is another program that writes to the disk whatever room there is, the moment it is there, until it is stopped.
func glutton(t *testing.T, path string) (stop func()) {
	t.Helper()
	f := must(os.Create(path))(t)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for page := make([]byte, 4096); ctx.Err() == nil; {
			if _, err := f.Write(page); errors.Is(err, syscall.ENOSPC) {
				time.Sleep(100 * time.Microsecond)
			} else if err != nil {
				t.Errorf("filler: %v", err)
				return
			}
		}
	})
	stop = sync.OnceFunc(func() {
		cancel()
		wg.Wait()
		check(t, errors.Join(f.Close(), os.Remove(path)))
	})
	t.Cleanup(stop)
	return stop
}

// TestLabelsBesideAGlutton labels while another program takes every byte that becomes free, over a clean stop, an unclean one and a torn
// tail, until the reserve is used up; then labels are refused, none that was taken is missing, and all goes on when there is room.
func TestLabelsBesideAGlutton(t *testing.T) {
	dir := smallDisk(t, "48m")
	data := filepath.Join(dir, "data")
	o := store.Options{Reserve: 8 << 20, MinFree: 1 << 20, Keep: 20 * time.Millisecond, Targets: []string{"s3"}, Probe: probe}
	x := open(t, data, o)
	check(t, x.CreateItem(t.Context(), item(1)))
	stop := glutton(t, filepath.Join(dir, "filler"))
	waitFor(t, func() bool { return must(x.Stats(t.Context()))(t).Full })
	if err := x.CreateItem(t.Context(), item(2)); !errors.Is(err, label.ErrFull) {
		t.Errorf("a new item: %v", err)
	}
	taken := 0
	take := func(most int) error {
		for range most {
			d := label.Draft{Verdict: label.OK, Parent: taken, Comment: "the usual scratch at the left edge, see the part before"}
			if _, err := x.AddLabel(t.Context(), newID(1), d, label.Person{ID: "li"}, fmt.Sprint("key-", taken)); err != nil {
				return err
			}
			taken++
		}
		return nil
	}
	check(t, take(200))
	x.close()
	x = open(t, data, o)
	check(t, take(200))
	x.close()
	tear(t, filepath.Join(data, "labels.log"))
	check(t, os.Rename(filepath.Join(data, "pid.closed"), filepath.Join(data, "pid"))) // as after an unclean stop
	x = open(t, data, o)
	if x.Recovery().Lost == 0 {
		t.Errorf("a torn tail was not noticed: %+v", x.Recovery())
	}
	err := take(100_000)
	if !errors.Is(err, label.ErrFull) {
		t.Fatalf("after %d labels: %v", taken, err)
	}
	t.Logf("%d labels were taken on a full disk, with %d bytes in reserve: %v", taken, o.Reserve, err)
	if taken < 1000 {
		t.Errorf("%d labels fitted", taken)
	}
	sendSome(t, x.Store, 100) // what makes room is taken still
	stop()
	waitFor(t, func() bool { return !must(x.Stats(t.Context()))(t).Full })
	check(t, take(10))
	check(t, x.CreateItem(t.Context(), item(2)))
	x.close()
	x = open(t, data, o)
	if _, labels, err := x.Item(t.Context(), newID(1)); err != nil || len(labels) != taken {
		t.Errorf("%d of %d labels are there: %v", len(labels), taken, err)
	}
}

// sendSome sends one batch.
func sendSome(t *testing.T, s *store.Store, entries int) {
	t.Helper()
	list := must(s.Pending(t.Context(), "s3", entries))(t)
	b := journal.Batch{Target: "s3", Epoch: s.Epoch(), Number: 1, First: list[0].Seq, Last: list[len(list)-1].Seq}
	for _, e := range list {
		b.Seqs = append(b.Seqs, e.Seq)
	}
	check(t, s.Freeze(t.Context(), b))
	check(t, s.Acknowledge(t.Context(), journal.Receipt{Batch: b}))
}

// tear leaves half a frame at the end of a log.
func tear(t *testing.T, path string) {
	t.Helper()
	f := must(os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0))(t)
	_, err := f.WriteString("\xffEL\x1e\x40\x00\x00\x00torn")
	check(t, errors.Join(err, f.Close()))
}
