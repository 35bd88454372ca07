// Package folder reads the pictures of a folder, for learning and for judging.
package folder

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"edgelabel/agent/vision"
)

// Folder is the pictures of a folder and the folders below it, in the order of their names.
type Folder struct {
	dir   string
	names []string
}

var extensions = []string{".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"}

// Open lists the pictures, known by their extension. Hidden files and folders are left out. A folder without any is an error.
func Open(dir string) (*Folder, error) {
	f := &Folder{dir: dir}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path != dir && strings.HasPrefix(e.Name(), ".") {
			if e.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if !e.IsDir() && slices.Contains(extensions, strings.ToLower(filepath.Ext(path))) {
			name, err := filepath.Rel(dir, path)
			f.names = append(f.names, filepath.ToSlash(name))
			return err
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("pictures: %w", err)
	}
	if len(f.names) == 0 {
		return nil, fmt.Errorf("pictures: none in %s (%s)", dir, strings.Join(extensions, " "))
	}
	return f, nil
}

// Names are the pictures' paths below the folder, with forward slashes.
func (f *Folder) Names() []string { return f.names }

// Path is where one of them is.
func (f *Folder) Path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

// Fingerprint tells folders apart by what their pictures are called, how large they are and when they were written.
func (f *Folder) Fingerprint() (string, error) {
	h := sha256.New()
	for _, name := range f.names {
		info, err := os.Stat(f.Path(name))
		if err != nil {
			return "", fmt.Errorf("pictures: %w", err)
		}
		fmt.Fprintf(h, "%s\x00%d %d\n", name, info.Size(), info.ModTime().UnixNano())
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Read decodes one of them.
func (f *Folder) Read(name string) (*image.Gray, error) {
	data, err := os.ReadFile(f.Path(name))
	if err != nil {
		return nil, err
	}
	return vision.Decode(data, 0)
}

// All yields every picture, decoded when its turn comes, or why it could not be read.
func (f *Folder) All(yield func(*image.Gray, error) bool) {
	for _, name := range f.names {
		m, err := f.Read(name)
		if err != nil {
			err = fmt.Errorf("%s: %w", filepath.Join(f.dir, name), err)
		}
		if !yield(m, err) {
			return
		}
	}
}
