package picture

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

// PerFile is an encoder of a format with one annotation file beside each picture, and lists of pictures.
type PerFile struct {
	Job    export.Job
	Folder string // of the annotation files
	Ext    string // of the annotation files
	// Draw makes the file's content, and says how many regions are in it. What it cannot hold it lists itself.
	Draw func(x *export.Example, p *Picture) (body []byte, drawn int, err error)
	// Line is what a list says about a picture; nil keeps no lists.
	Line func(p *Picture) string
	// Lists is where the lists are: <split>.txt, all.txt when the dataset is not divided.
	Lists string

	lists map[string]*list
}

type list struct {
	f *os.File
	w *bufio.Writer
}

// Open makes the folders and the lists.
func (e *PerFile) Open() (export.Encoder, error) {
	e.lists = map[string]*list{}
	for _, dir := range []string{e.Folder, "images", e.Lists} {
		if err := os.MkdirAll(filepath.Join(e.Job.Dir, filepath.FromSlash(dir)), 0o755); err != nil {
			return nil, err
		}
	}
	if e.Line == nil {
		return e, nil
	}
	for _, split := range ListNames(&e.Job) {
		f, err := os.Create(filepath.Join(e.Job.Dir, filepath.FromSlash(e.Lists), split+".txt"))
		if err != nil {
			return nil, errors.Join(err, e.Close())
		}
		e.lists[split] = &list{f, bufio.NewWriter(f)}
	}
	return e, nil
}

// ListNames are the names of the lists.
func ListNames(job *export.Job) []string {
	if len(job.Splits) == 0 {
		return []string{"all"}
	}
	return job.Splits
}

// Encode writes the files of an example's pictures.
func (e *PerFile) Encode(_ context.Context, x *export.Example) error {
	pictures, err := Of(&e.Job, x, Holds{})
	if err != nil {
		return err
	}
	if len(pictures) == 0 || x.Label.Verdict == label.NotDecidable {
		return e.unused(x)
	}
	for i := range pictures {
		if err := e.picture(x, &pictures[i]); err != nil {
			return err
		}
	}
	return nil
}

// unused removes the pictures of an example that was left out, unless an example before it has them.
func (e *PerFile) unused(x *export.Example) error {
	for _, file := range x.Files {
		if _, err := os.Stat(e.beside(file)); err == nil {
			continue
		}
		if err := os.Remove(filepath.Join(e.Job.Dir, filepath.FromSlash(file))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (e *PerFile) picture(x *export.Example, p *Picture) error {
	name := e.beside(p.File)
	if _, err := os.Stat(name); err == nil {
		return errors.Join(p.Lost(&e.Job, x, Taken), p.LostMarks(&e.Job, x, Taken))
	}
	body, drawn, err := e.Draw(x, p)
	if err != nil {
		return err
	}
	if drawn == 0 && x.Label.Verdict != label.OK {
		return p.Leave(&e.Job, x, Unmarked)
	}
	if e.Line != nil {
		l := e.lists[x.Split]
		if x.Split == "" {
			l = e.lists["all"]
		}
		if _, err := l.w.WriteString(e.Line(p) + "\n"); err != nil {
			return err
		}
	}
	return os.WriteFile(name, body, 0o644)
}

func (e *PerFile) beside(file string) string {
	return filepath.Join(e.Job.Dir, filepath.FromSlash(e.Folder), Stem(file)+e.Ext)
}

// Stem is a file's name without folder and extension.
func Stem(file string) string {
	base := path.Base(file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// Close finishes the lists.
func (e *PerFile) Close() (err error) {
	for _, l := range e.lists {
		err = errors.Join(err, l.w.Flush(), l.f.Close())
	}
	return err
}
