// Package cvat writes CVAT for images 1.1 (docs.cvat.ai, "XML annotation format"): annotations.xml and images/. The verdict is a tag,
// verdict:ok and so on; a measure becomes a polyline.
package cvat

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"edgelabel/agent/export"
	"edgelabel/agent/export/picture"
	geometry "edgelabel/agent/export/shape"
	"edgelabel/agent/label"
)

// Drops is what CVAT has no place for.
func Drops() []string {
	return []string{"signals and their windows", "faults", "comments and confidence", "earlier label revisions", "machine candidates", "who labelled"}
}

type image struct {
	XMLName xml.Name `xml:"image"`
	ID      int      `xml:"id,attr"`
	Name    string   `xml:"name,attr"`
	Width   int      `xml:"width,attr"`
	Height  int      `xml:"height,attr"`
	Shapes  []shape
}

// shape is any of CVAT's; the element's name says which.
type shape struct {
	XMLName  xml.Name
	Label    string      `xml:"label,attr"`
	Source   string      `xml:"source,attr"`
	Occluded string      `xml:"occluded,attr,omitempty"`
	XTL      string      `xml:"xtl,attr,omitempty"`
	YTL      string      `xml:"ytl,attr,omitempty"`
	XBR      string      `xml:"xbr,attr,omitempty"`
	YBR      string      `xml:"ybr,attr,omitempty"`
	Rotation string      `xml:"rotation,attr,omitempty"` // degrees, clockwise about the centre
	Points   string      `xml:"points,attr,omitempty"`
	RLE      string      `xml:"rle,attr,omitempty"`
	Left     string      `xml:"left,attr,omitempty"`
	Top      string      `xml:"top,attr,omitempty"`
	Width    string      `xml:"width,attr,omitempty"`
	Height   string      `xml:"height,attr,omitempty"`
	Z        string      `xml:"z_order,attr,omitempty"`
	Values   []attribute `xml:"attribute"`
}

type attribute struct {
	Name  string `xml:"name,attr"`
	Value string `xml:",chardata"`
}

type encoder struct {
	job export.Job
	f   *os.File
	w   *bufio.Writer
	xml *xml.Encoder
	n   int
}

// Open is the export.Format's. Each split has a file of its own, annotations_train.xml and so on.
func Open(job export.Job) (export.Encoder, error) { return export.PerSplit(job, open) }

func open(job export.Job) (export.Encoder, error) {
	f, err := os.Create(job.File("annotations", ".xml"))
	if err != nil {
		return nil, err
	}
	e := &encoder{job: job, f: f, w: bufio.NewWriterSize(f, 64<<10)}
	e.xml = xml.NewEncoder(e.w)
	e.xml.Indent("  ", "  ")
	return e, e.head()
}

type labelName struct {
	Name string `xml:"name"`
	Type string `xml:"type"`
}

type meta struct {
	XMLName xml.Name    `xml:"meta"`
	Name    string      `xml:"task>name"`
	Labels  []labelName `xml:"task>labels>label"`
}

func (e *encoder) head() error {
	m := meta{Name: fmt.Sprintf("edgelabel, taxonomy revision %d", e.job.Taxonomy.Revision)}
	for _, c := range e.job.Taxonomy.Classes {
		m.Labels = append(m.Labels, labelName{c.ID, "any"})
	}
	for v := label.OK; v <= label.NotDecidable; v++ {
		m.Labels = append(m.Labels, labelName{verdict(v), "tag"})
	}
	_, err := e.w.WriteString(xml.Header + "<annotations>\n  <version>1.1</version>\n")
	return errors.Join(err, e.xml.Encode(m))
}

func verdict(v label.Verdict) string { return "verdict:" + v.String() }

// Encode writes the item's pictures.
func (e *encoder) Encode(_ context.Context, x *export.Example) error {
	pictures, err := picture.Of(&e.job, x, picture.Holds{Undecided: true})
	if err != nil {
		return err
	}
	for i := range pictures {
		p := &pictures[i]
		im := image{ID: e.n, Name: path.Base(p.File), Width: p.Width, Height: p.Height}
		im.Shapes = append(im.Shapes, shape{XMLName: xml.Name{Local: "tag"}, Label: verdict(x.Label.Verdict), Source: "manual"})
		e.n++
		for k := range p.Marks {
			s, reason := draw(p.Marks[k].Region, p.Width, p.Height)
			if reason != "" {
				err = errors.Join(err, p.Marks[k].Lost(&e.job, x, reason))
				continue
			}
			if p.Marks[k].Kind == label.Measure {
				err = errors.Join(err, p.Marks[k].Reduced(&e.job, x, "a polyline"))
			}
			im.Shapes = append(im.Shapes, s)
		}
		if err = errors.Join(err, e.xml.Encode(im)); err != nil {
			return err
		}
	}
	return nil
}

// elements are CVAT's names.
func element(k label.RegionKind) string {
	switch k {
	case label.Box, label.RotatedBox:
		return "box"
	case label.Point:
		return "points"
	case label.Measure:
		return "polyline"
	}
	return string(k)
}

func draw(r *label.Region, width, height int) (s shape, reason string) {
	s = shape{XMLName: xml.Name{Local: element(r.Kind)}, Label: r.Class, Source: "manual", Occluded: "0", Z: "0"}
	if r.Origin == label.ByAccepting || r.Origin == label.ByEditing {
		s.Source = "semi-auto"
	}
	for _, name := range slices.Sorted(maps.Keys(r.Attributes)) {
		s.Values = append(s.Values, attribute{name, r.Attributes[name]})
	}
	switch r.Kind {
	case label.Box, label.RotatedBox, label.Mask:
		if r.Rect == nil {
			return s, "has no rectangle"
		}
		if r.Kind == label.Mask {
			if _, reason := geometry.Decode(r, width, height); reason != "" {
				return s, reason
			}
		}
		s.rect(r)
	default:
		if len(r.Points) == 0 {
			return s, "has no points"
		}
		var all []string
		for _, p := range r.Points {
			all = append(all, number(p[0])+","+number(p[1]))
		}
		s.Points = strings.Join(all, ";")
	}
	return s, ""
}

func (s *shape) rect(r *label.Region) {
	b := r.Rect
	if r.Kind != label.Mask {
		s.XTL, s.YTL, s.XBR, s.YBR = number(b.X), number(b.Y), number(b.X+b.W), number(b.Y+b.H)
		if r.Kind == label.RotatedBox {
			s.Rotation = number(r.Angle)
		}
		return
	}
	s.Left, s.Top, s.Width, s.Height = number(b.X), number(b.Y), number(b.W), number(b.H)
	runs := make([]string, len(r.Runs))
	for i, n := range r.Runs {
		runs[i] = strconv.FormatUint(uint64(n), 10)
	}
	s.RLE = strings.Join(runs, ", ")
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Close ends the file.
func (e *encoder) Close() error {
	_, err := e.w.WriteString("\n</annotations>\n")
	return errors.Join(err, e.w.Flush(), e.f.Close())
}
