// Package lines keeps records as one JSON object a line in a file that is only ever added to, so that what was done can be audited. A file
// that has grown large is put aside, as the only older one: the newest tens of thousands of records are there in any case.
package lines

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// MaxBytes is the size from which a file is put aside.
const MaxBytes = 8 << 20

// File is an open file of records. It is not safe for concurrent use.
type File[T any] struct {
	path string
	f    *os.File
	size int64
}

// Open reads the older file, if any, and the file, which may be missing, and calls each for every record in the order in which they were
// written. A last line that a power cut left unfinished was never acknowledged and is cut off.
func Open[T any](path string, each func(T)) (*File[T], error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if old, err := os.Open(path + ".1"); err == nil {
		_, err = read(old, each)
		if err = errors.Join(err, old.Close()); err != nil {
			return nil, fmt.Errorf("%s.1: %w", path, err)
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	l := &File[T]{path: path, f: f}
	if l.size, err = read(f, each); err == nil {
		err = f.Truncate(l.size)
	}
	if err = errors.Join(err, syncDir(filepath.Dir(path))); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return l, nil
}

// turn puts the file aside and begins a new one.
func (l *File[T]) turn() error {
	if err := os.Rename(l.path, l.path+".1"); err != nil {
		return err
	}
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	old := l.f
	l.f, l.size = f, 0
	return errors.Join(syncDir(filepath.Dir(l.path)), old.Close())
}

// read returns where the last whole line ends.
func read[T any](f io.Reader, each func(T)) (size int64, err error) {
	r := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		if err != nil {
			return size, err
		}
		var one T
		if err := json.Unmarshal(line, &one); err != nil {
			return size, fmt.Errorf("line %d: %w", n, err)
		}
		each(one)
		size += int64(len(line))
	}
}

// Append returns after the record is on disk. One that did not get there whole is taken away again.
func (l *File[T]) Append(one T) error {
	line, err := json.Marshal(one)
	if err != nil {
		return err
	}
	if l.size >= MaxBytes {
		if err := l.turn(); err != nil {
			return fmt.Errorf("put %s aside: %w", l.path, err)
		}
	}
	line = append(line, '\n')
	_, err = l.f.WriteAt(line, l.size)
	if err = errors.Join(err, l.f.Sync()); err != nil {
		return errors.Join(err, l.f.Truncate(l.size))
	}
	l.size += int64(len(line))
	return nil
}

// Close closes the file. Twice is harmless.
func (l *File[T]) Close() error {
	if err := l.f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
