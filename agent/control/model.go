package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
)

// Kinds of a Model.
const (
	References = "references" // pictures of good parts
	ONNX       = "onnx"       // one .onnx file, which the program beside the agent runs
)

// Model is what the pictures of a camera are judged by. Without files it is what the configuration of the gateway says.
type Model struct {
	Camera   string         `json:"camera"`
	Kind     string         `json:"kind"` // References or ONNX
	Files    []File         `json:"files,omitempty"`
	Settings *ModelSettings `json:"settings,omitempty"` // of ONNX; nil: all as configured
}

// ModelSettings is what a model wants otherwise than the configuration of the camera has it. What is left out stays as configured.
type ModelSettings struct {
	Threshold float64      `json:"threshold,omitempty"` // more than 0, at most 1
	Names     []string     `json:"names,omitempty"`     // of its classes, the first is 0
	Classes   []ModelClass `json:"classes,omitempty"`
}

// ModelClass is the class of the taxonomy for what a model calls a thing.
type ModelClass struct {
	Type  string `json:"type"`
	Class string `json:"class"`
}

// File is one file of a model. It lies at the centre under its hash.
type File struct {
	Name   string `json:"name"` // without folders
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"` // bytes
}

// Bounds of a model.
const (
	MaxFiles     = 1000
	MaxModelSize = 256 << 20 // bytes, of all files together
	mostClasses  = 1000      // and names
)

// ErrFile says that a file of a model is not what was signed.
var ErrFile = fmt.Errorf("%w file of a model", label.ErrInvalid)

var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

func checkModels(all []Model) error {
	seen := map[string]bool{}
	for i, m := range all {
		if m.Camera == "" || seen[m.subject()] {
			return fmt.Errorf("models[%d]: camera %q is empty or there twice", i, m.Camera)
		}
		seen[m.subject()] = true
		if err := m.checkKind(); err != nil {
			return fmt.Errorf("models[%d]: %w", i, err)
		}
		if err := checkFiles(m.Files); err != nil {
			return fmt.Errorf("models[%d].files: %w", i, err)
		}
	}
	return nil
}

// subject tells apart what a camera's pictures are compared with and the model that is asked about them: both may be on trial.
func (m *Model) subject() string { return m.Kind + " " + m.Camera }

func (m *Model) checkKind() error {
	switch {
	case m.Kind != References && m.Kind != ONNX:
		return fmt.Errorf("kind: %q, want %s or %s", m.Kind, References, ONNX)
	case m.Kind == ONNX && len(m.Files) > 1:
		return fmt.Errorf("files: %d, a model is one", len(m.Files))
	case m.Settings == nil:
		return nil
	case m.Kind != ONNX || len(m.Files) == 0:
		return errors.New("settings: they go with the file of a model")
	}
	return m.Settings.check()
}

func (s *ModelSettings) check() error {
	if !(s.Threshold >= 0 && s.Threshold <= 1) {
		return fmt.Errorf("settings.threshold: %g, want more than 0, at most 1", s.Threshold)
	}
	if len(s.Names) > mostClasses || len(s.Classes) > mostClasses {
		return fmt.Errorf("settings: more than %d names or classes", mostClasses)
	}
	for i, c := range s.Classes {
		if c.Type == "" || c.Class == "" {
			return fmt.Errorf("settings.classes[%d]: want type and class", i)
		}
	}
	return nil
}

func checkFiles(files []File) error {
	seen, sum := map[string]bool{}, int64(0)
	for _, f := range files {
		if !fileName.MatchString(f.Name) || seen[f.Name] {
			return fmt.Errorf("%q is no name (letters, digits, dots, dashes, no folders) or is there twice", f.Name)
		}
		seen[f.Name] = true
		if raw, err := hex.DecodeString(f.SHA256); err != nil || len(raw) != 32 || f.Size <= 0 {
			return fmt.Errorf("%s: want sha256 and size", f.Name)
		}
		if sum += f.Size; sum > MaxModelSize || len(seen) > MaxFiles {
			return fmt.Errorf("more than %d files or %d MiB", MaxFiles, MaxModelSize>>20)
		}
	}
	return nil
}

// file opens a file of a model at the centre.
func (f *Follower) file(ctx context.Context, of File) (io.ReadCloser, error) {
	r, err := f.cfg.Target.Get(ctx, uplink.ControlFile(of.SHA256))
	if errors.Is(err, uplink.ErrNoObject) {
		return nil, fmt.Errorf("%w: %s is not at the centre", ErrFile, of.Name)
	}
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", of.Name, err)
	}
	return r, nil
}

// HasFiles reports whether a bundle names files.
func (b *Bundle) HasFiles() bool {
	return slices.ContainsFunc(b.Models, func(m Model) bool { return len(m.Files) > 0 })
}

// PublishFiles brings the files of a bundle's models to the centre. It looks for them by their names below dir, one folder for each camera,
// or in dir itself, and refuses one that is not what was signed.
func PublishFiles(ctx context.Context, to uplink.Target, b *Bundle, dir string) error {
	for _, m := range b.Models {
		for _, f := range m.Files {
			if err := publishFile(ctx, to, f, filepath.Join(dir, m.Camera), dir); err != nil {
				return fmt.Errorf("camera %s: %s: %w", m.Camera, f.Name, err)
			}
		}
	}
	return nil
}

func publishFile(ctx context.Context, to uplink.Target, f File, dirs ...string) (err error) {
	var from *os.File
	for _, dir := range dirs {
		if from, err = os.Open(filepath.Join(dir, f.Name)); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	is, err := Describe(from)
	if err != nil {
		return err
	}
	if is.SHA256 != f.SHA256 {
		return fmt.Errorf("%w: it was changed since it was signed", ErrFile)
	}
	_, err = to.PutIfAbsent(ctx, uplink.ControlFile(f.SHA256), from, f.Size, f.SHA256)
	return err
}

// Describe reads a file to its end, and leaves it at its beginning.
func Describe(f *os.File) (File, error) {
	h := sha256.New()
	size, err := io.Copy(h, f)
	if err != nil {
		return File{}, err
	}
	_, err = f.Seek(0, io.SeekStart)
	return File{Name: filepath.Base(f.Name()), SHA256: hex.EncodeToString(h.Sum(nil)), Size: size}, err
}
