package foreign

import (
	"encoding/xml"
	"io/fs"
	"strconv"
	"strings"

	"edgelabel/agent/label"
)

type vocFile struct {
	File    string  `xml:"filename"`
	Verdict string  `xml:"source>verdict"` // an export of this program has it
	Width   float64 `xml:"size>width"`
	Height  float64 `xml:"size>height"`
	Objects []struct {
		Name string  `xml:"name"`
		XMin float64 `xml:"bndbox>xmin"`
		YMin float64 `xml:"bndbox>ymin"`
		XMax float64 `xml:"bndbox>xmax"`
		YMax float64 `xml:"bndbox>ymax"`
	} `xml:"object"`
}

// VOC reads Annotations/*.xml. Pixels are counted from 1 and both ends are inside, as the devkit does.
func VOC(dataset fs.FS, yield func(*Picture) error) error {
	return eachFile(dataset, xml.Unmarshal, func(_ string, f *vocFile) error { return yield(f.picture(dataset)) }, "Annotations/*.xml", "*.xml")
}

func (f *vocFile) picture(dataset fs.FS) *Picture {
	p := &Picture{File: picture(dataset, f.File), Width: int(f.Width), Height: int(f.Height), Verdict: verdict(f.Verdict)}
	for _, o := range f.Objects {
		p.add(label.Region{Kind: label.Box, Class: o.Name, Rect: &label.Rect{X: o.XMin - 1, Y: o.YMin - 1, W: o.XMax - o.XMin + 1, H: o.YMax - o.YMin + 1}})
	}
	p.judge()
	return p
}

// verdict reads a verdict that an export wrote; what is none is undefined.
func verdict(text string) (v label.Verdict) {
	if v.UnmarshalText([]byte(text)) != nil {
		return label.Undefined
	}
	return v
}

type cvatFile struct {
	Images []cvatImage `xml:"image"`
}

type cvatImage struct {
	Name   string      `xml:"name,attr"`
	Width  int         `xml:"width,attr"`
	Height int         `xml:"height,attr"`
	Shapes []cvatShape `xml:",any"`
}

type cvatShape struct {
	XMLName  xml.Name
	Label    string  `xml:"label,attr"`
	XTL      float64 `xml:"xtl,attr"`
	YTL      float64 `xml:"ytl,attr"`
	XBR      float64 `xml:"xbr,attr"`
	YBR      float64 `xml:"ybr,attr"`
	Rotation float64 `xml:"rotation,attr"`
	Points   string  `xml:"points,attr"`
	RLE      string  `xml:"rle,attr"`
	Left     int     `xml:"left,attr"`
	Top      int     `xml:"top,attr"`
	Width    int     `xml:"width,attr"`
	Height   int     `xml:"height,attr"`
}

// CVAT reads "CVAT for images 1.1". Tags other than verdict:… are lost.
func CVAT(dataset fs.FS, yield func(*Picture) error) error {
	return eachFile(dataset, xml.Unmarshal, func(_ string, f *cvatFile) error {
		for i := range f.Images {
			if err := yield(f.Images[i].picture(dataset)); err != nil {
				return err
			}
		}
		return nil
	}, "annotations*.xml")
}

func (im *cvatImage) picture(dataset fs.FS) *Picture {
	p := &Picture{File: picture(dataset, im.Name), Width: im.Width, Height: im.Height}
	for i := range im.Shapes {
		im.Shapes[i].add(p)
	}
	p.judge()
	return p
}

func (s *cvatShape) add(p *Picture) {
	r := label.Region{Class: s.Label}
	points, ok := cvatPoints(s.Points)
	switch kind := s.XMLName.Local; {
	case kind == "tag" && strings.HasPrefix(s.Label, "verdict:"):
		p.Verdict = verdict(strings.TrimPrefix(s.Label, "verdict:"))
		return
	case kind == "box":
		r.Kind, r.Rect, r.Angle = label.Box, &label.Rect{X: s.XTL, Y: s.YTL, W: s.XBR - s.XTL, H: s.YBR - s.YTL}, s.Rotation
		if s.Rotation != 0 {
			r.Kind = label.RotatedBox
		}
	case kind == "mask":
		s.mask(p)
		return
	case !ok:
		p.lose("%s %s: its points cannot be read", kind, s.Label)
		return
	case kind == "polygon" || kind == "polyline":
		r.Kind, r.Points = label.RegionKind(kind), points
	case kind == "points":
		for _, one := range points {
			p.add(label.Region{Kind: label.Point, Class: s.Label, Points: [][2]float64{one}})
		}
		return
	default:
		p.lose("%s %s: there is no such region here", kind, s.Label)
		return
	}
	p.add(r)
}

func (s *cvatShape) mask(p *Picture) {
	r := label.Region{Kind: label.Mask, Class: s.Label,
		Rect: &label.Rect{X: float64(s.Left), Y: float64(s.Top), W: float64(s.Width), H: float64(s.Height)}}
	sum := uint64(0)
	for _, text := range strings.Split(s.RLE, ",") {
		n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
		if err != nil {
			p.lose("mask %s: %q is no length", s.Label, text)
			return
		}
		sum += n
		r.Runs = append(r.Runs, uint32(n))
	}
	if s.Left < 0 || s.Top < 0 || s.Width <= 0 || s.Height <= 0 || s.Left > p.Width-s.Width || s.Top > p.Height-s.Height ||
		s.Width > maxPixels/s.Height || sum != uint64(s.Width*s.Height) {
		p.lose("mask %s: %v", s.Label, errMask)
		return
	}
	p.add(r)
}

// cvatPoints reads x,y;x,y …
func cvatPoints(text string) (points [][2]float64, ok bool) {
	for _, pair := range strings.Split(text, ";") {
		a, b, _ := strings.Cut(pair, ",")
		x, err := strconv.ParseFloat(a, 64)
		y, err2 := strconv.ParseFloat(b, 64)
		if err != nil || err2 != nil {
			return nil, false
		}
		points = append(points, [2]float64{x, y})
	}
	return points, true
}
