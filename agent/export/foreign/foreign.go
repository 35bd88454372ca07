// Package foreign reads datasets that other tools made, so that a plant can bring what it has. Pictures without an annotation come out too,
// undecided. What cannot become a region is named in Picture.Lost.
package foreign

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"strings"

	"edgelabel/agent/label"
)

// maxFile bounds one annotation file, maxPixels one mask.
const (
	maxFile   = 1 << 30
	maxPixels = 1 << 28
)

// Picture is one image of a dataset. Regions carry the dataset's class names and neither ids nor an image yet.
type Picture struct {
	File          string // below the dataset's folder
	Width, Height int    // pixels; 0 where the dataset does not say
	Verdict       label.Verdict
	Regions       []label.Region
	Lost          []string
}

// Reader calls yield for every picture of a dataset, in the order of its files, and stops at the first error.
type Reader func(dataset fs.FS, yield func(*Picture) error) error

// Readers are the formats, by name.
func Readers() map[string]Reader {
	return map[string]Reader{"coco": COCO, "yolo": YOLO, "voc": VOC, "labelstudio": LabelStudio, "cvat": CVAT, "labelme": Labelme, "datumaro": Datumaro}
}

// add takes a region over, inside the picture; what lies outside is cut off, or lost when nothing is left.
func (p *Picture) add(r label.Region) {
	width, height := float64(p.Width), float64(p.Height)
	if p.Width <= 0 || p.Height <= 0 {
		p.lose("%s %s: the size of the picture is not known", r.Kind, r.Class)
		return
	}
	for i, c := range r.Points {
		if bad(c[0]) || bad(c[1]) {
			p.lose("%s %s: a coordinate is no number", r.Kind, r.Class)
			return
		}
		r.Points[i] = [2]float64{min(max(c[0], 0), width), min(max(c[1], 0), height)}
	}
	if r.Kind == label.Box {
		x, y := max(r.Rect.X, 0), max(r.Rect.Y, 0)
		r.Rect = &label.Rect{X: x, Y: y, W: min(r.Rect.X+r.Rect.W, width) - x, H: min(r.Rect.Y+r.Rect.H, height) - y}
	}
	if r.Rect != nil && (bad(r.Rect.X) || bad(r.Rect.Y) || bad(r.Angle) || !(r.Rect.W > 0) || !(r.Rect.H > 0) || bad(r.Rect.W) || bad(r.Rect.H)) {
		p.lose("%s %s: nothing of it lies on the picture", r.Kind, r.Class)
		return
	}
	if r.Kind == label.Polygon && len(r.Points) < 3 || r.Kind == label.Polyline && len(r.Points) < 2 {
		p.lose("%s %s: has too few points", r.Kind, r.Class)
		return
	}
	p.Regions = append(p.Regions, r)
}

func bad(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

func (p *Picture) lose(format string, args ...any) {
	p.Lost = append(p.Lost, fmt.Sprintf(format, args...))
}

// judge gives the verdict that the marks imply, where the dataset has none of its own: whoever annotated a picture marked what is wrong.
func (p *Picture) judge() {
	switch {
	case p.Verdict != label.Undefined:
	case len(p.Regions)+len(p.Lost) > 0:
		p.Verdict = label.NotOK
	default:
		p.Verdict = label.OK
	}
}

// flat turns x, y, x, y … into points.
func flat(numbers []float64) (points [][2]float64) {
	for i := 0; i+1 < len(numbers); i += 2 {
		points = append(points, [2]float64{numbers[i], numbers[i+1]})
	}
	return points
}

// eachFile reads the annotation files that fit a pattern, one after the other. An error says which file.
func eachFile[T any](dataset fs.FS, unmarshal func([]byte, any) error, use func(name string, f *T) error, patterns ...string) error {
	names, err := glob(dataset, patterns...)
	if err != nil {
		return err
	}
	for _, name := range names {
		b, err := readFile(dataset, name)
		if err != nil {
			return err
		}
		var f T
		if err = unmarshal(b, &f); err == nil {
			err = use(name, &f)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// readFile reads an annotation file.
func readFile(dataset fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(dataset, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s: %d bytes, at most %d", name, info.Size(), maxFile)
	}
	return fs.ReadFile(dataset, name)
}

// find is the first of the names that is a file, else the last: whoever opens it says that it is missing.
func find(dataset fs.FS, names ...string) string {
	for _, name := range names {
		if info, err := fs.Stat(dataset, path.Clean(name)); err == nil && !info.IsDir() {
			return path.Clean(name)
		}
	}
	return names[len(names)-1]
}

// picture is where tools put a picture that an annotation names.
func picture(dataset fs.FS, named string) string {
	named = strings.TrimPrefix(path.Clean(strings.ReplaceAll(named, "\\", "/")), "/")
	base := path.Base(named)
	return find(dataset, named, "images/"+named, "JPEGImages/"+base, "images/"+base, base)
}

// glob lists files; none is an error.
func glob(dataset fs.FS, patterns ...string) (names []string, err error) {
	for _, pattern := range patterns {
		found, err := fs.Glob(dataset, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			if !ours(name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return nil, errors.New("no file like " + strings.Join(patterns, " or "))
	}
	return names, nil
}

// ours are the files that an export puts beside a dataset.
func ours(name string) bool {
	switch path.Base(name) {
	case "croissant.json", "dataset.json", "loss.json", "taxonomy.json", "classes.json":
		return true
	}
	return false
}

// turn rotates a vector clockwise; y points down.
func turn(x, y, degrees float64) [2]float64 {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return [2]float64{x*cos - y*sin, x*sin + y*cos}
}
