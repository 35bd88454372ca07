//go:build e2e

package e2e_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	faultEvery = 20 * time.Second
	readEvery  = 5 * time.Second
	soakSizes  = "segment-size=1048576,journal-file=262144,journal-size=1048576" // so that all that is bounded reaches its bound in minutes
)

// TestSoak runs one agent for EDGELABEL_MINUTES on a plant where something breaks every 20 seconds: memory, goroutines, descriptors and disk
// are flat in the last two thirds, by when the budgets are full.
func TestSoak(t *testing.T) {
	minutes := number(t, "EDGELABEL_MINUTES", 0)
	if minutes == 0 {
		t.Skip("long: make soak")
	}
	d := newDisk(t, "ext4")
	l := &line{t: t, dir: t.TempDir(), data: filepath.Join(d.folder, "data"), budget: "16MiB", run: failpointBinary(t)}
	l.env = []string{"EDGELABEL_SIZES=" + soakSizes}
	l.startPlant()
	l.up("plc", 30*time.Second)
	l.up("broker", 30*time.Second)
	w := startWork(t, l, 10*time.Second)
	began := time.Now()
	end := began.Add(time.Duration(minutes) * time.Minute)
	faults := []fault{
		{"broker restarted", l.restartBroker}, {"OPC UA dropped", func() { l.plc.ask("/drop") }},
		{"bucket away", l.bucketAway}, {"disk full", l.fillDisk},
	}
	var all []reading
	next, done := began.Add(faultEvery), 0
	for time.Now().Before(end) {
		time.Sleep(readEvery)
		if r, err := l.read(); err != nil {
			t.Fatal(err)
		} else {
			all = append(all, r)
		}
		if time.Now().After(next) {
			faults[done%len(faults)].do()
			done++
			next = next.Add(faultEvery)
		}
		if len(all)%24 == 0 {
			r := all[len(all)-1]
			t.Logf("%v: %d faults, %.0f MiB, %.0f goroutines, %.0f descriptors, %.0f MiB on disk", time.Since(began).Round(time.Second), done,
				r.value[gaugeRSS]/(1<<20), r.value[gaugeGoroutines], r.value[gaugeDescriptors], r.value[gaugeDisk]/(1<<20))
		}
	}
	l.up("plc", time.Minute)
	l.up("broker", time.Minute)
	w.stop()
	for _, r := range trends(all[len(all)/3:]) {
		t.Log(r)
		if !r.flat() {
			t.Errorf("%s is not flat", r.name)
		}
	}
	l.stillWorks(w)
	t.Logf("%d minutes, %d faults, %d messages, %d labels", minutes, done, len(w.pub.sent()), len(w.labels))
}

type fault struct {
	name string
	do   func()
}

func (l *line) restartBroker() {
	l.broker.stop(syscall.SIGTERM)
	time.Sleep(time.Duration(rand.IntN(2000)) * time.Millisecond)
	l.broker.start()
}

func (l *line) bucketAway() {
	l.bucket.stop(syscall.SIGTERM)
	time.Sleep(8 * time.Second)
	l.bucket.start()
}

// fillDisk takes all the room that the disk of the data has, for some seconds.
func (l *line) fillDisk() {
	l.t.Helper()
	filler := filepath.Join(filepath.Dir(l.data), "filler")
	if err := fill(filler); err != nil {
		l.t.Fatal(err)
	}
	time.Sleep(5 * time.Second)
	if err := os.Remove(filler); err != nil {
		l.t.Fatal(err)
	}
}

// fill takes the room of a disk at once, but for less than one MiB.
func fill(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	var st syscall.Statfs_t
	err = syscall.Fstatfs(int(f.Fd()), &st)
	size := int64(0)
	for step := int64(st.Bfree) * st.Bsize; step >= 1<<20 && err == nil; {
		if err = syscall.Fallocate(int(f.Fd()), 0, size, step); errors.Is(err, syscall.ENOSPC) {
			step, err = step/2, nil
			continue
		}
		size += step
	}
	return errors.Join(err, f.Close())
}

// stillWorks holds that all this was not flat because nothing happened.
func (l *line) stillWorks(w *work) {
	l.t.Helper()
	if len(w.labels) == 0 || len(w.images) == 0 || len(w.pub.sent()) == 0 {
		l.t.Errorf("%d labels, %d images and %d messages were acknowledged", len(w.labels), len(w.images), len(w.pub.sent()))
	}
	eventually(l.t, 2*time.Minute, "everything is at the centre", func() error {
		if n := sum(l.metrics(), "edgelabel_unsynced_items", ""); n != 0 {
			return fmt.Errorf("%g entries wait", n)
		}
		return nil
	})
	if out, err := l.verify(); err != nil || !strings.Contains(out, "clean") {
		l.t.Errorf("verify: %v\n%s", err, out)
	}
}

// TestSoakNotices holds that what leaks is not called flat, and that what breathes is.
func TestSoakNotices(t *testing.T) {
	leaks := [gauges]float64{80 << 10, 0.1, 0.1, 80 << 10} // of each, at every reading
	for g := range gauges {
		var flat, leaking []reading
		at := time.Now()
		for n := range 240 { // twenty minutes
			at = at.Add(readEvery)
			r := reading{at: at, value: [gauges]float64{60 << 20, 120, 40, 80 << 20}}
			r.value[g] *= 1 + 0.3*rand.Float64()
			flat = append(flat, r)
			r.value[g] += leaks[g] * float64(n)
			leaking = append(leaking, r)
		}
		if r := trends(flat)[g]; !r.flat() {
			t.Errorf("breathes and is not called flat: %s", r)
		}
		if r := trends(leaking)[g]; r.flat() {
			t.Errorf("leaks and is called flat: %s", r)
		}
	}
}

// skipGone passes over what was removed while somebody looked.
func skipGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
