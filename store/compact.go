package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"edgelabel/store/frame"

	bolt "go.etcd.io/bbolt"
)

const (
	compactAtOnce = 1 << 20  // bytes that one transaction of a compaction copies
	compactGrow   = 64 << 10 // bytes by which the new file grows: it is to be small
)

// Compact writes the index of a directory that nobody has open anew, without the room that deleted entries left, and returns its size
// before and after. After an unclean stop it refuses: the agent, or Doctor, has to look at the index first.
func Compact(dir string) (before, after int64, err error) {
	if _, err := checkVersion(dir); err != nil {
		return 0, 0, err
	}
	if !isDataDir(dir) {
		return 0, 0, fmt.Errorf("%s: %w", dir, errNoData)
	}
	lock, err := lockDir(dir, 0)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if leftOpen(dir) {
		return 0, 0, fmt.Errorf("compact %s: it was not closed; start the agent once, or run doctor", dir)
	}
	return rewriteIndex(filepath.Join(dir, "index.db"))
}

// rewriteIndex puts in place of an index that nobody has open a copy without free pages, unless that is no smaller.
func rewriteIndex(path string) (before, after int64, err error) {
	if before, err = sizeOf(path); err != nil {
		return 0, 0, err
	}
	temp := path + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return before, 0, err
	}
	if err := copyIndex(temp, path, before); err != nil {
		return before, 0, errors.Join(fmt.Errorf("compact %s: %w", path, err), os.Remove(temp))
	}
	if after, err = sizeOf(temp); err != nil {
		return before, 0, err
	}
	if after >= before {
		return before, before, os.Remove(temp)
	}
	return before, after, errors.Join(os.Rename(temp, path), frame.SyncDir(filepath.Dir(path)))
}

const (
	mostlyFree  = 2         // the share of its pages, one in so many, that a large index may have free before it is written anew
	shrinkEvery = time.Hour // at the most, while the index is in use
)

// worthShrinking reports whether the index is large and most of it is free: bbolt gives no page back to the disk, and every commit has to
// keep the free ones in order.
func (s *Store) worthShrinking() (bool, error) {
	used, free, err := s.indexUse()
	return used >= s.o.Shrink && free >= used/mostlyFree, err
}

// shrink writes the index anew where that is worth it. Where that goes wrong, for want of room, the index stays as it is.
func (s *Store) shrink(path string) error {
	if worth, err := s.worthShrinking(); !worth || err != nil {
		return err
	}
	if err := s.db.Close(); err != nil {
		return err
	}
	before, after, err := rewriteIndex(path)
	if err != nil {
		s.o.Log.Warn("index not compacted", "dir", s.dir, "err", err)
	} else {
		s.o.Log.Info("index compacted", "dir", s.dir, "before", before, "after", after)
	}
	s.db, err = openIndex(path, s.o.Index)
	return err
}

// keepIndex has the writer shrink the index while it is in use. Everybody else waits meanwhile: a second or two for each 64 MiB.
func (s *Store) keepIndex(ctx context.Context) error {
	return s.ask(ctx, &request{alone: s.shrinkInUse, done: make(chan struct{})})
}

func (s *Store) shrinkInUse() error {
	since := s.o.Now().Sub(s.shrunk)
	if s.db == nil || s.full.Load() || since >= 0 && since < shrinkEvery {
		return nil
	}
	if worth, err := s.worthShrinking(); !worth || err != nil {
		return err
	}
	s.shrunk = s.o.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.shrink(s.path("index.db"))
	s.indexHeld = s.dense()
	return err
}

func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func copyIndex(to, from string, size int64) (err error) {
	src, err := openIndex(from, size)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	dst, err := openBolt(to, max(size, DefaultIndex))
	if err != nil {
		return err
	}
	dst.AllocSize = compactGrow
	err = bolt.Compact(dst, src, compactAtOnce)
	return errors.Join(err, dst.Sync(), dst.Close())
}
