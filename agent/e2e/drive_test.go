//go:build e2e

package e2e_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

const (
	driveBytes = 640 << 20
	pageBytes  = 4096
	sector     = 512
)

// drive is a disk with a volatile cache, as every disk is that a plant buys: a write is answered when it is in the cache, and what is in
// the cache is on the platter only after the flush that follows. When the power goes, each page that was not flushed may or may not have
// got there, in any order and torn between sectors.
//
//	file system ─▶ loop device ─▶ file of a FUSE mount ─▶ serve ─▶ cache ─(flush)─▶ platter
//
// A shutdown of the file system is not the same: the kernel takes part in it, and ext4 may answer an fsync that it overtakes without an
// error and without the data. Here the kernel knows nothing; it gets no more answers.
type drive struct {
	t       *testing.T
	platter []byte
	file    string // where the drive shows as a file
	fuse    int
	served  chan struct{}
	failed  chan struct{} // closed: every request is answered with an error

	mu     sync.Mutex
	cache  map[int64][]byte // by number of the page
	frozen bool             // no request is answered until the drive fails
}

func newDrive(t *testing.T, dir string) *drive {
	t.Helper()
	platter, err := syscall.Mmap(-1, 0, driveBytes, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(platter); err != nil {
			t.Error(err)
		}
	})
	return &drive{t: t, platter: platter, file: write(t, filepath.Join(dir, "drive"), "")}
}

// plug makes the drive appear with what is on the platter.
func (d *drive) plug() error {
	fd, err := syscall.Open("/dev/fuse", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	if err := syscall.Mount("drive", d.file, "fuse", syscall.MS_NOSUID|syscall.MS_NODEV, fuseOptions(fd)); err != nil {
		return errors.Join(err, syscall.Close(fd))
	}
	d.fuse, d.frozen, d.cache = fd, false, map[int64][]byte{}
	d.served, d.failed = make(chan struct{}), make(chan struct{})
	go d.serve()
	return nil
}

// unplug takes the drive away. Nothing may use it any more.
func (d *drive) unplug() error {
	err := syscall.Unmount(d.file, 0)
	if err == nil {
		<-d.served
		err = syscall.Close(d.fuse)
	}
	return err
}

// cut is the moment at which the power goes: what the platter has from now on is all that there will be. Nothing is answered any more.
func (d *drive) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.frozen = true
	luck := []float64{0, 0.5, 1}[rand.IntN(3)]
	for n, page := range d.cache {
		for at := 0; at < pageBytes; at += sector {
			if at == 0 && rand.Float64() < luck {
				copy(d.platter[n*pageBytes:], page)
				break
			}
			if luck == 0.5 && rand.IntN(8) == 0 {
				copy(d.platter[n*pageBytes+int64(at):], page[at:at+sector])
			}
		}
	}
}

// fail answers what waits, and all that comes, with an error, so that whoever waits for the drive can end.
func (d *drive) fail() { close(d.failed) }

// alive returns when the drive may do what it was asked for, or with the error when it never will.
func (d *drive) alive() syscall.Errno {
	d.mu.Lock()
	frozen := d.frozen
	d.mu.Unlock()
	if frozen {
		<-d.failed
		return syscall.EIO
	}
	return 0
}

func (d *drive) read(to []byte, at int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	copy(to, d.platter[at:])
	for n := at / pageBytes; n*pageBytes < at+int64(len(to)); n++ {
		page, ok := d.cache[n]
		if !ok {
			continue
		}
		if from := n*pageBytes - at; from < 0 {
			copy(to, page[-from:])
		} else {
			copy(to[from:], page)
		}
	}
}

func (d *drive) write(b []byte, at int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.frozen {
		return // the power went between the question and here
	}
	for len(b) > 0 {
		n, from := at/pageBytes, at%pageBytes
		page, ok := d.cache[n]
		if !ok {
			page = append([]byte(nil), d.platter[n*pageBytes:(n+1)*pageBytes]...)
			d.cache[n] = page
		}
		done := copy(page[from:], b)
		b, at = b[done:], at+int64(done)
	}
}

func (d *drive) flush() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.frozen {
		return
	}
	for n, page := range d.cache {
		copy(d.platter[n*pageBytes:], page)
	}
	clear(d.cache)
}

// TestDriveForgets holds that the drive does what a real one does: what was synced is there after the power was cut, the rest is not.
func TestDriveForgets(t *testing.T) {
	for _, kind := range []string{"ext4", "xfs"} {
		t.Run(kind, func(t *testing.T) {
			d := newDisk(t, kind)
			for _, name := range []string{"synced", "not"} {
				f, err := os.Create(filepath.Join(d.folder, name))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := f.WriteString(name); err != nil {
					t.Fatal(err)
				}
				if name == "synced" {
					if err := errors.Join(f.Sync(), syncDir(d.folder)); err != nil {
						t.Fatal(err)
					}
				}
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
			}
			d.drive.cut()
			d.drive.fail()
			d.on()
			if b, err := os.ReadFile(filepath.Join(d.folder, "synced")); err != nil || string(b) != "synced" {
				t.Errorf("what was synced: %q, %v", b, err)
			}
			if b, err := os.ReadFile(filepath.Join(d.folder, "not")); err == nil && len(b) > 0 {
				t.Errorf("what was not synced is there: %q", b)
			}
		})
	}
}

func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
