package camera

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// pruneEvery is how often the folders of files that were dealt with are looked at.
const pruneEvery = time.Minute

type aged struct {
	name  string
	size  int64
	mtime time.Time
}

// prune keeps the folders of files that were dealt with inside their budget, the oldest files going first: the pictures of the one are in
// the store, and those of the other never were pictures.
func (w *watch) prune() {
	if w.cfg.After != Move {
		return
	}
	for _, dir := range []string{w.cfg.DoneDir, w.cfg.BadDir} {
		gone, bytes, err := pruneDir(dir, w.cfg.KeepBytes)
		if err != nil {
			w.cfg.Log.Warn("old files stay in the folder", "source", w.cfg.Name, "folder", dir, "err", err)
		}
		if gone > 0 {
			w.cfg.Log.Info("old files removed", "source", w.cfg.Name, "folder", dir, "files", gone, "bytes", bytes)
		}
	}
}

// pruneDir removes the oldest regular files until those that are left take no more than keep bytes.
func pruneDir(dir string, keep int64) (gone int, bytes int64, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	var files []aged
	var total int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue // gone meanwhile, or not ours
		}
		files = append(files, aged{e.Name(), info.Size(), info.ModTime()})
		total += info.Size()
	}
	slices.SortFunc(files, func(a, b aged) int { return cmp.Or(a.mtime.Compare(b.mtime), cmp.Compare(a.name, b.name)) })
	for _, f := range files {
		if total <= keep {
			break
		}
		if err := os.Remove(filepath.Join(dir, f.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return gone, bytes, err
		}
		total, gone, bytes = total-f.size, gone+1, bytes+f.size
	}
	return gone, bytes, nil
}
