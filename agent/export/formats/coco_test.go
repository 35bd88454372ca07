package formats_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

type dataset struct {
	Categories []struct {
		ID   int
		Name string
	}
	Images []struct {
		ID            int64
		Width, Height int
		File          string `json:"file_name"`
		Item          string `json:"item_id"`
		Verdict       string
		Captured      string `json:"date_captured"`
	}
	Annotations []struct {
		ID           int64
		Image        int64 `json:"image_id"`
		Category     int   `json:"category_id"`
		Area         float64
		BBox         [4]float64
		Segmentation any
		Crowd        int `json:"iscrowd"`
	}
}

func readJSON(t *testing.T, file string, v any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v\n%s", file, err, b)
	}
}

type loss struct {
	Format  string
	Drops   []string
	Lost    []export.Lost
	Summary export.Summary
}

func readLoss(t *testing.T, dir string) loss {
	var l loss
	readJSON(t, filepath.Join(dir, "loss.json"), &l)
	return l
}

func TestCOCO(t *testing.T) {
	s := newSource()
	box := label.Region{Kind: label.Box, Class: "dent", Rect: &label.Rect{X: 1, Y: 2, W: 3, H: 4}}
	poly := label.Region{Kind: label.Polygon, Class: "scratch", Points: [][2]float64{{0, 0}, {4, 0}, {0, 3}}}
	turned := label.Region{Kind: label.RotatedBox, Class: "dent", Rect: &label.Rect{X: 2, Y: 2, W: 4, H: 2}, Angle: 90}
	mask := label.Region{Kind: label.Mask, Class: "dent", Rect: &label.Rect{X: 1, Y: 1, W: 3, H: 2}, Runs: []uint32{1, 2, 1, 1, 1}}
	s.picture("a", label.NotOK, box, poly, turned, mask)
	s.picture("b", label.OK)
	dir, sum := run(t, s, "coco", export.Options{})
	var d dataset
	readJSON(t, filepath.Join(dir, "annotations", "instances_default.json"), &d)
	if len(d.Images) != 2 || len(d.Annotations) != 4 || sum != (export.Summary{Items: 2, Images: 2, Examples: 2}) {
		t.Fatalf("%+v, %+v", sum, d)
	}
	if d.Categories[0].ID != 1 || d.Categories[0].Name != "scratch" || d.Categories[1].ID != 2 || d.Images[1].Verdict != "ok" ||
		d.Images[0].Captured != "2001-09-09T01:46:40.000000005Z" {
		t.Errorf("%+v, %+v", d.Categories, d.Images)
	}
	type shape struct {
		category int
		area     float64
		bbox     [4]float64
		seg      string
	}
	for i, want := range []shape{{2, 12, [4]float64{1, 2, 3, 4}, `[]`}, {1, 6, [4]float64{0, 0, 4, 3}, `[[0,0,4,0,0,3]]`},
		{2, 8, [4]float64{3, 1, 2, 4}, `[[5,1,5,5,3,5,3,1]]`},
		// rows .XX and .X. at 1,1: pixel columns of eight, 2: rows 1 and 2 on, 3: row 1 on
		{2, 3, [4]float64{2, 1, 2, 2}, `{"counts":[17,2,6,1,54],"size":[8,10]}`}} {
		a := d.Annotations[i]
		if seg := rounded(t, a.Segmentation); a.Category != want.category || math.Abs(a.Area-want.area) > 1e-9 || !near(a.BBox, want.bbox) ||
			seg != want.seg || a.Image != d.Images[0].ID || a.Crowd != 0 {
			t.Errorf("%d: %+v with %s, want %+v", i, a, seg, want)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "images", d.Images[0].File)); err != nil || string(b) != "picture a" {
		t.Errorf("%q, %v", b, err)
	}
}

func near(a, b [4]float64) bool {
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-9 {
			return false
		}
	}
	return true
}

