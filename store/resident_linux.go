package store

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
)

// letGoEvery is how long pages of the index count as this process's memory at the most.
const letGoEvery = 2 * time.Second

func (s *Store) keepLetGo(ctx context.Context) {
	tick := time.NewTicker(min(letGoEvery, s.o.Keep))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.letGo(); err != nil {
			s.o.Log.Error("keep memory small", "dir", s.dir, "err", err)
		}
	}
}

// letGo takes the pages of index.db out of this process. bbolt maps the file: opening it looks at every page, each query at some, and all that
// were ever looked at would count as memory of the agent's for as long as the system is not short of it. They stay cached where they are.
func (s *Store) letGo() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.db == nil {
		return nil
	}
	return s.db.View(func(tx *bolt.Tx) error { // while it lasts the mapping stays where it is
		_, _, errno := syscall.Syscall(syscall.SYS_MADVISE, s.db.Info().Data, uintptr(tx.Size()), syscall.MADV_DONTNEED)
		if errno != 0 && !errors.Is(errno, syscall.ENOSYS) {
			return fmt.Errorf("let go of the index's pages: %w", errno)
		}
		return nil
	})
}
