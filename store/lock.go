package store

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// takeLock makes sure that no other process uses the directory. unclean is true when the last one did not close it.
func (s *Store) takeLock() (unclean bool, err error) {
	if s.lock, err = os.OpenFile(s.path("lock"), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return false, err
	}
	s.pids = s.path("pid")
	for wait := time.Duration(0); ; wait += 50 * time.Millisecond {
		err := syscall.Flock(int(s.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return false, errors.Join(fmt.Errorf("lock %s: %w", s.dir, err), s.lock.Close())
		}
		if wait >= s.o.LockWait {
			return false, errors.Join(fmt.Errorf("lock %s: process %s has it open", s.dir, s.holder()), s.lock.Close())
		}
		time.Sleep(50 * time.Millisecond)
	}
	_, err = os.Stat(s.pids)
	unclean = err == nil
	return unclean, os.WriteFile(s.pids, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600)
}

func (s *Store) holder() string {
	b, err := os.ReadFile(s.pids)
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(b))
}
