package file

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"edgelabel/sync/uplink"
)

// List reads one folder at a time. SHA256 stays empty.
func (t *Target) List(ctx context.Context, prefix string, yield func(uplink.Info) bool) error {
	r, err := t.open(ctx, "")
	if err != nil {
		return err
	}
	defer r.Close()
	w := walk{ctx: ctx, root: r.FS(), prefix: prefix, yield: yield}
	from, _ := path.Split(prefix)
	_, err = w.folder(from)
	return err
}

type walk struct {
	ctx    context.Context
	root   fs.FS
	prefix string
	yield  func(uplink.Info) bool
}

// folder walks below dir, which is empty or ends in a slash; more is false when yield has had enough.
func (w *walk) folder(dir string) (more bool, err error) {
	if err := w.ctx.Err(); err != nil {
		return false, err
	}
	entries, err := fs.ReadDir(w.root, cmp.Or(strings.TrimSuffix(dir, "/"), "."))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrInvalid) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	// A folder sorts as its keys do: with the slash behind its name.
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(slashed(a), slashed(b)) })
	for _, e := range entries {
		key := dir + slashed(e)
		if !strings.HasPrefix(key, w.prefix) && !strings.HasPrefix(w.prefix, key) || key == tempFolder+"/" {
			continue
		}
		if more, err = w.entry(key, e); err != nil || !more {
			return more, err
		}
	}
	return true, nil
}

func (w *walk) entry(key string, e fs.DirEntry) (more bool, err error) {
	if e.IsDir() {
		return w.folder(key)
	}
	info, err := e.Info()
	if errors.Is(err, os.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return w.yield(uplink.Info{Key: key, Size: info.Size()}), nil
}

func slashed(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}
