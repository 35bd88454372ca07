package formats_test

import (
	"encoding/xml"
	"image"
	_ "image/jpeg"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"edgelabel/agent/export"
)

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func sizeOf(t *testing.T, name string) [2]float64 {
	t.Helper()
	im, _, err := image.DecodeConfig(strings.NewReader(read(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	return [2]float64{float64(im.Width), float64(im.Height)}
}

func numbers(t *testing.T, s string) (out []float64) {
	t.Helper()
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",; ", r) }) {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// TestXMLSchemas has xmllint hold the XML files against testdata/readers/*.xsd, with a region of every kind in them.
func TestXMLSchemas(t *testing.T) {
	if _, err := exec.LookPath("xmllint"); err != nil {
		absent(t, "xmllint")
	}
	for format, pattern := range map[string]string{"cvat": "annotations*.xml", "voc": "Annotations/*.xml"} {
		for name, s := range map[string]*source{"plant": plant(), "line": line(t)} {
			dir, _ := run(t, s, format, export.Options{Split: lineSplit(t)})
			files, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil || len(files) < 2 {
				t.Fatalf("%v, %v", files, err)
			}
			args := append([]string{"--noout", "--schema", filepath.Join("testdata", "readers", format+".xsd")}, files...)
			if out, err := exec.CommandContext(t.Context(), "xmllint", args...).CombinedOutput(); err != nil {
				t.Errorf("%s of %s: %v: %s", format, name, err, out)
			}
		}
	}
}

// readCVAT follows docs.cvat.ai, "XML annotation format" 1.1 (cvat 18638ce): a box turns clockwise about its centre, a mask is off, on, off …
// pixels row by row inside its rectangle, and every label is in the head.
func readCVAT(t *testing.T, dir string) sights {
	out := sights{}
	for _, split := range []string{"train", "val"} {
		var d struct {
			Labels []string `xml:"meta>task>labels>label>name"`
			Images []struct {
				Name   string `xml:"name,attr"`
				Shapes []struct {
					XMLName  xml.Name
					Label    string  `xml:"label,attr"`
					XTL      float64 `xml:"xtl,attr"`
					YTL      float64 `xml:"ytl,attr"`
					XBR      float64 `xml:"xbr,attr"`
					YBR      float64 `xml:"ybr,attr"`
					Rotation float64 `xml:"rotation,attr"`
					Points   string  `xml:"points,attr"`
					RLE      string  `xml:"rle,attr"`
					Left     float64 `xml:"left,attr"`
					Top      float64 `xml:"top,attr"`
					Width    int     `xml:"width,attr"`
					Height   int     `xml:"height,attr"`
				} `xml:",any"`
			} `xml:"image"`
		}
		if err := xml.Unmarshal([]byte(read(t, filepath.Join(dir, "annotations_"+split+".xml"))), &d); err != nil {
			t.Fatal(err)
		}
		for _, im := range d.Images {
			s := &sight{Split: split}
			out[stemOf(t, dir, "images/"+im.Name)] = s
			for _, shape := range im.Shapes {
				if !slices.Contains(d.Labels, shape.Label) {
					t.Errorf("label %s", shape.Label)
				}
				switch shape.XMLName.Local {
				case "box":
					s.Marks = append(s.Marks, around(shape.Label, turned(shape.XTL, shape.YTL, shape.XBR, shape.YBR, shape.Rotation)))
				case "polygon":
					s.Marks = append(s.Marks, around(shape.Label, numbers(t, shape.Points)))
				case "mask":
					var runs []int
					for _, n := range numbers(t, shape.RLE) {
						runs = append(runs, int(n))
					}
					m := pixels(t, shape.Label, runs, shape.Width, shape.Height)
					m.X, m.Y = m.X+shape.Left, m.Y+shape.Top
					s.Marks = append(s.Marks, m)
				}
			}
		}
	}
	return out
}

func turned(left, top, right, bottom, degrees float64) (points []float64) {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	cx, cy := (left+right)/2, (top+bottom)/2
	for _, c := range [][2]float64{{left, top}, {right, top}, {right, bottom}, {left, bottom}} {
		x, y := c[0]-cx, c[1]-cy
		points = append(points, cx+x*cos-y*sin, cy+x*sin+y*cos)
	}
	return points
}

// readVOC follows the development kit (pixels from 1, both ends inside) and Datumaro's and CVAT's labelmap.txt, which names every class.
func readVOC(t *testing.T, dir string) sights {
	classes := map[string]bool{}
	for row := range strings.Lines(read(t, filepath.Join(dir, "labelmap.txt"))) {
		if name, rest, ok := strings.Cut(row, ":"); ok && !strings.HasPrefix(name, "#") {
			classes[name] = strings.Count(rest, ":") == 2 && strings.Count(rest, ",") == 2
		}
	}
	out := sights{}
	for _, split := range []string{"train", "val"} {
		for row := range strings.Lines(read(t, filepath.Join(dir, "ImageSets", "Main", split+".txt"))) {
			name := strings.TrimSpace(row)
			var d struct {
				File    string `xml:"filename"`
				Objects []struct {
					Name string  `xml:"name"`
					XMin float64 `xml:"bndbox>xmin"`
					YMin float64 `xml:"bndbox>ymin"`
					XMax float64 `xml:"bndbox>xmax"`
					YMax float64 `xml:"bndbox>ymax"`
				} `xml:"object"`
			}
			if err := xml.Unmarshal([]byte(read(t, filepath.Join(dir, "Annotations", name+".xml"))), &d); err != nil {
				t.Fatal(err)
			}
			s := &sight{Split: split}
			out[stemOf(t, dir, "JPEGImages/"+d.File)] = s
			for _, o := range d.Objects {
				if !classes[o.Name] {
					t.Errorf("class %s is not among %v", o.Name, slices.Collect(maps.Keys(classes)))
				}
				s.Marks = append(s.Marks, mark{Class: o.Name, X: o.XMin - 1, Y: o.YMin - 1, W: o.XMax - o.XMin + 1, H: o.YMax - o.YMin + 1})
			}
		}
	}
	return out
}
