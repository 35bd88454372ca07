package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// owned gives what root has just written in a data directory to the owner of the directory: the agent runs as that user and could not read
// it. It looks at the files of the directory and at everything in the named folders below.
func owned(dir string, folders ...string) error {
	info, err := os.Stat(dir)
	if os.Geteuid() != 0 || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // the running agent has removed it
		case err != nil:
			return err
		case d.IsDir() && filepath.Dir(path) == filepath.Clean(dir) && !slices.Contains(folders, d.Name()):
			return fs.SkipDir
		}
		return ownedOne(path, d, owner)
	})
}

func ownedOne(path string, d fs.DirEntry, owner *syscall.Stat_t) error {
	info, err := d.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if its, ok := info.Sys().(*syscall.Stat_t); !ok || its.Uid != 0 {
		return nil
	}
	return os.Lchown(path, int(owner.Uid), int(owner.Gid))
}
