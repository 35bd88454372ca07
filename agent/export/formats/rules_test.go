package formats_test

import (
	"encoding/json"
	"math"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"edgelabel/agent/export"
)

// around is the box around points: x, y, x, y …
func around(class string, points []float64) mark {
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for i, v := range points {
		low[i%2], high[i%2] = min(low[i%2], v), max(high[i%2], v)
	}
	return mark{Class: class, X: low[0], Y: low[1], W: high[0] - low[0], H: high[1] - low[1]}
}

// pixels is the box around a mask given as lengths of off, on, off … pixels, across lines of so many.
func pixels(t *testing.T, class string, runs []int, across, lines int) mark {
	t.Helper()
	var points []float64
	at, area := 0, 0
	for i, n := range runs {
		for k := at; k < at+n && i%2 == 1; k++ {
			points = append(points, float64(k%across), float64(k/across), float64(k%across+1), float64(k/across+1))
			area++
		}
		at += n
	}
	if at != across*lines {
		t.Errorf("mask of %d pixels on %d by %d", at, across, lines)
	}
	m := around(class, points)
	m.Area = float64(area)
	return m
}

// downColumns is pixels for COCO's order, down the columns.
func downColumns(t *testing.T, class string, runs []int, size [2]int) mark {
	m := pixels(t, class, runs, size[0], size[1])
	return mark{class, m.Y, m.X, m.H, m.W, m.Area}
}

func stemOf(t *testing.T, dir, file string) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(file))); err != nil {
		t.Error(err)
	}
	return strings.TrimSuffix(path.Base(file), path.Ext(file))
}

// readCOCO follows cocodataset.org ("Data format") and pycocotools 2.0 (cocoapi 8c9bcc3): ids are unique, an annotation names an image and
// a category that are there, a segmentation is RLE down the columns, polygons of three points or more, or empty; and the box is around it.
func readCOCO(t *testing.T, dir string) sights {
	out := sights{}
	for _, split := range []string{"train", "val"} {
		var d dataset
		readJSON(t, filepath.Join(dir, "annotations", "instances_"+split+".json"), &d)
		names, images := map[int]string{}, map[int64]*sight{}
		for _, c := range d.Categories {
			names[c.ID] = c.Name
		}
		for _, im := range d.Images {
			images[im.ID] = &sight{Split: split}
			out[stemOf(t, dir, "images/"+im.File)] = images[im.ID]
		}
		ids := map[int64]bool{}
		for _, a := range d.Annotations {
			im := images[a.Image]
			if im == nil || ids[a.ID] || names[a.Category] == "" {
				t.Fatalf("annotation %+v", a)
			}
			ids[a.ID] = true
			m := mark{Class: names[a.Category], X: a.BBox[0], Y: a.BBox[1], W: a.BBox[2], H: a.BBox[3]}
			if seg, ok := segmented(t, m.Class, a.Segmentation); ok {
				if !m.is(mark{seg.Class, seg.X, seg.Y, seg.W, seg.H, 0}) || seg.Area != 0 && seg.Area != a.Area {
					t.Errorf("%+v is not around %+v", m, seg)
				}
				m.Area = seg.Area
			}
			im.Marks = append(im.Marks, m)
		}
	}
	return out
}

// segmented is a segmentation; ok is false where there is none.
func segmented(t *testing.T, class string, segmentation any) (m mark, ok bool) {
	t.Helper()
	raw, err := json.Marshal(segmentation)
	if err != nil {
		t.Fatal(err)
	}
	var rle struct {
		Counts []int
		Size   [2]int
	}
	if json.Unmarshal(raw, &rle) == nil {
		return downColumns(t, class, rle.Counts, rle.Size), true
	}
	var polygons [][]float64
	if err := json.Unmarshal(raw, &polygons); err != nil {
		t.Fatal(err)
	}
	if len(polygons) == 0 {
		return m, false
	}
	if n := len(polygons[0]); len(polygons) != 1 || n < 6 || n%2 != 0 {
		t.Errorf("polygons %v", polygons)
	}
	return around(class, polygons[0]), true
}

