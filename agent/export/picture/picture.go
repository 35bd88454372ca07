// Package picture takes an example apart for formats that know pictures and regions with one class each, and lists what they cannot hold.
package picture

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

// Drops is what such formats have no place for.
func Drops() []string {
	return []string{"signals and their windows", "faults", "comments and confidence", "earlier label revisions", "machine candidates", "who labelled"}
}

// Picture is one image of an example, with the regions on it that have a class.
type Picture struct {
	label.Image
	File  string // below the dataset's folder
	Marks []Mark
}

// Mark is a region and the place of its class in the taxonomy, from 0.
type Mark struct {
	*label.Region
	Class int
}

// Name is the class id.
func (m *Mark) Name() string { return m.Region.Class }

// Holds says what a format has a place for beside regions on images.
type Holds struct {
	Undecided bool // the verdict not_decidable
	Signals   bool // regions on signals: they are left to the caller
}

// Of lists the pictures of an example. Regions without a class or without their image, and what the format does not hold, go to the loss
// list.
func Of(job *export.Job, x *export.Example, holds Holds) ([]Picture, error) {
	switch {
	case x.Label.Verdict == label.NotDecidable && !holds.Undecided:
		return nil, x.LostWhole(job, "not decidable: neither an example nor a counter-example")
	case len(x.Item.Images) == 0 && !holds.Signals:
		return nil, x.LostWhole(job, "item has no image")
	}
	var all []Picture
	at := map[string]int{}
	for _, im := range x.Item.Images {
		file, ok := x.Files[im.SHA256]
		if _, twice := at[im.SHA256]; ok && !twice {
			at[im.SHA256] = len(all)
			all = append(all, Picture{Image: im, File: file})
		}
	}
	for i := range x.Label.Regions {
		r := &x.Label.Regions[i]
		if holds.Signals && !r.Kind.OnImage() {
			continue
		}
		n, here := at[r.Image]
		class, reason := Class(&job.Taxonomy, r)
		if !r.Kind.OnImage() {
			reason = "the format holds regions on images only"
		} else if !here {
			reason = "its image is not in the dataset"
		}
		if reason != "" {
			if err := job.Lost(x.LostRegion(r, reason)); err != nil {
				return nil, err
			}
			continue
		}
		all[n].Marks = append(all[n].Marks, Mark{r, class})
	}
	return all, nil
}

// Class is the place of a region's class in the taxonomy, from 0. reason says why it has none.
func Class(t *label.Taxonomy, r *label.Region) (place int, reason string) {
	for i := range t.Classes {
		if t.Classes[i].ID == r.Class {
			return i, ""
		}
	}
	if r.Class == "" {
		return 0, "has no class"
	}
	return 0, "class " + r.Class + " is not in the taxonomy"
}

// Lost lists a region that the format cannot hold.
func (m *Mark) Lost(job *export.Job, x *export.Example, reason string) error {
	return job.Lost(x.LostRegion(m.Region, reason))
}

// Reduced lists a region that is in the dataset as something that says less.
func (m *Mark) Reduced(job *export.Job, x *export.Example, to string) error {
	l := x.LostRegion(m.Region, string(m.Kind)+" is reduced to "+to)
	l.Reduced = true
	return job.Lost(l)
}

// Why a picture is left out of formats in which a picture without regions is a counter-example.
const (
	Unmarked = "not_ok and nothing marked that the format can hold: left out, since it would teach that this is OK"
	Taken    = "its picture is in the dataset with another judgement"
)

// Leave takes a picture out of the dataset again and lists it.
func (p *Picture) Leave(job *export.Job, x *export.Example, reason string) error {
	if err := os.Remove(filepath.Join(job.Dir, filepath.FromSlash(p.File))); err != nil {
		return err
	}
	return p.Lost(job, x, reason)
}

// Lost lists a picture.
func (p *Picture) Lost(job *export.Job, x *export.Example, reason string) error {
	return job.Lost(export.Lost{Item: x.Item.ID, Label: x.Label.ID, Image: p.SHA256, Reason: reason})
}

// LostMarks lists all regions of a picture.
func (p *Picture) LostMarks(job *export.Job, x *export.Example, reason string) error {
	for i := range p.Marks {
		if err := p.Marks[i].Lost(job, x, reason); err != nil {
			return err
		}
	}
	return nil
}

// RemoveFolder removes the folder that the pictures came through, for formats that keep them elsewhere. It must be empty; that it is gone
// already, or never was, is fine.
func RemoveFolder(job *export.Job) error {
	err := os.Remove(filepath.Join(job.Dir, "images"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
