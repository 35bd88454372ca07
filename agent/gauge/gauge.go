// Package gauge keeps what people said about cameras: how large a pixel is, and which picture shows a good part.
//
//	cameras.jsonl    one JSON object a line, only ever added to: who said what of which camera, and when; the newest holds
//	golden/<sha256>  a copy of each picture that shows a good part now, so that it outlives the item it came from
package gauge

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"edgelabel/agent/label"
)

const (
	fileName = "cameras.jsonl"
	goldDir  = "golden"
)

// entry is a line of the file: one of its two facts.
type entry struct {
	Camera string        `json:"camera"`
	Scale  *label.Scale  `json:"scale,omitempty"`
	Golden *label.Golden `json:"golden,omitempty"`
}

// Book is the file and what holds now. Several goroutines may use it.
type Book struct {
	dir string

	mu     sync.RWMutex
	file   *os.File
	scale  map[string]label.Scale
	golden map[string]label.Golden
}

// Open reads the file in dir, which it makes where there is none. A last line that was cut by a power failure was never acknowledged and
// is taken away.
func Open(dir string) (*Book, error) {
	if err := os.MkdirAll(filepath.Join(dir, goldDir), 0o700); err != nil {
		return nil, fmt.Errorf("gauge: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, fileName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("gauge: %w", err)
	}
	b := &Book{dir: dir, file: f, scale: map[string]label.Scale{}, golden: map[string]label.Golden{}}
	if err := b.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("gauge %s: %w", f.Name(), err), f.Close())
	}
	return b, nil
}

func (b *Book) load() error {
	r, good := bufio.NewReader(b.file), int64(0)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		b.takeLocked(e)
		good += int64(len(line))
	}
	if err := b.file.Truncate(good); err != nil {
		return err
	}
	_, err := b.file.Seek(good, io.SeekStart)
	return err
}

func (b *Book) takeLocked(e entry) {
	if e.Scale != nil {
		b.scale[e.Camera] = *e.Scale
	}
	if e.Golden != nil {
		b.golden[e.Camera] = *e.Golden
	}
}

// Close closes the file.
func (b *Book) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.file.Close()
}

// Scale is the newest calibration of a camera.
func (b *Book) Scale(camera string) (label.Scale, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	s, ok := b.scale[camera]
	return s, ok
}

// Golden is the good part that a person chose last for a camera.
func (b *Book) Golden(camera string) (label.Golden, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	g, ok := b.golden[camera]
	return g, ok
}

// SetScale returns after the calibration is on disk.
func (b *Book) SetScale(camera string, s label.Scale) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.appendLocked(entry{Camera: camera, Scale: &s})
}

// SetGolden returns after the picture, which it reads from blob, and the choice of it are on disk.
func (b *Book) SetGolden(camera string, g label.Golden, blob io.Reader) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.copyLocked(g.Image.SHA256, blob); err != nil {
		return fmt.Errorf("gauge: picture %s: %w", g.Image.SHA256, err)
	}
	old := b.golden[camera].Image.SHA256
	if err := b.appendLocked(entry{Camera: camera, Golden: &g}); err != nil {
		return err
	}
	for _, still := range b.golden {
		if old == "" || still.Image.SHA256 == old {
			return nil
		}
	}
	if err := os.Remove(b.path(old)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("gauge: %w", err)
	}
	return nil
}

// OpenBlob opens a picture that shows a good part now, or an error that wraps fs.ErrNotExist. sha256 is in hex.
func (b *Book) OpenBlob(sha256 string) (io.ReadSeekCloser, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, g := range b.golden {
		if g.Image.SHA256 == sha256 {
			return os.Open(b.path(sha256))
		}
	}
	return nil, fmt.Errorf("good part %s: %w", sha256, fs.ErrNotExist)
}

func (b *Book) path(sha256 string) string { return filepath.Join(b.dir, goldDir, sha256) }

func (b *Book) copyLocked(sha256 string, blob io.Reader) error {
	f, err := os.CreateTemp(filepath.Join(b.dir, goldDir), ".new-*")
	if err != nil {
		return err
	}
	_, err = io.Copy(f, blob)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), b.path(sha256))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(filepath.Join(b.dir, goldDir))
}

// appendLocked adds a line. A line that did not reach the disk whole is taken back, so that the next one does not follow half of it.
func (b *Book) appendLocked(e entry) error {
	var line bytes.Buffer
	if err := json.NewEncoder(&line).Encode(e); err != nil {
		return fmt.Errorf("gauge: %w", err)
	}
	end, err := b.file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = b.file.Write(line.Bytes())
	}
	if err = errors.Join(err, b.file.Sync()); err != nil {
		return errors.Join(fmt.Errorf("gauge: camera %s: %w", e.Camera, err), b.file.Truncate(end))
	}
	b.takeLocked(e)
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