// readDatumaro follows Datumaro 1.10 (3d533b9, plugins/data_formats/datumaro): pictures below images/, labels by their place, packed RLE.
func readDatumaro(t *testing.T, dir string) sights {
	out := sights{}
	for _, split := range []string{"train", "val"} {
		var d struct {
			Categories struct {
				Label struct{ Labels []struct{ Name string } }
			}
			Items []struct {
				Image       struct{ Path string }
				Annotations []struct {
					Type   string
					Label  int `json:"label_id"`
					BBox   [4]float64
					Points []float64
					RLE    struct {
						Counts string
						Size   [2]int
					}
				}
			}
		}
		readJSON(t, filepath.Join(dir, "annotations", split+".json"), &d)
		for _, it := range d.Items {
			s := &sight{Split: split}
			out[stemOf(t, dir, "images/"+it.Image.Path)] = s
			for _, a := range it.Annotations {
				class := d.Categories.Label.Labels[a.Label].Name
				switch a.Type {
				case "bbox":
					s.Marks = append(s.Marks, mark{Class: class, X: a.BBox[0], Y: a.BBox[1], W: a.BBox[2], H: a.BBox[3]})
				case "polygon":
					s.Marks = append(s.Marks, around(class, a.Points))
				case "mask":
					s.Marks = append(s.Marks, downColumns(t, class, unpacked(a.RLE.Counts), a.RLE.Size))
				}
			}
		}
	}
	return out
}

// unpacked undoes COCO's text form of RLE: five bits a character, the sixth says that more follow, from the fourth length on differences.
func unpacked(s string) (runs []int) {
	for i := 0; i < len(s); {
		n, shift, c := 0, 0, 0x20
		for ; c&0x20 != 0; i++ {
			c = int(s[i]) - 48
			n |= c & 0x1f << shift
			shift += 5
		}
		if c&0x10 != 0 {
			n -= 1 << shift
		}
		if len(runs) > 2 {
			n += runs[len(runs)-2]
		}
		runs = append(runs, n)
	}
	return runs
}

// readYOLO follows Ultralytics' data/utils.py (00bfe34, check_det_dataset and verify_image_label): without a path the lists are beside
// data.yaml, train and val are there, a name for every class, labels/ in place of images/, and a line has five numbers or a class and points,
// none outside 0 to 1. columns is how many numbers a line must have, 0 for any.
func readYOLO(columns int) func(*testing.T, string) sights {
	return func(t *testing.T, dir string) sights {
		var d struct {
			Path, Train, Val string
			NC               int
			Names            map[int]string
		}
		if err := yaml.Unmarshal([]byte(read(t, filepath.Join(dir, "data.yaml"))), &d); err != nil || d.Path != "" || d.NC != len(d.Names) || d.NC == 0 {
			t.Fatalf("%+v, %v", d, err)
		}
		out := sights{}
		for split, list := range map[string]string{"train": d.Train, "val": d.Val} {
			for line := range strings.Lines(read(t, filepath.Join(dir, list))) {
				file := strings.TrimSpace(line)
				name := stemOf(t, dir, file)
				out[name] = &sight{split, nil}
				for line := range strings.Lines(read(t, filepath.Join(dir, "labels", name+".txt"))) {
					out[name].Marks = append(out[name].Marks, yoloLine(t, line, d.Names, columns, sizeOf(t, filepath.Join(dir, file))))
				}
			}
		}
		return out
	}
}

func yoloLine(t *testing.T, line string, names map[int]string, columns int, size [2]float64) mark {
	t.Helper()
	fields := strings.Fields(line)
	if n := len(fields); columns != 0 && n != columns || n != 5 && (n < 7 || n%2 == 0) {
		t.Fatalf("%q has %d numbers", line, n)
	}
	class, err := strconv.Atoi(fields[0])
	if err != nil || names[class] == "" {
		t.Fatalf("class of %q", line)
	}
	var numbers []float64
	for i, f := range fields[1:] {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || v < 0 || v > 1 {
			t.Fatalf("%q in %q", f, line)
		}
		numbers = append(numbers, v*size[i%2])
	}
	if len(numbers) == 4 {
		x, y, w, h := numbers[0], numbers[1], numbers[2], numbers[3]
		numbers = []float64{x - w/2, y - h/2, x + w/2, y + h/2}
	}
	return around(names[class], numbers)
}

// TestYOLOAlwaysValidates holds that the reader finds what it wants to validate with, whatever was split off.
func TestYOLOAlwaysValidates(t *testing.T) {
	for shares, want := range map[string][2]string{"": {"all.txt", "all.txt"}, "60/40": {"train.txt", "val.txt"}, "90/0/10": {"train.txt", "train.txt"}} {
		var o export.Options
		if shares != "" {
			split, err := export.ParseSplit(shares, 7, export.ByPart)
			if err != nil {
				t.Fatal(err)
			}
			o.Split = split
		}
		dir, _ := run(t, line(t), "yolo", o)
		var d struct{ Train, Val string }
		if err := yaml.Unmarshal([]byte(read(t, filepath.Join(dir, "data.yaml"))), &d); err != nil || d.Train != want[0] || d.Val != want[1] {
			t.Errorf("%q: %+v, %v", shares, d, err)
		}
	}
}