// rounded is v as JSON, without the dust of sines and cosines.
func rounded(t *testing.T, v any) string {
	if outer, ok := v.([]any); ok && len(outer) == 1 {
		inner := outer[0].([]any)
		for i := range inner {
			inner[i] = math.Round(inner[i].(float64)*1e6) / 1e6
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Ids do not move when other items come or go.
func TestIDsAreStable(t *testing.T) {
	ids := func(names ...string) map[string]int64 {
		s, out := newSource(), map[string]int64{}
		for _, n := range names {
			s.picture(n, label.NotOK, label.Region{Kind: label.Box, Class: "dent", Rect: &label.Rect{W: 1, H: 1}})
		}
		dir, _ := run(t, s, "coco", export.Options{})
		var d dataset
		readJSON(t, filepath.Join(dir, "annotations", "instances_default.json"), &d)
		for i := range d.Images {
			out[d.Images[i].Item] = d.Images[i].ID
			out[d.Images[i].Item+" region"] = d.Annotations[i].ID
		}
		return out
	}
	few, many := ids("b"), ids("a", "b", "c")
	if few["b"] == 0 || few["b"] != many["b"] || few["b region"] != many["b region"] || many["a"] == many["b"] {
		t.Errorf("%v, %v", few, many)
	}
}

func TestLoss(t *testing.T) {
	s := newSource()
	s.picture("a", label.NotOK,
		label.Region{Kind: label.Point, Class: "dent", Points: [][2]float64{{1, 1}}},
		label.Region{Kind: label.Polyline, Class: "dent", Points: [][2]float64{{1, 1}, {2, 2}}},
		label.Region{Kind: label.Measure, Class: "dent", Points: [][2]float64{{1, 1}, {2, 2}}},
		label.Region{Kind: label.Interval, Class: "chatter", From: 1, To: 2, Tags: []string{"x"}},
		label.Region{Kind: label.Box, Rect: &label.Rect{W: 1, H: 1}},
		label.Region{Kind: label.Box, Class: "gone", Rect: &label.Rect{W: 1, H: 1}},
		label.Region{Kind: label.Box, Class: "dent", Image: "elsewhere", Rect: &label.Rect{W: 1, H: 1}},
		label.Region{Kind: label.Box, Class: "dent"},
		label.Region{Kind: label.RotatedBox, Class: "dent"},
		label.Region{Kind: label.Polygon, Class: "dent", Points: [][2]float64{{1, 1}, {2, 2}}},
		label.Region{Kind: label.Mask, Class: "dent", Rect: &label.Rect{X: 9, W: 2, H: 1}, Runs: []uint32{0, 2}},
		label.Region{Kind: label.Mask, Class: "dent", Rect: &label.Rect{W: 2, H: 1}, Runs: []uint32{0, 1}},
		label.Region{Kind: label.Mask, Class: "dent", Rect: &label.Rect{W: 2, H: 1}, Runs: []uint32{0, 3}},
		label.Region{Kind: label.Mask, Class: "dent", Rect: &label.Rect{W: 2, H: 1}, Runs: []uint32{2}})
	s.picture("b", label.NotDecidable, label.Region{Kind: label.Box, Class: "dent", Rect: &label.Rect{W: 1, H: 1}})
	r := s.picture("c", label.OK)
	r.Item.Images = nil
	gone := s.picture("d", label.OK)
	delete(s.blobs, gone.Item.Images[0].SHA256)
	damaged := s.picture("e", label.OK)
	s.blobs[damaged.Item.Images[0].SHA256] = []byte("other")
	s.picture("f", label.OK).Item.Images[0].SHA256 = "../../../etc/passwd"
	s.picture("g", label.OK).Labels = nil

	dir, sum := run(t, s, "coco", export.Options{})
	l := readLoss(t, dir)
	count := map[string]int{}
	for _, x := range l.Lost {
		count[x.Item]++
		if x.Reason == "" {
			t.Errorf("%+v", x)
		}
	}
	want := map[string]int{"a": 14 + 1, "b": 2, "c": 1, "d": 1, "e": 1, "f": 1}
	if !reflect.DeepEqual(count, want) || sum.Lost != len(l.Lost) || sum.Unlabeled != 1 || l.Summary != sum || l.Format != "coco" || len(l.Drops) == 0 {
		t.Errorf("%v, want %v; %+v", count, want, l)
	}
	var d dataset
	readJSON(t, filepath.Join(dir, "annotations", "instances_default.json"), &d)
	if len(d.Images) != 1 || len(d.Annotations) != 0 {
		t.Errorf("%+v", d)
	}
}

// A mask comes out with the pixels that went in, or is listed as lost.
func FuzzMask(f *testing.F) {
	f.Add(1.0, 1.0, 3.0, 2.0, []byte{1, 2, 1, 1, 1})
	f.Add(0.0, 0.0, 10.0, 8.0, []byte{0, 80})
	f.Add(9.0, 0.0, 2.0, 1.0, []byte{1, 1})
	f.Add(-1.0, 0.5, 1e300, 0.1, []byte{})
	f.Fuzz(func(t *testing.T, x, y, w, h float64, lengths []byte) {
		for _, v := range []float64{x, y, w, h} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Skip("JSON has no such number")
			}
		}
		r := label.Region{Kind: label.Mask, Class: "dent", Rect: &label.Rect{X: x, Y: y, W: w, H: h}}
		on := 0
		for i, n := range lengths {
			r.Runs = append(r.Runs, uint32(n))
			on += i % 2 * int(n)
		}
		s := newSource()
		s.picture("a", label.NotOK, r)
		dir, sum := run(t, s, "coco", export.Options{})
		var d dataset
		readJSON(t, filepath.Join(dir, "annotations", "instances_default.json"), &d)
		if len(d.Annotations)+sum.Lost == 0 || len(d.Annotations) == 1 && sum.Lost != 0 {
			t.Fatalf("%+v, %+v", d, sum)
		}
		if len(d.Annotations) == 1 {
			checkRLE(t, d.Annotations[0].Segmentation, on, d.Annotations[0].Area)
		}
	})
}

func checkRLE(t *testing.T, seg any, on int, area float64) {
	t.Helper()
	all, pixels := 0, 0
	for i, n := range seg.(map[string]any)["counts"].([]any) {
		all += int(n.(float64))
		pixels += i % 2 * int(n.(float64))
	}
	if all != 80 || pixels != on || area != float64(on) {
		t.Errorf("%d pixels, %d on, area %g, want 80 and %d: %v", all, pixels, area, on, seg)
	}
}
