package foreign

import (
	"encoding/json"
	"io/fs"
	"math"
	"path"

	"edgelabel/agent/label"
)

type labelmeFile struct {
	File   string          `json:"imagePath"`
	Width  int             `json:"imageWidth"`
	Height int             `json:"imageHeight"`
	Shapes []labelmeShape  `json:"shapes"`
	Flags  map[string]bool `json:"flags"`
}

type labelmeShape struct {
	Label  string       `json:"label"`
	Kind   string       `json:"shape_type"`
	Points [][2]float64 `json:"points"`
}

// Labelme reads one JSON file for each picture. A circle becomes a polygon of 32 corners; its own masks and flags are lost.
func Labelme(dataset fs.FS, yield func(*Picture) error) error {
	return eachFile(dataset, json.Unmarshal, func(name string, f *labelmeFile) error {
		return yield(f.picture(dataset, path.Dir(name)))
	}, "*.json", "*/*.json")
}

func (f *labelmeFile) picture(dataset fs.FS, folder string) *Picture {
	p := &Picture{File: find(dataset, path.Join(folder, f.File), picture(dataset, f.File)), Width: f.Width, Height: f.Height}
	for i := range f.Shapes {
		f.Shapes[i].add(p)
	}
	for flag, set := range f.Flags {
		if set {
			p.lose("flag %s: there is no such thing here", flag)
		}
	}
	p.judge()
	return p
}

func (s *labelmeShape) add(p *Picture) {
	r := label.Region{Class: s.Label, Points: s.Points}
	two := len(s.Points) == 2
	switch {
	case s.Kind == "polygon" || s.Kind == "":
		r.Kind = label.Polygon
	case s.Kind == "rectangle" && two:
		a, b := s.Points[0], s.Points[1]
		r.Kind, r.Points = label.Box, nil
		r.Rect = &label.Rect{X: min(a[0], b[0]), Y: min(a[1], b[1]), W: math.Abs(b[0] - a[0]), H: math.Abs(b[1] - a[1])}
	case s.Kind == "circle" && two:
		r.Kind, r.Points = label.Polygon, circle(s.Points[0], s.Points[1])
	case s.Kind == "line" || s.Kind == "linestrip":
		r.Kind = label.Polyline
	case s.Kind == "point" && len(s.Points) == 1:
		r.Kind = label.Point
	default:
		p.lose("%s %s: there is no such region here", s.Kind, s.Label)
		return
	}
	p.add(r)
}

func circle(centre, on [2]float64) (points [][2]float64) {
	radius := math.Hypot(on[0]-centre[0], on[1]-centre[1])
	for i := range 32 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 32)
		points = append(points, [2]float64{centre[0] + radius*cos, centre[1] + radius*sin})
	}
	return points
}
