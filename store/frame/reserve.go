package frame

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// keepSize is FALLOC_FL_KEEP_SIZE of fallocate(2): the file takes the blocks, and its length stays as it is.
const keepSize = 1

// Reserve has the file take blocks for n bytes behind its end, which no other program can use up from then on. A reader sees none of them.
// Where the disk has less, what it has is taken and the error says so (ENOSPC, EDQUOT); a file system that cannot do it says EOPNOTSUPP.
func (l *Log) Reserve(n int64) error {
	l.want = n
	if err := l.repair(); err != nil {
		return err
	}
	return l.reserve()
}

// Release gives back what Reserve took.
func (l *Log) Release() error {
	l.want, l.broken = 0, true
	return l.repair()
}

// Room is how many bytes a Commit can add without asking the disk for more.
func (l *Log) Room() int64 { return l.held - l.durable }

func (l *Log) reserve() error {
	from, to := max(l.held, l.durable), l.durable+l.want
	if l.want == 0 || l.held >= to {
		return nil
	}
	err := fallocate(l.f, keepSize, from, to-from)
	if err == nil {
		l.held = to
		return nil
	}
	if errors.Is(err, syscall.EOPNOTSUPP) {
		l.want = 0
	}
	info, statErr := l.f.Stat()
	if statErr != nil {
		return errors.Join(err, statErr)
	}
	if l.held = Blocks(info); l.Room() >= l.want { // a full xfs does not look whether the blocks are there already
		return nil
	}
	return fmt.Errorf("reserve %d bytes behind %s: %w", l.want, l.path, err)
}

// Grow makes a file at least n bytes long, all of which have blocks; from is up to where they have some already.
func Grow(path string, from, n int64) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err = fallocate(f, 0, from, n-from); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("grow %s to %d bytes: %w", path, n, err)
	}
	return nil
}

// Blocks is how many bytes of the disk a file takes. Where it has no holes they are those from its beginning on.
func Blocks(info os.FileInfo) int64 {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	return st.Blocks * 512
}

// fallocate asks again when a signal came in between: it may take long, and the runtime sends signals to its threads.
func fallocate(f *os.File, mode uint32, at, n int64) error {
	for {
		if err := syscall.Fallocate(int(f.Fd()), mode, at, n); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// NoRoom reports whether an error says that the disk, or what its owner may use of it, is full.
func NoRoom(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
