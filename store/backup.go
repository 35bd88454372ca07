package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"edgelabel/store/backup"
	"edgelabel/store/frame"
)

// BackupReport says what a backup did.
type BackupReport struct {
	Snapshot      string // its name
	Files         int
	Stored, Known int64 // bytes that were written, and that an earlier snapshot had
}

// Backup adds a snapshot of a data directory to the folder to, also while an agent has it open: labels.log first, then the journal, then
// everything that those speak of, so that what was acknowledged before the call is in it. Of growing files it takes what is whole. The
// index is left out: it is built again from the rest.
func Backup(ctx context.Context, dir, to string, now time.Time) (BackupReport, error) {
	var report BackupReport
	if _, err := checkVersion(dir); err != nil {
		return report, err
	}
	if !isDataDir(dir) {
		return report, fmt.Errorf("%s: %w", dir, errNoData)
	}
	if inside, err := below(to, dir); err != nil || inside {
		return report, errors.Join(err, fmt.Errorf("backup %s: lies inside the data directory", to))
	}
	repo, err := backup.Open(to)
	if err != nil {
		return report, err
	}
	c := copying{ctx: ctx, dir: dir, repo: repo, before: map[string]backup.File{}}
	if old, err := repo.Load(""); err == nil {
		for _, f := range old.Files {
			c.before[f.Path] = f
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return report, err
	}
	if err := c.all(); err != nil {
		return report, err
	}
	name, err := repo.Commit(backup.Snapshot{Data: DataVersion, At: now.UnixNano(), Files: c.files})
	return BackupReport{Snapshot: name, Files: len(c.files), Stored: repo.Stored, Known: repo.Known}, err
}

var errNoData = errors.New("is no data directory")

// isDataDir keeps commands from other people's folders.
func isDataDir(dir string) bool {
	for _, name := range []string{"labels.log", "journal", "blobs"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

func below(path, dir string) (bool, error) {
	a, err := filepath.Abs(path)
	b, errDir := filepath.Abs(dir)
	if err = errors.Join(err, errDir); err != nil {
		return false, err
	}
	rel, err := filepath.Rel(b, a)
	return err == nil && filepath.IsLocal(rel), nil
}

// copying is one backup on its way.
type copying struct {
	ctx    context.Context
	dir    string
	repo   *backup.Repo
	before map[string]backup.File
	files  []backup.File
}

func (c *copying) all() error {
	if err := c.log("labels.log"); err != nil {
		return err
	}
	for _, folder := range []string{"journal", ".", "series", "blobs"} {
		if err := c.folder(folder); err != nil {
			return err
		}
	}
	return nil
}

// left says what is not worth keeping: what is built again, what belongs to the running process, what was taken already.
func left(path string) bool {
	if strings.HasPrefix(path, "index.db") || strings.HasSuffix(path, ".tmp") {
		return true
	}
	return slices.Contains([]string{lockFile, pidFile, closedFile, "ballast", "labels.log", "quarantine", "journal", "series", "blobs"}, path)
}

func (c *copying) folder(folder string) error {
	return filepath.WalkDir(filepath.Join(c.dir, folder), func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // evicted meanwhile
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(c.dir, path)
		if err != nil {
			return err
		}
		if e.IsDir() {
			if folder == "." && left(rel) {
				return fs.SkipDir
			}
			return nil
		}
		if !e.Type().IsRegular() || left(rel) {
			return nil
		}
		return c.file(filepath.ToSlash(rel))
	})
}

// file takes one file. One that is gone by now was evicted, or stands under another name that the walk meets too.
func (c *copying) file(rel string) error {
	switch {
	case strings.HasPrefix(rel, "journal/"), strings.HasSuffix(rel, ".raw"):
		err := c.log(rel)
		if sealed := strings.TrimSuffix(rel, ".raw") + ".seg"; errors.Is(err, fs.ErrNotExist) && sealed != rel {
			return c.file(sealed)
		}
		return err
	case strings.HasPrefix(rel, "blobs/"), strings.HasSuffix(rel, ".seg"):
		if done, err := c.kept(rel); done || err != nil {
			return err
		}
	}
	f, err := os.Open(filepath.Join(c.dir, rel))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close() // read only
	return c.add(rel, f)
}

// kept takes a file that never changes over from the snapshot before.
func (c *copying) kept(rel string) (bool, error) {
	old, known := c.before[rel]
	if !known {
		return false, nil
	}
	info, err := os.Stat(filepath.Join(c.dir, rel))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil || info.Size() != old.Bytes || !c.repo.Keep(old) {
		return false, err
	}
	c.files = append(c.files, old)
	return true, nil
}

// log takes what is whole of a file of frames. A file that is not one is taken as it is.
func (c *copying) log(rel string) error {
	f, err := os.Open(filepath.Join(c.dir, rel))
	if err != nil {
		return err
	}
	defer f.Close() // read only
	info, err := f.Stat()
	if err != nil {
		return err
	}
	found, err := frame.Scan(f, frame.FileHeader, info.Size(), func(int64, []byte) error { return c.ctx.Err() })
	if err != nil {
		return fmt.Errorf("back up %s: %w", rel, err)
	}
	return c.add(rel, io.NewSectionReader(f, 0, found.End))
}

func (c *copying) add(rel string, from io.Reader) error {
	f, err := c.repo.Add(c.ctx, rel, from)
	if err == nil {
		c.files = append(c.files, f)
	}
	return err
}
