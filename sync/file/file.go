// Package file keeps a central store in a folder: a share, a USB disk, or the demo's bucket.
package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"edgelabel/sync/uplink"
)

// tempFolder holds files that are being written. A writer that died leaves one there and nowhere else.
const tempFolder = ".tmp"

var (
	// ErrNoRoot is wrapped when the folder does not exist: a share that is not mounted, a disk that was pulled out. It is never made,
	// because a mount point's empty folder would swallow what belongs on the disk.
	ErrNoRoot = errors.New("folder is not there")
	// ErrKey is wrapped for a key that could lead out of the folder.
	ErrKey = errors.New("key is malformed")
)

// Config names the folder.
type Config struct {
	Root    string // must exist
	NoLinks bool   // never try hard links; a file system without them is noticed by itself
	Now     func() time.Time
}

// Target writes each object to a temporary file, syncs it, and links it to its name: a name appears whole and only once, even between
// several writers. Where the file system has no hard links it renames instead, and only the writers of this Target exclude each other.
type Target struct {
	root    string
	noLinks bool
	now     func() time.Time
	sweep   sync.Once // of what writers that died left behind

	mu sync.Mutex // held from the look to the rename where there are no links
}

// New does no I/O.
func New(cfg Config) *Target {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Target{root: cfg.Root, noLinks: cfg.NoLinks, now: cfg.Now}
}

// ParseTarget reads file:/path, file:///path and file:relative/path.
func ParseTarget(s string) (Config, error) {
	u, err := url.Parse(s)
	if err != nil {
		return Config{}, err
	}
	root := u.Path
	if u.Opaque != "" {
		if root, err = url.PathUnescape(u.Opaque); err != nil {
			return Config{}, err
		}
	}
	if u.Scheme != "file" || root == "" || u.Host != "" && u.Host != "localhost" || u.RawQuery != "" || u.Fragment != "" {
		return Config{}, fmt.Errorf("%q: want file:/path/to/folder", s)
	}
	return Config{Root: filepath.Clean(root)}, nil
}

// open opens the folder for one call, so that a disk that comes back is found again.
func (t *Target) open(ctx context.Context, key string) (*os.Root, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if key != "" && (!filepath.IsLocal(key) || path.Clean(key) != key || strings.ContainsAny(key, "\\\x00") || key == "." || strings.HasPrefix(key, tempFolder)) {
		return nil, fmt.Errorf("%q: %w", key, ErrKey)
	}
	r, err := os.OpenRoot(t.root)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, fmt.Errorf("%s: %w", t.root, ErrNoRoot)
	}
	return r, err
}

// PutIfAbsent returns after the object is on disk. The hash is checked while writing.
func (t *Target) PutIfAbsent(ctx context.Context, key string, body io.ReadSeeker, size int64, sha256 string) (bool, error) {
	r, err := t.open(ctx, key)
	if err != nil {
		return false, err
	}
	defer r.Close()
	if _, err := r.Lstat(key); err == nil {
		return true, syncFolder(r, path.Dir(key)) // whoever wrote it may have died before this
	}
	temp, sum, n, err := t.write(r, body)
	if err != nil {
		return false, err
	}
	if n != size || sum != sha256 {
		err = fmt.Errorf("body has %d bytes with sha256 %s, announced %d with %s", n, sum, size, sha256)
		return false, errors.Join(err, r.Remove(temp))
	}
	existed, err := t.name(r, temp, key)
	if err != nil {
		return false, err
	}
	return existed, syncFolder(r, path.Dir(key))
}

// Put replaces the object as a whole.
func (t *Target) Put(ctx context.Context, key string, body []byte) error {
	r, err := t.open(ctx, key)
	if err != nil {
		return err
	}
	defer r.Close()
	temp, _, _, err := t.write(r, strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	if err := makeFolders(r, path.Dir(key)); err != nil {
		return errors.Join(err, r.Remove(temp))
	}
	if err := r.Rename(temp, key); err != nil {
		return errors.Join(err, r.Remove(temp))
	}
	return syncFolder(r, path.Dir(key))
}

// Head reads the whole object: its SHA-256 is that of the bytes on disk.
func (t *Target) Head(ctx context.Context, key string) (uplink.Info, error) {
	f, err := t.Get(ctx, key)
	if err != nil {
		return uplink.Info{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return uplink.Info{Key: key, Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

func (t *Target) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	r, err := t.open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f, err := r.Open(key)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, uplink.ErrNoObject
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = uplink.ErrNoObject
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

var _ uplink.Target = (*Target)(nil)
