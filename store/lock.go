package store

import (
	"errors"
	"fmt"
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
)

// takeLock makes sure that no other process uses the directory. unclean is true when the last one did not close it.
func (s *Store) takeLock() (unclean bool, err error) {
	if s.lock, err = lockDir(s.dir, s.o.LockWait); err != nil {
		return false, err
	}
	s.pids = s.path(pidFile)
	unclean = leftOpen(s.dir)
	if err := writePID(s.pids); err != nil {
		return unclean, err
	}
	return unclean, frame.SyncDir(s.dir)
}

// writePID is synced: without the file a power cut would look like a clean stop, and nothing would be checked.
func writePID(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, os.Getpid())
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
