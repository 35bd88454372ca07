package formats_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image"
	"image/png"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"edgelabel/agent/export"
	"edgelabel/agent/export/formats"
	"edgelabel/agent/label"
)

// held counts the regions in a dataset, reading it without the package that wrote it.
var held = map[string]func(t *testing.T, dir string) int{
	"coco": func(t *testing.T, dir string) int {
		var d dataset
		readJSON(t, filepath.Join(dir, "annotations", "instances_default.json"), &d)
		return len(d.Annotations)
	},
	"csv": func(t *testing.T, dir string) int {
		return len(readCSV(t, dir, "regions.csv")) + len(readCSV(t, dir, "intervals.csv"))
	},
	"cvat": func(t *testing.T, dir string) int {
		return elements(t, filepath.Join(dir, "annotations.xml"), "box", "polygon", "mask", "polyline", "points")
	},
	"datumaro": func(t *testing.T, dir string) (n int) {
		var d struct{ Items []struct{ Annotations []any } }
		readJSON(t, filepath.Join(dir, "annotations", "default.json"), &d)
		for _, it := range d.Items {
			n += len(it.Annotations)
		}
		return n
	},
	"imagefolder": func(*testing.T, string) int { return 0 },
	"jsonl": func(t *testing.T, dir string) int {
		var line struct{ Label label.Label }
		readJSON(t, filepath.Join(dir, "manifest.jsonl"), &line)
		return len(line.Label.Regions)
	},
	"labelstudio": func(t *testing.T, dir string) (n int) {
		for _, file := range []string{"tasks.json", "signals.json"} {
			var tasks []struct {
				Annotations []struct{ Result []struct{ Type string } }
			}
			readJSON(t, filepath.Join(dir, file), &tasks)
			for _, task := range tasks {
				for _, r := range task.Annotations[0].Result {
					if strings.HasSuffix(r.Type, "labels") {
						n++
					}
				}
			}
		}
		return n
	},
	"masks": func(t *testing.T, dir string) int {
		for _, b := range beside(t, dir, "masks") {
			im, err := png.Decode(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(digits(im.(*image.Paletted)), "02") {
				return 1
			}
		}
		return 0
	},
	"parquet": func(t *testing.T, dir string) int {
		b, err := os.ReadFile(filepath.Join(dir, "regions.parquet"))
		if err != nil {
			t.Fatal(err)
		}
		return len(parquetRows(t, b))
	},
	"tfrecord": func(t *testing.T, dir string) (n int) {
		for _, b := range beside(t, dir, "*.tfrecord") {
			for _, r := range records(t, b) {
				n += len(features(t, r)["image/object/class/text"])
			}
		}
		return n
	},
	"webdataset": func(t *testing.T, dir string) (n int) {
		for _, b := range beside(t, dir, "*.tar") {
			var about struct{ Label label.Label }
			_, bodies := entries(t, b)
			if err := json.Unmarshal(bodies["01ITEM.json"], &about); err != nil {
				t.Fatal(err)
			}
			n += len(about.Label.Regions)
		}
		return n
	},
	"voc": func(t *testing.T, dir string) (n int) {
		for name := range beside(t, dir, "Annotations") {
			n += elements(t, name, "object")
		}
		return n
	},
	"yolo": yoloLines, "yolo-obb": yoloLines, "yolo-seg": yoloLines,
}

func yoloLines(t *testing.T, dir string) (n int) {
	for _, b := range beside(t, dir, "labels") {
		n += strings.Count(string(b), "\n")
	}
	return n
}

func beside(t *testing.T, dir, folder string) map[string][]byte {
	t.Helper()
	pattern := filepath.Join(dir, folder)
	if !strings.Contains(folder, "*") {
		pattern = filepath.Join(pattern, "*")
	}
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		if out[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func elements(t *testing.T, file string, names ...string) (n int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for d := xml.NewDecoder(f); ; {
		token, err := d.Token()
		if err == io.EOF {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && slices.Contains(names, start.Name.Local) {
			n++
		}
	}
}

// TestTotal holds that a region of any kind is in the dataset of any format or in its loss.json, and that what is in both is said to be
// reduced. testdata/kinds.txt says which is which.
func TestTotal(t *testing.T) {
	var table strings.Builder
	for _, format := range slices.Sorted(maps.Keys(formats.All())) {
		for _, region := range kinds() {
			fmt.Fprintf(&table, "%-12s %-12s %s\n", format, region.Kind, fate(t, format, region))
		}
	}
	golden(t, "kinds.txt", table.String())
}

func fate(t *testing.T, format string, region label.Region) string {
	s := newSource()
	r := s.picture("01ITEM", label.NotOK, region)
	r.Item.Window = &label.WindowRef{From: 1e18, To: 1e18 + 2e9, Tags: []string{"force"}}
	dir, _ := run(t, s, format, export.Options{})
	in := held[format](t, dir)
	l := readLoss(t, dir)
	i := slices.IndexFunc(l.Lost, func(x export.Lost) bool { return x.Region == region.ID })
	switch {
	case i < 0 && in == 1:
		return "held"
	case i >= 0 && in == 1 && l.Lost[i].Reduced, i >= 0 && in == 0 && !l.Lost[i].Reduced:
		return l.Lost[i].Reason
	}
	b, err := json.Marshal(l.Lost)
	t.Errorf("%s, %s: %d in the dataset, loss.json %s, %v", format, region.Kind, in, b, err)
	return "silent"
}
