// Package backup keeps snapshots of a folder's files as chunks named by their SHA-256: what did not change is stored once.
//
//	objects/ab/abcd…        a chunk
//	snapshots/TIME.json     which files there were, and of which chunks each consists; written last
package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"edgelabel/store/frame"
)

// chunkSize is where long files are cut, so that of a log that has grown only the end is stored again.
const chunkSize = 1 << 20

// Snapshot is the state of a folder.
type Snapshot struct {
	Version int    `json:"version"` // of this format
	Data    int    `json:"data"`    // of the data directory
	At      int64  `json:"at"`      // UTC ns
	Files   []File `json:"files"`
}

// File is one file of a snapshot.
type File struct {
	Path   string  `json:"path"` // slash-separated, below the folder
	Bytes  int64   `json:"bytes"`
	Chunks []Chunk `json:"chunks"`
}

// Chunk is a piece of a file.
type Chunk struct {
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

const version = 1

// Repo is a folder with snapshots.
type Repo struct {
	dir  string
	made map[string]bool // folders whose names are to be synced

	Stored int64 // bytes that were written since Open
	Known  int64 // bytes that were there already
}

// Open uses the folder, and makes it where it is missing.
func Open(dir string) (*Repo, error) {
	for _, folder := range []string{"objects", "snapshots"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			return nil, err
		}
	}
	return &Repo{dir: dir, made: map[string]bool{}}, nil
}

// Add stores what can be read, in chunks.
func (r *Repo) Add(ctx context.Context, path string, from io.Reader) (File, error) {
	f := File{Path: path}
	buf := make([]byte, chunkSize)
	for {
		if err := ctx.Err(); err != nil {
			return f, err
		}
		n, err := io.ReadFull(from, buf)
		if n > 0 {
			c, err := r.put(buf[:n])
			if err != nil {
				return f, fmt.Errorf("back up %s: %w", path, err)
			}
			f.Chunks, f.Bytes = append(f.Chunks, c), f.Bytes+int64(n)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return f, nil
		}
		if err != nil {
			return f, fmt.Errorf("back up %s: %w", path, err)
		}
	}
}

func (r *Repo) put(b []byte) (Chunk, error) {
	sum := sha256.Sum256(b)
	c := Chunk{SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(b))}
	if r.Has(c) {
		r.Known += c.Bytes
		return c, nil
	}
	path := r.object(c.SHA256)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return c, err
	}
	r.made[filepath.Dir(path)] = true
	r.Stored += c.Bytes
	return c, frame.WriteFile(path, bytes.NewReader(b))
}

// Has reports whether the chunk is there.
func (r *Repo) Has(c Chunk) bool {
	info, err := os.Stat(r.object(c.SHA256))
	return err == nil && info.Size() == c.Bytes
}

// Keep takes a file over from an earlier snapshot; ok is false when a chunk of it is gone.
func (r *Repo) Keep(f File) (ok bool) {
	for _, c := range f.Chunks {
		if !r.Has(c) {
			return false
		}
	}
	r.Known += f.Bytes
	return true
}

func (r *Repo) object(sha string) string { return filepath.Join(r.dir, "objects", sha[:2], sha) }

// nameLayout sorts as time does.
const nameLayout = "20060102T150405.000000000Z"

// Commit writes the snapshot and returns its name. All of it is on disk then.
func (r *Repo) Commit(s Snapshot) (string, error) {
	s.Version = version
	b, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return "", err
	}
	errs := []error{frame.SyncDir(filepath.Join(r.dir, "objects"))}
	for folder := range r.made {
		errs = append(errs, frame.SyncDir(folder))
	}
	if err := errors.Join(errs...); err != nil {
		return "", err
	}
	name := time.Unix(0, s.At).UTC().Format(nameLayout)
	path := filepath.Join(r.dir, "snapshots", name+".json")
	if _, err := os.Lstat(path); err == nil {
		return "", fmt.Errorf("snapshot %s: %w", name, fs.ErrExist)
	}
	return name, frame.WriteFile(path, bytes.NewReader(b))
}

// Names lists the snapshots, oldest first.
func (r *Repo) Names() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(r.dir, "snapshots"))
	var list []string
	for _, e := range entries {
		if name, is := strings.CutSuffix(e.Name(), ".json"); is {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list, err
}

// Load reads a snapshot; an empty name is the newest. The error wraps fs.ErrNotExist when there is none.
func (r *Repo) Load(name string) (s Snapshot, err error) {
	if name == "" {
		names, err := r.Names()
		if err != nil {
			return s, err
		}
		if len(names) == 0 {
			return s, fmt.Errorf("%s has no snapshot: %w", r.dir, fs.ErrNotExist)
		}
		name = names[len(names)-1]
	}
	if !filepath.IsLocal(name) {
		return s, fmt.Errorf("snapshot %q: %w", name, fs.ErrNotExist)
	}
	b, err := os.ReadFile(filepath.Join(r.dir, "snapshots", name+".json"))
	if err != nil {
		return s, err
	}
	if s, err = Parse(b); err != nil {
		return s, fmt.Errorf("snapshot %s: %w", name, err)
	}
	return s, nil
}

// Parse reads a snapshot and refuses one that is of a newer format or could write outside its folder.
func Parse(b []byte) (s Snapshot, err error) {
	if err := json.Unmarshal(b, &s); err != nil {
		return s, err
	}
	if s.Version != version {
		return s, fmt.Errorf("format %d, this program knows %d", s.Version, version)
	}
	for _, f := range s.Files {
		if !filepath.IsLocal(f.Path) {
			return s, fmt.Errorf("path %q leads out of the folder", f.Path)
		}
		for _, c := range f.Chunks {
			if _, err := hex.DecodeString(c.SHA256); err != nil || len(c.SHA256) != 2*sha256.Size {
				return s, fmt.Errorf("path %q: %q is no SHA-256", f.Path, c.SHA256)
			}
		}
	}
	return s, nil
}

// Extract writes the file below dir and returns after it is on disk. Every chunk is checked against its hash.
func (r *Repo) Extract(f File, dir string) error {
	path := filepath.Join(dir, filepath.FromSlash(f.Path))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := frame.WriteFile(path, &chunks{r: r, left: f.Chunks}); err != nil {
		return fmt.Errorf("restore %s: %w", f.Path, err)
	}
	return nil
}

// chunks reads the chunks of one file one after the other.
type chunks struct {
	r    *Repo
	left []Chunk
	buf  []byte
}

func (c *chunks) Read(p []byte) (int, error) {
	for len(c.buf) == 0 {
		if len(c.left) == 0 {
			return 0, io.EOF
		}
		next := c.left[0]
		b, err := os.ReadFile(c.r.object(next.SHA256))
		if err != nil {
			return 0, err
		}
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != next.SHA256 {
			return 0, fmt.Errorf("chunk %s is damaged", next.SHA256)
		}
		c.buf, c.left = b, c.left[1:]
	}
	n := copy(p, c.buf)
	c.buf = c.buf[n:]
	return n, nil
}
