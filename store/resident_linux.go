package store

import (
	"errors"
	"fmt"
	"syscall"

	bolt "go.etcd.io/bbolt"
)

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
