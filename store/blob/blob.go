// Package blob keeps immutable files under the SHA-256 of their bytes, each with sidecars that say what it is.
//
//	ab/cd/abcd….        the bytes
//	ab/cd/abcd….json    sidecar: one JSON document; abcd….2.json and so on where the same bytes came under several names
package blob

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"edgelabel/store/failpoint"
	"edgelabel/store/frame"
)

// Dir is a folder of blobs. Its methods may be called from several goroutines.
type Dir struct {
	path string

	mu   sync.Mutex
	busy map[string]chan struct{} // closed when the blob is let go
}

// New uses the folder, which exists.
func New(path string) *Dir { return &Dir{path: path, busy: make(map[string]chan struct{})} }

// Sum is the name of a blob with the bytes.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Valid reports whether the text can be a blob's name.
func Valid(sha string) bool {
	if len(sha) != 2*sha256.Size {
		return false
	}
	return strings.Trim(sha, "0123456789abcdef") == ""
}

// Path is where the blob is or would be.
func Path(dir, sha string) string { return filepath.Join(dir, sha[:2], sha[2:4], sha) }

// Hold waits until nobody else holds the blob and holds it: between its file and its index entry nothing may come in between.
func (d *Dir) Hold(sha string) (release func()) {
	for {
		release, wait := d.tryHold(sha)
		if release != nil {
			return release
		}
		<-wait
	}
}

// TryHold is Hold without waiting; nil when somebody else holds the blob.
func (d *Dir) TryHold(sha string) (release func()) {
	release, _ = d.tryHold(sha)
	return release
}

func (d *Dir) tryHold(sha string) (release func(), wait <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.busy[sha]; c != nil {
		return nil, c
	}
	c := make(chan struct{})
	d.busy[sha] = c
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.busy, sha)
		close(c)
	}, nil
}

// Write stores the bytes, unless they are there already, and one more sidecar. All is on disk when it returns. The caller holds sha.
func (d *Dir) Write(sha string, data, sidecar []byte) error {
	path := Path(d.path, sha)
	if err := d.makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if info, err := os.Stat(path); err != nil || info.Size() != int64(len(data)) {
		if err := frame.WriteFile(path, bytes.NewReader(data)); err != nil {
			return err
		}
	}
	failpoint.Hit(failpoint.BlobStored)
	names, err := sidecars(path)
	if err != nil {
		return err
	}
	for _, name := range names {
		if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, sidecar) {
			return nil
		}
	}
	name := path + ".json"
	for n := len(names) + 1; n > 1 || exists(name); n++ {
		if name = fmt.Sprintf("%s.%d.json", path, max(n, 2)); !exists(name) {
			break
		}
	}
	return frame.WriteFile(name, bytes.NewReader(sidecar))
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// makeFolder makes ab/cd and both names durable.
func (d *Dir) makeFolder(path string) error {
	if exists(path) {
		return nil
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	return errors.Join(frame.SyncDir(filepath.Dir(path)), frame.SyncDir(d.path))
}

// Open opens the blob for reading. The error wraps fs.ErrNotExist.
func (d *Dir) Open(sha string) (*os.File, error) { return Open(d.path, sha) }

// Open opens a blob of a folder for reading. The error wraps fs.ErrNotExist.
func Open(dir, sha string) (*os.File, error) {
	if !Valid(sha) {
		return nil, fmt.Errorf("blob %q: %w", sha, fs.ErrNotExist)
	}
	return os.Open(Path(dir, sha))
}

// Remove deletes the blob and its sidecars; the bytes go last, so that no sidecar outlives them. The caller holds sha.
func (d *Dir) Remove(sha string) error {
	path := Path(d.path, sha)
	names, err := sidecars(path)
	if err != nil {
		return err
	}
	for _, name := range append(names, path) {
		if name == path {
			failpoint.Hit(failpoint.BlobHalfGone)
		}
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func sidecars(path string) ([]string, error) { return filepath.Glob(path + ".*json") }

// Walk calls yield for every blob with its size and a way to read its sidecars, and removes what a stop in the middle of writing left.
func (d *Dir) Walk(yield func(sha string, size int64, sidecars func() ([][]byte, error)) error) error {
	return filepath.WalkDir(d.path, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if strings.HasSuffix(path, ".tmp") {
			return os.Remove(path)
		}
		if !Valid(e.Name()) {
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		return yield(e.Name(), info.Size(), func() ([][]byte, error) { return readSidecars(path) })
	})
}

func readSidecars(path string) ([][]byte, error) {
	names, err := sidecars(path)
	if err != nil {
		return nil, err
	}
	var docs [][]byte
	for _, name := range names {
		doc, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	return docs, nil
}
