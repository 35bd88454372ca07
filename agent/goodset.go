package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"path/filepath"

	"edgelabel/agent/learn"
	"edgelabel/agent/vision"
	"edgelabel/agent/vision/folder"
)

// goodSet is the pictures that a camera's are compared with: those of a folder, and those that people called good.
type goodSet struct {
	folder   *folder.Folder
	examples []learn.Example
	open     func(sha256 string) (io.ReadSeekCloser, error)
}

// goodPictures are those of the centre where it has sent some, and else those of a folder.
func (a *Agent) goodPictures(camera, dir string) (*goodSet, error) {
	if _, sent := a.centre.References.Held(camera); sent != "" {
		dir = sent
	}
	f, err := folder.Open(dir)
	if err != nil {
		return nil, err
	}
	return &goodSet{folder: f, examples: a.learning.examples.Of(camera), open: a.store.OpenBlob}, nil
}

// fingerprint tells references apart.
func (r *goodSet) fingerprint() (string, error) {
	of, err := r.folder.Fingerprint()
	if err != nil || len(r.examples) == 0 {
		return of, err
	}
	h := sha256.New()
	fmt.Fprintln(h, of)
	for _, x := range r.examples {
		fmt.Fprintln(h, x.Image)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// all yields every picture, decoded when its turn comes. One that a person called good and that was evicted since is passed over.
func (r *goodSet) all(yield func(*image.Gray, error) bool) {
	for m, err := range r.folder.All {
		if !yield(m, err) {
			return
		}
	}
	for _, x := range r.examples {
		m, err := r.read(x.Image)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, vision.ErrTooLarge) {
			continue
		}
		if !yield(m, err) {
			return
		}
	}
}

func (r *goodSet) read(sha256 string) (_ *image.Gray, err error) {
	f, err := r.open(sha256)
	if err != nil {
		return nil, fmt.Errorf("picture %s: %w", sha256, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("picture %s: %w", sha256, err)
	}
	return vision.Decode(data, 0)
}

// openExamples collects what people call good of the cameras that are compared with good pictures.
func (a *Agent) openExamples() (*learn.Examples, error) {
	var compared []string
	for _, c := range a.cfg.Cameras {
		if c.Inspect != nil {
			compared = append(compared, c.Name)
		}
	}
	return learn.OpenExamples(learn.ExamplesConfig{
		Items: a.store, Feed: a.store, Cameras: compared, Path: filepath.Join(a.cfg.Data.Dir, "rules", "examples.jsonl"),
		Changed: func(camera string) { a.inspect.Relearn(camera) }, Now: func() int64 { return a.opt.Now().UnixNano() }, Log: a.opt.Log,
	})
}
