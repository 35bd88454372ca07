package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"edgelabel/store/frame"
)

const (
	lockFile = "lock"
	pidFile  = "pid"

	closedFile = "pid.closed" // what pid is called after a clean stop: a disk that is full then may have no room for a new file at the next start
)

// takeLock makes sure that no other process uses the directory. unclean is true when the last one did not close it.
func (s *Store) takeLock() (unclean bool, err error) {
	if s.lock, err = lockDir(s.dir, s.o.LockWait); err != nil {
		return false, err
	}
	unclean = leftOpen(s.dir)
	return unclean, markOpen(s.dir)
}

// markOpen has the directory count as left open from now on. All of it is synced: without the file a power cut would look like a clean stop,
// and nothing would be checked.
func markOpen(dir string) error {
	path := filepath.Join(dir, pidFile)
	if !leftOpen(dir) {
		if err := os.Rename(filepath.Join(dir, closedFile), path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return errors.Join(writePID(path), frame.SyncDir(dir))
}

// markClosed has it count as closed.
func markClosed(dir string) error {
	return os.Rename(filepath.Join(dir, pidFile), filepath.Join(dir, closedFile))
}

// writePID writes over what the last process wrote, so that no other block of the disk is needed.
func writePID(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%-20d\n", os.Getpid())
	return errors.Join(err, f.Sync(), f.Close())
}

// lockDir locks the directory until the file is closed. The error names the process that has it.
func lockDir(dir string, patience time.Duration) (*os.File, error) {
	lock, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for wait := time.Duration(0); ; wait += 50 * time.Millisecond {
		err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return lock, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", dir, err), lock.Close())
		}
		if wait >= patience {
			return nil, errors.Join(fmt.Errorf("lock %s: process %s has it open", dir, holder(dir)), lock.Close())
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// leftOpen reports whether the last process did not close the directory.
func leftOpen(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, pidFile))
	return err == nil
}

func holder(dir string) string {
	b, err := os.ReadFile(filepath.Join(dir, pidFile))
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(b))
}
