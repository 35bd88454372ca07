// Package yolo writes datasets for Ultralytics YOLO (docs.ultralytics.com/datasets): images/, labels/ with one text file for each picture,
// empty for a part that is OK, data.yaml and a list of pictures for each split. Coordinates are shares of the picture's width and height.
// The number of a class is its place in the taxonomy, retired classes included, so that it does not move.
package yolo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"edgelabel/agent/export"
	"edgelabel/agent/export/picture"
	"edgelabel/agent/export/shape"
	"edgelabel/agent/label"
)

// Drops is what YOLO has no place for.
func Drops() []string { return append(picture.Drops(), "attributes of regions") }

// drawing turns a region into the numbers of a line; reduced names what it became when that says less.
type drawing func(r *label.Region, width, height int) (numbers []float64, reduced, reason string)

// OpenBoxes writes class, centre, width, height.
func OpenBoxes(job export.Job) (export.Encoder, error) { return open(job, box) }

// OpenSegments writes class and outline.
func OpenSegments(job export.Job) (export.Encoder, error) { return open(job, segment) }

// OpenOriented writes class and four corners.
func OpenOriented(job export.Job) (export.Encoder, error) { return open(job, corners) }

type encoder struct {
	export.Encoder
	job export.Job
}

func open(job export.Job, draw drawing) (export.Encoder, error) {
	files := &picture.PerFile{Job: job, Folder: "labels", Ext: ".txt"}
	files.Draw = func(x *export.Example, p *picture.Picture) ([]byte, int, error) { return lines(&job, x, p, draw) }
	files.Line = func(p *picture.Picture) string { return "./" + p.File }
	enc, err := files.Open()
	return encoder{enc, job}, err
}

func lines(job *export.Job, x *export.Example, p *picture.Picture, draw drawing) (body []byte, drawn int, err error) {
	var out bytes.Buffer
	for i := range p.Marks {
		m := &p.Marks[i]
		numbers, reduced, reason := draw(m.Region, p.Width, p.Height)
		switch {
		case p.Width <= 0 || p.Height <= 0:
			err = errors.Join(err, m.Lost(job, x, "the size of its image is not known"))
			continue
		case reason != "":
			err = errors.Join(err, m.Lost(job, x, reason))
			continue
		case reduced != "":
			err = errors.Join(err, m.Reduced(job, x, reduced))
		}
		drawn++
		fmt.Fprint(&out, m.Class)
		for k, v := range numbers {
			size := float64(p.Width)
			if k%2 == 1 {
				size = float64(p.Height)
			}
			out.WriteString(" " + strconv.FormatFloat(min(max(v/size, 0), 1), 'f', 8, 64))
		}
		out.WriteByte('\n')
	}
	return out.Bytes(), drawn, err
}

func box(r *label.Region, width, height int) (numbers []float64, reduced, reason string) {
	b, exact, reason := shape.Box(r, width, height)
	if reason == "" && !exact {
		reduced = "the box around it"
	}
	return []float64{b.X + b.W/2, b.Y + b.H/2, b.W, b.H}, reduced, reason
}

func segment(r *label.Region, width, height int) (numbers []float64, reduced, reason string) {
	points, reason := shape.Outline(r)
	return flat(points), cut(points, width, height), reason
}

func corners(r *label.Region, width, height int) (numbers []float64, reduced, reason string) {
	if r.Kind == label.RotatedBox || r.Kind == label.Box {
		return segment(r, width, height)
	}
	b, _, reason := shape.Box(r, width, height)
	return flat(shape.Corners(b, 0)), "the upright box around it", reason
}

func flat(points [][2]float64) (numbers []float64) {
	for _, p := range points {
		numbers = append(numbers, p[0], p[1])
	}
	return numbers
}

// cut says that corners outside the picture are moved to its edge.
func cut(points [][2]float64, width, height int) string {
	for _, p := range points {
		if p[0] < 0 || p[1] < 0 || p[0] > float64(width) || p[1] > float64(height) {
			return "what lies inside its image"
		}
	}
	return ""
}

// Close writes data.yaml. The reader wants training and validation both, so without one of them the other serves for it too. It says no path:
// then the lists are sought beside it, wherever the reader was started.
func (e encoder) Close() error {
	var out bytes.Buffer
	lists := picture.ListNames(&e.job)
	for _, split := range []string{"train", "val", "test"} {
		switch {
		case slices.Contains(lists, split):
			fmt.Fprintf(&out, "%s: %s.txt\n", split, split)
		case split != "test":
			fmt.Fprintf(&out, "%s: %s.txt\n", split, lists[0])
		}
	}
	fmt.Fprintf(&out, "nc: %d\nnames:\n", len(e.job.Taxonomy.Classes))
	for i, c := range e.job.Taxonomy.Classes {
		name, err := json.Marshal(c.ID) // a JSON string is a YAML string
		if err != nil {
			return errors.Join(err, e.Encoder.Close())
		}
		fmt.Fprintf(&out, "  %d: %s\n", i, name)
	}
	fmt.Fprintf(&out, "taxonomy_revision: %d\n", e.job.Taxonomy.Revision)
	return errors.Join(e.Encoder.Close(), os.WriteFile(filepath.Join(e.job.Dir, "data.yaml"), out.Bytes(), 0o644))
}
