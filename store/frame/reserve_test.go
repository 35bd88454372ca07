package frame_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"edgelabel/store/frame"
)

const reserved = 1 << 20

// reserving makes a log with a reserve, or skips the test where the file system has none.
func reserving(t *testing.T) (path string, l *frame.Log) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "log")
	l, err := frame.Create(path, header)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := l.Reserve(reserved); errors.Is(err, syscall.EOPNOTSUPP) {
		t.Skip("this file system cannot reserve")
	} else if err != nil {
		t.Fatal(err)
	}
	return path, l
}

func TestReserveIsHeldAndNotSeen(t *testing.T) {
	path, l := reserving(t)
	l.Append([]byte("one"))
	if err := l.Commit(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() != l.Durable() || frame.Blocks(info) < reserved || l.Room() < reserved-100 {
		t.Errorf("%d bytes long, %d on disk, room for %d: %v", info.Size(), frame.Blocks(info), l.Room(), err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if list, found := scan(t, b); len(list) != 1 || found.End != int64(len(b)) {
		t.Errorf("%q, %+v of %d bytes", list, found, len(b))
	}
	again, err := frame.Open(path, l.Durable())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close() // nothing is appended
	if err := again.Reserve(reserved); err != nil || again.Room() < reserved {
		t.Errorf("opened again: room for %d, %v", again.Room(), err)
	}
}

func TestReserveOutlivesACut(t *testing.T) {
	path, l := reserving(t)
	mark := l.Durable()
	l.Append([]byte("taken back"))
	if err := errors.Join(l.Commit(), l.Cut(mark)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() != mark || frame.Blocks(info) < reserved || l.Room() < reserved {
		t.Errorf("%d bytes long, %d on disk, room for %d: %v", info.Size(), frame.Blocks(info), l.Room(), err)
	}
}

func TestReleaseGivesBack(t *testing.T) {
	path, l := reserving(t)
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || frame.Blocks(info) >= reserved || info.Size() != l.Durable() {
		t.Errorf("%d bytes on disk, %d long: %v", frame.Blocks(info), info.Size(), err)
	}
}
