package frame

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"edgelabel/store/failpoint"
)

// Log appends frames to one file. What Append takes is on disk after Commit returned nil, and not before. A Log is used by one goroutine.
type Log struct {
	path    string
	f       *os.File
	durable int64  // bytes known to be on disk
	pending []byte // appended since
	broken  bool   // a write, sync or cut went wrong: what lies behind durable is unknown
	held    int64  // up to where the file is known to have blocks, 0 before Reserve
	want    int64  // bytes that Reserve was asked for
}

// Create makes a new log file that begins with the header of FileHeader bytes. The file and its name are on disk when it returns.
func Create(path, header string) (*Log, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err = f.WriteString(header); err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("create %s: %w", path, err), f.Close(), os.Remove(path))
	}
	return &Log{path: path, f: f, durable: FileHeader}, nil
}

// Open opens an existing log for appending behind end, which a Scan found.
func Open(path string, end int64) (*Log, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return &Log{path: path, f: f, durable: end}, nil
}

// CheckHeader reports whether the file begins with the header.
func CheckHeader(r io.ReaderAt, header string) bool {
	b := make([]byte, FileHeader)
	n, err := r.ReadAt(b, 0)
	return n == FileHeader && (err == nil || errors.Is(err, io.EOF)) && string(b) == header
}

// Append takes one payload and returns the offset that its frame will have.
func (l *Log) Append(payload []byte) int64 {
	at := l.Size()
	l.pending = Append(l.pending, payload)
	return at
}

// Size is the length of the file once everything appended is committed.
func (l *Log) Size() int64 { return l.durable + int64(len(l.pending)) }

// Durable is how much of the file is known to be on disk.
func (l *Log) Durable() int64 { return l.durable }

// Commit writes and syncs what was appended. After an error nothing of it counts: it is dropped, and the next Commit first reopens the
// file and cuts it back to what was known to be on disk, because a sync that follows a failed sync proves nothing.
func (l *Log) Commit() error {
	if len(l.pending) == 0 {
		return nil
	}
	b := l.pending
	l.pending = nil
	if err := l.repair(); err != nil {
		return err
	}
	_, err := l.f.WriteAt(b, l.durable)
	failpoint.Hit(failpoint.LogWritten)
	if err == nil && !failpoint.Broken(failpoint.NoSync) {
		err = l.f.Sync()
	}
	if err != nil {
		l.broken = true
		return fmt.Errorf("append to %s: %w", l.path, err)
	}
	l.durable += int64(len(b))
	if cap(b) <= 1<<20 {
		l.pending = b[:0]
	}
	return nil
}

// Cut takes back everything behind the offset. When that fails the log takes nothing more until it succeeds.
func (l *Log) Cut(to int64) error {
	l.pending = nil
	if to < l.durable {
		l.durable, l.broken = to, true
	}
	return l.repair()
}

func (l *Log) repair() error {
	if !l.broken {
		return nil
	}
	f, err := os.OpenFile(l.path, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err = f.Truncate(l.durable); err == nil {
		err = f.Sync()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("reopen %s: %w", l.path, err), f.Close())
	}
	old := l.f
	l.f, l.broken, l.held = f, false, 0
	if err := l.reserve(); err != nil && !NoRoom(err) { // the blocks went with what was cut; for want of room there is less of them
		return errors.Join(err, old.Close())
	}
	if err := old.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("close %s: %w", l.path, err)
	}
	return nil
}

// Close drops what was not committed and closes the file.
func (l *Log) Close() error {
	l.pending = nil
	return l.f.Close()
}

// SyncDir makes the names inside a directory durable.
func SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
