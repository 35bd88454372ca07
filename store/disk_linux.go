package store

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// freeDisk is how many bytes an ordinary process may still write to the file system.
func freeDisk(path string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0, fmt.Errorf("free space of %s: %w", path, err)
	}
	return int64(st.Bavail) * int64(st.Bsize), nil //nolint:unconvert // the types differ between architectures
}

// allocate makes a file that really takes the bytes.
func allocate(path string, n int64) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err = syscall.Fallocate(int(f.Fd()), 0, 0, n); errors.Is(err, syscall.EOPNOTSUPP) {
		err = nil // a file system that cannot: go on without
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("allocate %s: %w", path, err), os.Remove(path))
	}
	return nil
}
