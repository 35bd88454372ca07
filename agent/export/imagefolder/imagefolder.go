// Package imagefolder writes pictures into one folder for each class, as torchvision's ImageFolder and Keras read them: <split>/<class>/,
// with ok for good parts and not_ok where nobody gave a class. Readers number the classes by the folders they find, so every split has a
// folder for each class of the whole, empty where it has no picture.
package imagefolder

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"

	"edgelabel/agent/export"
	"edgelabel/agent/export/picture"
	"edgelabel/agent/label"
)

// Drops is what folders have no place for.
func Drops() []string { return append(picture.Drops(), "where on the picture a region is") }

type encoder struct {
	job  export.Job
	seen map[string]bool // sha256
	used map[string]bool // classes with a picture
}

// Open is the export.Format's.
func Open(job export.Job) (export.Encoder, error) {
	return &encoder{job, map[string]bool{}, map[string]bool{}}, nil
}

// Encode moves the example's pictures into the folder of their class.
func (e *encoder) Encode(_ context.Context, x *export.Example) error {
	if len(x.Item.Images) == 0 || x.Label.Verdict == label.NotDecidable {
		reason := "item has no image"
		if len(x.Item.Images) > 0 {
			reason = "not decidable: neither an example nor a counter-example"
		}
		return errors.Join(x.LostWhole(&e.job, reason), e.clear(x))
	}
	var errs error
	for i := range x.Label.Regions {
		errs = errors.Join(errs, e.job.Lost(x.LostRegion(&x.Label.Regions[i], "folders hold whole pictures only")))
	}
	for sha, file := range x.Files {
		errs = errors.Join(errs, e.move(x, sha, file))
	}
	return errs
}

func (e *encoder) clear(x *export.Example) (errs error) {
	for _, file := range x.Files {
		errs = errors.Join(errs, os.Remove(e.path(file)))
	}
	return errs
}

func (e *encoder) path(file string) string { return filepath.Join(e.job.Dir, filepath.FromSlash(file)) }

func (e *encoder) move(x *export.Example, sha, file string) error {
	p := picture.Picture{Image: label.Image{SHA256: sha}, File: file}
	if e.seen[sha] {
		return p.Leave(&e.job, x, picture.Taken)
	}
	class, reason := classOf(&x.Label, sha)
	if reason != "" {
		return p.Leave(&e.job, x, reason)
	}
	e.seen[sha], e.used[class] = true, true
	to := e.path(path.Join(x.Split, class, path.Base(file)))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.Rename(e.path(file), to)
}

// classOf is the one class of a picture: that of the regions on it, else of the whole item. reason says why there is not one.
func classOf(l *label.Label, sha string) (class, reason string) {
	if l.Verdict == label.OK {
		return "ok", ""
	}
	var all []string
	for i := range l.Regions {
		if r := &l.Regions[i]; r.Image == sha && r.Class != "" {
			all = append(all, r.Class)
		}
	}
	if len(all) == 0 {
		all = slices.Clone(l.Classes)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	switch {
	case len(all) > 1:
		return "", "has several classes, and a folder is one"
	case len(all) == 0:
		return "not_ok", ""
	}
	return all[0], ""
}

// Close gives every split the same classes and removes the folder that the pictures came through.
func (e *encoder) Close() (errs error) {
	for _, split := range e.job.Splits {
		for class := range e.used {
			errs = errors.Join(errs, os.MkdirAll(e.path(path.Join(split, class)), 0o755))
		}
	}
	return errors.Join(errs, picture.RemoveFolder(&e.job))
}
