package file

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"
)

// write copies body to a new temporary file that is on disk when it returns. On an error nothing is left.
func (t *Target) write(r *os.Root, body io.Reader) (temp, sum string, n int64, err error) {
	if err := makeFolders(r, tempFolder); err != nil {
		return "", "", 0, err
	}
	t.sweep.Do(func() { err = t.removeOld(r) })
	if err != nil {
		return "", "", 0, err
	}
	temp = path.Join(tempFolder, rand.Text())
	f, err := r.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", "", 0, err
	}
	h := sha256.New()
	n, err = io.Copy(io.MultiWriter(f, h), body)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", "", 0, errors.Join(err, r.Remove(temp))
	}
	return temp, hex.EncodeToString(h.Sum(nil)), n, nil
}

// abandoned is the age from which a temporary file belongs to nobody.
const abandoned = 24 * time.Hour

func (t *Target) removeOld(r *os.Root) error {
	left, err := fs.ReadDir(r.FS(), tempFolder)
	for _, e := range left {
		if info, infoErr := e.Info(); infoErr == nil && t.now().Sub(info.ModTime()) > abandoned {
			err = errors.Join(err, r.Remove(path.Join(tempFolder, e.Name())))
		}
	}
	return err
}

// name gives a finished temporary file its name unless another has it, and takes the temporary name away.
func (t *Target) name(r *os.Root, temp, key string) (existed bool, err error) {
	if err := makeFolders(r, path.Dir(key)); err != nil {
		return false, errors.Join(err, r.Remove(temp))
	}
	err = errNoLinks
	if !t.noLinks {
		err = r.Link(temp, key)
	}
	switch {
	case err == nil:
		return false, r.Remove(temp)
	case errors.Is(err, fs.ErrExist):
		return true, r.Remove(temp)
	case !linkless(err):
		return false, errors.Join(err, r.Remove(temp))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := r.Lstat(key); err == nil {
		return true, r.Remove(temp)
	}
	if err := r.Rename(temp, key); err != nil {
		return false, errors.Join(err, r.Remove(temp))
	}
	return false, nil
}

var errNoLinks = errors.New("file system has no hard links")

// linkless reports whether the error is that of a file system without hard links, such as FAT or some shares.
func linkless(err error) bool {
	for _, e := range []error{errNoLinks, syscall.EPERM, syscall.ENOSYS, syscall.EOPNOTSUPP, syscall.EMLINK} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// makeFolders makes dir and syncs the parent of every folder that it made.
func makeFolders(r *os.Root, dir string) error {
	if info, err := r.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	at := ""
	for _, part := range strings.Split(dir, "/") {
		parent := at
		at = path.Join(at, part)
		err := r.Mkdir(at, 0o755)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			err = syncFolder(r, parent)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// syncFolder makes names durable. Shares that cannot sync a folder say so with EINVAL or the like: there the server answers for it.
func syncFolder(r *os.Root, dir string) error {
	if dir == "" {
		dir = "."
	}
	d, err := r.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.EOPNOTSUPP) || errors.Is(err, syscall.ENOSYS) {
		err = nil
	}
	if err = errors.Join(err, d.Close()); err != nil {
		return fmt.Errorf("sync folder %s: %w", dir, err)
	}
	return nil
}
