//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	defaultFills = 2
	labelsOnFull = 10
)

// TestDiskFull fills the disk of the agent EDGELABEL_FILLS times while messages, pictures and labels flow, and goes on taking whatever becomes
// free. While it is full labels are taken and pictures are turned away with a reason, before and after the agent was killed; when there is
// room again everything goes on by itself; and in the end nothing that was acknowledged is missing.
func TestDiskFull(t *testing.T) {
	d := newDisk(t, "ext4", "320M")
	l := newCrashLine(t, filepath.Join(d.folder, "data"))
	l.roomy(t)
	l.start("")
	l.ready()
	l.startFlow()
	fills := number(t, "EDGELABEL_FILLS", defaultFills)
	for n := range fills {
		l.flows(n)
		stop := glutton(t, filepath.Join(d.folder, "filler"))
		l.turnsAway()
		l.takesLabels(n)
		l.dies(0)
		l.start("")
		l.ready()
		l.takesLabels(n)
		stop()
	}
	l.flows(fills)
	l.settle()
	eventually(t, time.Minute, "every item with a label is at the centre", func() error {
		out, err := command(t, nil, l.program, "verify", "file:"+l.centre)
		if err == nil && strings.Contains(out, "has not arrived") {
			err = errors.New(out)
		}
		return err
	})
	report(t, l.violations())
	t.Logf("%d times full", fills)
}

// glutton is a program that fills a disk and then takes every block that becomes free, until it is stopped and its file removed.
func glutton(t *testing.T, path string) (stop func()) {
	t.Helper()
	if err := fill(path); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		for block := make([]byte, 4096); ctx.Err() == nil; {
			if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
				time.Sleep(time.Millisecond)
			} else if err != nil {
				t.Errorf("filler: %v", err)
				return
			}
		}
	})
	return func() {
		t.Helper()
		cancel()
		wg.Wait()
		if err := errors.Join(f.Close(), os.Remove(path)); err != nil {
			t.Fatal(err)
		}
	}
}

// roomy lets what waited while the disk was full come in without driving out what nobody has looked at.
func (l *crashLine) roomy(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(l.config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, l.config, strings.Replace(string(text), "images: 16MiB", "images: 96MiB", 1))
}

// stock is how many items wait for a label before the disk is filled: while it is full no more come.
const stock = 40

// taken is how much of each kind was stored, and of messages how many came while the broker is connected: what is refused is sent again once
// the agent connects again.
func (l *crashLine) taken() (list [5]int, open int) {
	l.t.Helper()
	all, err := metrics(l.url)
	if err != nil {
		l.t.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	messages := int(sum(all, "edgelabel_samples_total", `"broker"`) * sum(all, "edgelabel_source_up", `"broker"`))
	return [5]int{len(l.labels), len(l.pushed), len(l.uploaded), len(l.seen), messages}, int(sum(all, "edgelabel_items_open", ""))
}

// flows waits until everything is taken again.
func (l *crashLine) flows(n int) {
	l.t.Helper()
	before, _ := l.taken()
	eventually(l.t, 3*time.Minute, "everything flows", func() error {
		after, open := l.taken()
		for i, now := range after {
			if now < before[i]+2 {
				return fmt.Errorf("%d times full: %s: %d more", n, []string{"labels", "pushed pictures", "uploaded pictures", "items listed", "messages"}[i], now-before[i])
			}
		}
		if open < stock {
			return fmt.Errorf("%d items wait for a label", open)
		}
		return nil
	})
	if l.full() {
		l.t.Errorf("%d times full: everything flows, and the status says that the disk is full", n)
	}
}

// turnsAway waits until an agent whose disk has just become full says so.
func (l *crashLine) turnsAway() {
	l.t.Helper()
	eventually(l.t, 10*time.Second, "pictures are turned away", func() error {
		_, err := l.pushOne("full", noise(uint64(time.Now().UnixNano())))
		if err == nil || !strings.HasPrefix(err.Error(), "503") && !strings.HasPrefix(err.Error(), "507") {
			return fmt.Errorf("a picture pushed: %v", err)
		}
		return nil
	})
	eventually(l.t, 10*time.Second, "the status says that the disk is full", func() error {
		if !l.full() {
			return errors.New("nothing")
		}
		return nil
	})
}

// takesLabels holds that labels are taken on a full disk, and pictures are not.
func (l *crashLine) takesLabels(n int) {
	l.t.Helper()
	before, _ := l.taken()
	var after [5]int
	eventually(l.t, 30*time.Second, "labels are taken on a full disk", func() error {
		if after, _ = l.taken(); after[0] < before[0]+labelsOnFull {
			return fmt.Errorf("%d labels", after[0]-before[0])
		}
		return nil
	})
	if after[1] > before[1]+1 || after[2] > before[2]+1 { // one that is pushed and one that is uploaded may have been on their way
		l.t.Errorf("%d times full: %d pictures were taken into the room for labels", n, after[1]-before[1]+after[2]-before[2])
	}
	if !l.full() {
		l.t.Errorf("%d times full: the disk was not full to the end", n)
	}
}

// full reports whether the status says that the disk is.
func (l *crashLine) full() bool {
	l.t.Helper()
	var status struct{ Disk struct{ Full bool } }
	if err := l.client.get("/api/v1/status", &status); err != nil {
		l.t.Fatal(err)
	}
	return status.Disk.Full
}
