// Package voc writes Pascal VOC (the devkit's XML): Annotations/ with one file for each picture, ImageSets/Main/, JPEGImages/ (whatever the
// format of the pictures) and labelmap.txt, from which CVAT and Datumaro take classes other than the twenty of VOC.
//
// VOC counts pixels from 1 and both ends are inside: a box from 0 to 10 is xmin 1, xmax 10. Corners are rounded to whole pixels.
package voc

import (
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"edgelabel/agent/export"
	"edgelabel/agent/export/picture"
	"edgelabel/agent/export/shape"
	"edgelabel/agent/label"
)

// Drops is what VOC has no place for.
func Drops() []string { return append(picture.Drops(), "fractions of pixels") }

type annotation struct {
	XMLName   xml.Name `xml:"annotation"`
	Folder    string   `xml:"folder"`
	Filename  string   `xml:"filename"`
	Path      string   `xml:"path"`
	Source    source   `xml:"source"`
	Size      size     `xml:"size"`
	Segmented int      `xml:"segmented"`
	Objects   []object `xml:"object"`
}

type source struct {
	Database string        `xml:"database"`
	Item     string        `xml:"item"`
	Part     string        `xml:"part,omitempty"`
	Verdict  label.Verdict `xml:"verdict"`
}

type size struct {
	Width  int `xml:"width"`
	Height int `xml:"height"`
	Depth  int `xml:"depth"`
}

type object struct {
	Name       string      `xml:"name"`
	Pose       string      `xml:"pose"`
	Truncated  int         `xml:"truncated"`
	Difficult  int         `xml:"difficult"`
	Box        bndbox      `xml:"bndbox"`
	Attributes *attributes `xml:"attributes,omitempty"`
}

type bndbox struct {
	XMin int `xml:"xmin"`
	YMin int `xml:"ymin"`
	XMax int `xml:"xmax"`
	YMax int `xml:"ymax"`
}

type attributes struct {
	All []attribute `xml:"attribute"`
}

type attribute struct {
	Name  string `xml:"name"`
	Value string `xml:"value"`
}

// Open is the export.Format's.
func Open(job export.Job) (export.Encoder, error) {
	files := &picture.PerFile{Job: job, Folder: "Annotations", Ext: ".xml", Lists: "ImageSets/Main"}
	files.Draw = func(x *export.Example, p *picture.Picture) ([]byte, int, error) { return draw(&job, x, p) }
	files.Line = func(p *picture.Picture) string { return picture.Stem(p.File) }
	enc, err := files.Open()
	return encoder{enc, job}, err
}

// pictures is the folder where the devkit looks for them.
const pictures = "JPEGImages"

type encoder struct {
	export.Encoder
	job export.Job
}

// Close names the classes and puts the pictures where the devkit has them.
func (e encoder) Close() error {
	var names strings.Builder
	names.WriteString("# label:color_rgb:parts:actions\nbackground:0,0,0::\n")
	for i, c := range e.job.Taxonomy.Classes {
		color := shape.ColorOf(i + 1)
		fmt.Fprintf(&names, "%s:%d,%d,%d::\n", c.ID, color.R, color.G, color.B)
	}
	return errors.Join(e.Encoder.Close(), os.WriteFile(filepath.Join(e.job.Dir, "labelmap.txt"), []byte(names.String()), 0o644),
		os.Rename(filepath.Join(e.job.Dir, "images"), filepath.Join(e.job.Dir, pictures)))
}

func draw(job *export.Job, x *export.Example, p *picture.Picture) ([]byte, int, error) {
	a := annotation{Folder: pictures, Filename: path.Base(p.File), Path: path.Join(pictures, path.Base(p.File)), Size: size{p.Width, p.Height, 3},
		Source: source{"edgelabel", x.Item.ID, x.Item.Part.PartID, x.Label.Verdict}}
	var errs error
	for i := range p.Marks {
		m := &p.Marks[i]
		b, exact, reason := shape.Box(m.Region, p.Width, p.Height)
		switch {
		case reason != "":
			errs = errors.Join(errs, m.Lost(job, x, reason))
			continue
		case !exact:
			errs = errors.Join(errs, m.Reduced(job, x, "the box around it"))
		}
		a.Objects = append(a.Objects, object{Name: m.Name(), Pose: "Unspecified", Box: whole(b), Attributes: list(m.Attributes)})
	}
	body, err := xml.MarshalIndent(a, "", "  ")
	if err != nil {
		return nil, 0, fmt.Errorf("picture %s: %w", p.SHA256, err)
	}
	return append(body, '\n'), len(a.Objects), errs
}

// whole is the rectangle of the pixels that a box covers by half or more, at least one.
func whole(b label.Rect) bndbox {
	x, y := int(math.Round(b.X)), int(math.Round(b.Y))
	return bndbox{x + 1, y + 1, max(int(math.Round(b.X+b.W)), x+1), max(int(math.Round(b.Y+b.H)), y+1)}
}

func list(m map[string]string) *attributes {
	if len(m) == 0 {
		return nil
	}
	out := &attributes{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out.All = append(out.All, attribute{name, m[name]})
	}
	return out
}
