package store

import (
	"errors"
	"os"

	"edgelabel/store/frame"

	bolt "go.etcd.io/bbolt"
)

// The reserve is room inside the files that a label goes into. What is merely free on a disk another program may take at any moment; what
// a file holds it may not.
//
//	labels.log   ▓▓▓▓▓▓░░░░░░   a quarter of Options.Reserve: blocks behind the end of the file
//	journal/N    ▓▓▓░░░░░░      a quarter, likewise
//	index.db     ▓▓░▓▓▓░░░░░░   half: pages that are free, and blocks behind the last page
//
// It is filled up whenever there is room on the disk. The last of it is kept for what makes room: records of what is dropped, and of what
// the targets have.

// hold fills the reserve up. The disk counts as full when there is not enough for all of it; then what could be had is held.
func (s *Store) hold() {
	if s.o.Reserve <= 0 || s.unheld || s.db == nil {
		return
	}
	err := errors.Join(s.labels.Reserve(s.o.Reserve/4), s.journal.log.Reserve(s.o.Reserve/4), s.holdIndex(s.o.Reserve/2))
	s.whole.Store(!frame.NoRoom(err))
	switch {
	case frame.NoRoom(err):
		s.filled()
	case err != nil:
		s.unheld = true
		s.o.Log.Warn("no room can be held for labels on this file system: give the data a disk of their own", "dir", s.dir, "err", err)
	}
}

// holdIndex makes index.db long enough for n bytes of pages more, and has blocks for all of it.
func (s *Store) holdIndex(n int64) error {
	used, free, err := s.indexUse()
	if err != nil {
		return err
	}
	s.indexUsed = used
	size, err := sizeOf(s.path("index.db"))
	if err != nil {
		return err
	}
	to := max(size, min(used+max(n-free, 0), s.o.Index))
	if to <= s.indexHeld {
		return nil
	}
	err = frame.Grow(s.path("index.db"), s.indexHeld, to)
	if err == nil {
		s.indexHeld = to
		return nil
	}
	s.indexHeld = max(s.indexHeld, s.dense())
	return err
}

// dense is the length of index.db when all of it has blocks, else 0.
func (s *Store) dense() int64 {
	info, err := os.Stat(s.path("index.db"))
	if err != nil || frame.Blocks(info) < info.Size() {
		return 0
	}
	return info.Size()
}

// indexUse is how many bytes of index.db have been in use so far, and how many of them are free again.
func (s *Store) indexUse() (used, free int64, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		used = tx.Size()
		return nil
	})
	return used, s.indexFree(), err
}

func (s *Store) indexFree() int64 {
	return int64(s.db.Stats().FreePageN) * int64(s.db.Info().PageSize)
}

// spent reports whether so little is left that it is kept for what makes room. It is asked before each commit: what it knows of the index
// is from when the last one began.
func (s *Store) spent() bool {
	if s.o.Reserve <= 0 || s.unheld || s.db == nil {
		return false
	}
	return min(s.labels.Room(), s.journal.log.Room(), s.indexHeld-s.indexUsed+s.indexFree()) < s.o.Reserve/16
}
