// Package datumaro writes Datumaro's own JSON (dm_format_version 1.0): annotations/<subset>.json and images/. A rotated box becomes a
// polygon and a measure a polyline; the attribute kind says what they were, so nothing is lost.
package datumaro

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"

	"edgelabel/agent/export"
	"edgelabel/agent/export/picture"
	"edgelabel/agent/export/shape"
	"edgelabel/agent/label"
)

// Drops is what Datumaro has no place for.
func Drops() []string {
	return []string{"signals and their windows", "faults", "earlier label revisions", "machine candidates"}
}

type item struct {
	ID          string         `json:"id"`
	Annotations []annotation   `json:"annotations"`
	Attr        map[string]any `json:"attr"`
	Image       file           `json:"image"`
}

type file struct {
	Path string `json:"path"`
	Size [2]int `json:"size"` // height, width
}

type annotation struct {
	ID         int            `json:"id"`
	Type       string         `json:"type"`
	Attributes map[string]any `json:"attributes"`
	Group      int            `json:"group"`
	Label      int            `json:"label_id"`
	Z          int            `json:"z_order"`
	BBox       *[4]float64    `json:"bbox,omitempty"`
	Points     []float64      `json:"points,omitempty"`
	Visibility []int          `json:"visibility,omitempty"`
	RLE        *rle           `json:"rle,omitempty"`
}

type rle struct {
	Counts string `json:"counts"` // COCO's compressed form
	Size   [2]int `json:"size"`
}

type category struct {
	Name       string   `json:"name"`
	Parent     string   `json:"parent"`
	Attributes []string `json:"attributes"`
}

type encoder struct {
	job   export.Job
	items *export.Stream
}

// Open is the export.Format's. Each split is a subset.
func Open(job export.Job) (export.Encoder, error) {
	if err := os.MkdirAll(filepath.Join(job.Dir, "annotations"), 0o755); err != nil {
		return nil, err
	}
	return export.PerSplit(job, open)
}

func open(job export.Job) (export.Encoder, error) {
	subset := job.Split
	if subset == "" {
		subset = "default"
	}
	classes := []category{}
	for _, c := range job.Taxonomy.Classes {
		classes = append(classes, category{c.ID, "", []string{}})
	}
	names, err := json.Marshal(classes)
	if err != nil {
		return nil, err
	}
	s, err := export.NewStream(filepath.Join(job.Dir, "annotations", subset+".json"))
	if err != nil {
		return nil, err
	}
	s.Text(`{"dm_format_version":"1.0","media_type":2,"infos":{"taxonomy_revision":%d},`+"\n"+
		`"categories":{"label":{"labels":%s,"attributes":[]}},`+"\n"+`"items":[`+"\n", job.Taxonomy.Revision, names)
	return &encoder{job, s}, nil
}

// Encode writes the item's pictures.
func (e *encoder) Encode(_ context.Context, x *export.Example) error {
	pictures, err := picture.Of(&e.job, x, picture.Holds{Undecided: true})
	if err != nil {
		return err
	}
	for i := range pictures {
		p := &pictures[i]
		it := item{ID: picture.Stem(p.File), Annotations: []annotation{}, Attr: about(x), Image: file{path.Base(p.File), [2]int{p.Height, p.Width}}}
		for k := range p.Marks {
			m := &p.Marks[k]
			a, reason := draw(m, p.Width, p.Height)
			if reason != "" {
				err = errors.Join(err, m.Lost(&e.job, x, reason))
				continue
			}
			a.ID = k
			it.Annotations = append(it.Annotations, *a)
		}
		if err = errors.Join(err, e.items.Add(it)); err != nil {
			return err
		}
	}
	return nil
}

// about is what the item's label says on the whole.
func about(x *export.Example) map[string]any {
	out := map[string]any{"item": x.Item.ID, "part": x.Item.Part.PartID, "verdict": x.Label.Verdict.String(), "machine": x.Item.Machine.String(),
		"classes": strings.Join(x.Label.Classes, " "), "by": x.Label.By.ID, "confidence": int(x.Label.Confidence)}
	if x.Label.Comment != "" {
		out["comment"] = x.Label.Comment
	}
	return out
}

func draw(m *picture.Mark, width, height int) (a *annotation, reason string) {
	a = &annotation{Label: m.Class, Attributes: map[string]any{"region": m.ID, "kind": string(m.Kind)}}
	for name, v := range m.Attributes {
		a.Attributes[name] = v
	}
	if len(m.Links) > 0 {
		a.Attributes["links"] = strings.Join(m.Links, " ")
	}
	switch m.Kind {
	case label.Box:
		if m.Rect == nil {
			return nil, "has no rectangle"
		}
		a.Type, a.BBox = "bbox", &[4]float64{m.Rect.X, m.Rect.Y, m.Rect.W, m.Rect.H}
	case label.RotatedBox, label.Polygon:
		points, reason := shape.Outline(m.Region)
		if reason != "" {
			return nil, reason
		}
		a.Type, a.Points = "polygon", flat(points)
		if m.Kind == label.RotatedBox {
			a.Attributes["angle"] = m.Angle
		}
	case label.Mask:
		b, reason := shape.Decode(m.Region, width, height)
		if reason != "" {
			return nil, reason
		}
		a.Type, a.RLE = "mask", &rle{shape.Compressed(b.Columns(width, height)), [2]int{height, width}}
	case label.Polyline, label.Measure:
		a.Type, a.Points = "polyline", flat(m.Points)
	case label.Point:
		a.Type, a.Points, a.Visibility = "points", flat(m.Points), []int{2}
	default:
		return nil, "Datumaro has no " + string(m.Kind)
	}
	return a, ""
}

func flat(points [][2]float64) (out []float64) {
	for _, p := range points {
		out = append(out, p[0], p[1])
	}
	return out
}

// Close ends the file.
func (e *encoder) Close() error {
	e.items.Text("\n]}\n")
	return e.items.Close()
}
