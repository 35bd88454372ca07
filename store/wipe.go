package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"edgelabel/store/frame"
)

// ErrUnsynced is returned for data that no central store has.
var ErrUnsynced = errors.New("has entries that are not at every target")

// WipeOptions says how Wipe goes about it.
type WipeOptions struct {
	Unsynced  bool // also when something has not been synced, or nobody can tell
	Overwrite bool // write zeros over every file first
}

// Wipe removes everything from a data directory that nobody has open, keys and people first, for a gateway that changes hands. Flash
// memory may keep copies of what was overwritten: where that matters, encrypt the disk or discard it as a whole.
func Wipe(dir string, o WipeOptions) (files int, err error) {
	if _, err := checkVersion(dir); err != nil {
		return 0, err
	}
	if !isDataDir(dir) {
		return 0, fmt.Errorf("%s: %w", dir, errNoData)
	}
	lock, err := lockDir(dir, 0)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if !o.Unsynced {
		if err := allSynced(dir); err != nil {
			return 0, err
		}
	}
	names, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	slices.SortStableFunc(names, func(a, b fs.DirEntry) int { return rank(a.Name()) - rank(b.Name()) })
	for _, e := range names {
		n, err := wipe(filepath.Join(dir, e.Name()), o.Overwrite)
		if files += n; err != nil {
			return files, err
		}
		if err := frame.SyncDir(dir); err != nil { // what is gone stays gone before the next
			return files, err
		}
	}
	return files, nil
}

// rank brings secrets first and what marks a data directory last, so that a wipe that was cut short can be repeated.
func rank(name string) int {
	switch name {
	case "session.key", "pki", "users.json":
		return 0
	case "blobs", "journal":
		return 2
	case "labels.log":
		return 3
	}
	return 1
}

func allSynced(dir string) error {
	if leftOpen(dir) {
		return fmt.Errorf("%s: was not closed, nobody can tell what is at the targets: %w", dir, ErrUnsynced)
	}
	p, err := newPacker()
	if err != nil {
		return err
	}
	db, err := openIndex(filepath.Join(dir, "index.db"), DefaultIndex)
	if err != nil {
		return err
	}
	s := &Store{dir: dir, o: Options{}.withDefaults(), p: p, db: db}
	var c counters
	err = s.view(func(t *txn) error { c = t.c; return nil })
	if err = errors.Join(err, db.Close()); err == nil && c.Unsynced > 0 {
		err = fmt.Errorf("%s: %w: %d", dir, ErrUnsynced, c.Unsynced)
	}
	return err
}

// wipe removes a file, or a folder with all that is in it. The folders of blobs and journal stay until their content is gone.
func wipe(path string, overwrite bool) (files int, err error) {
	err = filepath.WalkDir(path, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if overwrite && e.Type().IsRegular() {
			if err := zero(path); err != nil {
				return err
			}
		}
		files++
		return os.Remove(path)
	})
	return files, errors.Join(err, os.RemoveAll(path))
}

func zero(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = io.CopyN(f, zeros{}, info.Size())
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// zeros has no end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
