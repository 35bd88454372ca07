//go:build e2e

package e2e_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgelabel/store/failpoint"
)

// defaultCuts is how often a short run cuts the power of each file system.
const defaultCuts = 3

// disk is a file system on a drive whose power can be cut.
type disk struct {
	t      *testing.T
	drive  *drive
	loop   string
	folder string
}

// newDisk makes the file system, of the size of the drive or of the one given, and mounts it, or skips the test where that cannot be done.
func newDisk(t *testing.T, kind string, size ...string) *disk {
	t.Helper()
	if os.Getuid() != 0 || !exists("/dev/fuse") || !installed("losetup") || !installed("mkfs."+kind) {
		t.Skipf("a disk of our own: wants root, /dev/fuse, losetup and mkfs.%s", kind)
	}
	dir := t.TempDir()
	d := &disk{t: t, drive: newDrive(t, dir), folder: filepath.Join(dir, "mount")}
	if err := os.Mkdir(d.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := d.plug(); err != nil {
		t.Skipf("a disk of our own: %v", err)
	}
	t.Cleanup(func() {
		if err := d.unplug(); err != nil {
			t.Error(err)
		}
	})
	d.must("mkfs."+kind, append([]string{"-q", d.loop}, size...)...)
	d.must("mount", d.loop, d.folder)
	return d
}

func (d *disk) must(name string, args ...string) {
	d.t.Helper()
	if out, err := command(d.t, nil, name, args...); err != nil {
		d.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

func (d *disk) plug() error {
	if err := d.drive.plug(); err != nil {
		return err
	}
	out, err := exec.Command("losetup", "-f", "--show", d.drive.file).CombinedOutput()
	if err != nil {
		return errors.Join(fmt.Errorf("losetup: %w: %s", err, out), d.drive.unplug())
	}
	d.loop = strings.TrimSpace(string(out))
	return nil
}

func (d *disk) unplug() error {
	_ = exec.Command("umount", "-l", d.folder).Run() // it may not be mounted
	if out, err := exec.Command("losetup", "-d", d.loop).CombinedOutput(); err != nil {
		return fmt.Errorf("losetup -d %s: %w: %s", d.loop, err, out)
	}
	return retry(10*time.Second, d.drive.unplug) // the kernel lets a loop device go when its last user has
}

func retry(within time.Duration, try func() error) error {
	for deadline := time.Now().Add(within); ; time.Sleep(20 * time.Millisecond) {
		if err := try(); err == nil || time.Now().After(deadline) {
			return err
		}
	}
}

// on brings a disk that failed back with what is on its platter.
func (d *disk) on() {
	d.t.Helper()
	eventually(d.t, 10*time.Second, "the disk is let go", func() error {
		out, err := command(d.t, nil, "umount", d.folder)
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	})
	if err := errors.Join(d.unplug(), d.plug()); err != nil {
		d.t.Fatal(err)
	}
	d.must("mount", d.loop, d.folder)
}

// TestPowerCut cuts the power of the disk under the agent EDGELABEL_CUTS times for each file system while five labels a second, pictures
// and messages flow. Nothing that was acknowledged may be missing.
func TestPowerCut(t *testing.T) {
	for _, kind := range []string{"ext4", "xfs"} {
		t.Run(kind, func(t *testing.T) {
			cuts := number(t, "EDGELABEL_CUTS", defaultCuts)
			report(t, cutPower(t, kind, cuts, ""))
			t.Logf("%d power cuts on %s", cuts, kind)
		})
	}
}

// TestPowerCutNotices leaves one sync out and expects the test above to see it.
func TestPowerCutNotices(t *testing.T) {
	lost := 0
	for _, v := range cutPower(t, "ext4", 2, string(failpoint.NoSync)) {
		if strings.HasPrefix(v, "message ") && strings.HasSuffix(v, " 0 times") {
			lost++
		}
	}
	if lost == 0 {
		t.Error("logs were not synced, and nobody noticed")
	}
	t.Logf("logs without sync: %d lost messages were noticed", lost)
}

// cutPower cuts the power of the disk under the running agent, which goes on for a moment: half of the time nothing that it asks of its disk
// is answered, as when the whole gateway goes dark a little later; else its disk is gone and says so, and the agent must not say that all
// is well. Every other time the agent was killed a moment before, with the power on: what the next one reads then need not be on the disk.
func cutPower(t *testing.T, kind string, cuts int, broken string) []string {
	t.Helper()
	d := newDisk(t, kind)
	l := newCrashLine(t, filepath.Join(d.folder, "data"))
	l.broken = broken
	l.roomy(t)                     // what is evicted within moments is never listed, and its record names the item, not the picture
	d.must("sync", "-f", d.folder) // who may sign in was written by another program
	l.start("")
	l.ready()
	l.startFlow()
	for n := range cuts {
		time.Sleep(time.Duration(500+rand.IntN(1500)) * time.Millisecond)
		if rand.IntN(2) == 0 {
			l.again()
		}
		says := rand.IntN(2) == 0
		d.drive.cut()
		if says {
			d.drive.fail()
		}
		time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
		_ = l.cmd.Process.Kill() // it may have given up already: there is no disk
		if !says {
			d.drive.fail()
		}
		<-l.died
		d.on()
		l.start("")
		l.ready()
		if n%50 == 49 {
			t.Logf("%s: %d cuts", time.Since(l.began).Round(time.Second), n+1)
		}
	}
	l.settle()
	return l.violations()
}

// again kills the agent and waits for the next one to be told of messages again.
func (l *crashLine) again() {
	l.t.Helper()
	l.dies(0)
	l.start("")
	l.ready()
	time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
}
