package formats_test

import (
	"cmp"
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"edgelabel/agent/export"
)

// mark is a region as a reader sees it: the upright box around it and, of a mask, how many pixels are on.
type mark struct {
	Class            string
	X, Y, W, H, Area float64
}

// sight is a picture as a reader sees it; sights are by file name without extension.
type (
	sight struct {
		Split string
		Marks []mark
	}
	sights map[string]*sight
)

// lined is what line holds, where a format has a place for it.
func lined(s *source, hasMasks bool) sights {
	top, side := s.records[0].Item.Images[0].SHA256, s.records[0].Item.Images[1].SHA256
	want := sights{
		top: {"train", []mark{{Class: "dent", X: 2, Y: 18, W: 10, H: 10}, {Class: "dent", X: 5, Y: 6, W: 10, H: 8},
			{Class: "scratch", X: 19.804, Y: 5.268, W: 12.392, H: 9.464}}},
		side:                               {"train", []mark{{Class: "scratch", X: 3.25, Y: 2, W: 6, H: 7}}},
		s.records[1].Item.Images[0].SHA256: {"train", nil},
		s.records[2].Item.Images[0].SHA256: {"val", []mark{{Class: "dent", W: 40, H: 30}}},
	}
	if hasMasks {
		want[top].Marks = append(want[top].Marks, mark{"scratch", 30, 20, 5, 5, 16})
	}
	return want
}

// TestReaders opens what was labelled with readers of other people, or after the rules that a format's own project publishes.
func TestReaders(t *testing.T) {
	for format, read := range map[string]func(t *testing.T, dir string) sights{
		"tfrecord": node("tfrecord"), "labelstudio": node("labelstudio"),
		"coco": readCOCO, "datumaro": readDatumaro, "cvat": readCVAT, "voc": readVOC,
		"yolo": readYOLO(5), "yolo-obb": readYOLO(9), "yolo-seg": readYOLO(0),
	} {
		t.Run(format, func(t *testing.T) {
			s := line(t)
			dir, _ := run(t, s, format, export.Options{Split: lineSplit(t)})
			sameSights(t, read(t, dir), lined(s, format != "yolo-seg"))
		})
	}
}

func sameSights(t *testing.T, got, want sights) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d pictures, want %d", len(got), len(want))
	}
	for name, w := range want {
		g := got[name]
		if g == nil || g.Split != w.Split || len(g.Marks) != len(w.Marks) {
			t.Errorf("picture %.8s: %+v, want %+v", name, g, w)
			continue
		}
		slices.SortFunc(g.Marks, func(a, b mark) int { return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.X, b.X)) })
		for i, m := range w.Marks {
			if !m.is(g.Marks[i]) {
				t.Errorf("picture %.8s: %+v, want %+v", name, g.Marks[i], m)
			}
		}
	}
}

// is reports whether every edge is at most half a pixel away. Formats without masks say no area.
func (m mark) is(o mark) bool {
	near := func(a, b float64) bool { return math.Abs(a-b) <= 0.5 }
	return m.Class == o.Class && near(m.X, o.X) && near(m.Y, o.Y) && near(m.X+m.W, o.X+o.W) && near(m.Y+m.H, o.Y+o.H) && (o.Area == 0 || o.Area == m.Area)
}

// TestPillowReadsMasks counts the pixels of each class as Pillow sees them, which hands them to segmentation trainers.
func TestPillowReadsMasks(t *testing.T) {
	s := line(t)
	dir, _ := run(t, s, "masks", export.Options{Split: lineSplit(t)})
	const script = `import json, os, sys
from PIL import Image
out = {}
for name in os.listdir(sys.argv[1]):
    im = Image.open(os.path.join(sys.argv[1], name))
    assert im.mode == "P" and im.size in ((40, 30), (32, 24)), (im.mode, im.size)
    out[name[:-4]] = {str(v): n for n, v in im.getcolors() if v}
print(json.dumps(out))`
	var got map[string]map[string]int
	pillow(t, script, filepath.Join(dir, "masks"), &got)
	images := s.records[0].Item.Images
	top := got[images[0].SHA256]
	if top["2"] != 80+100 || math.Abs(float64(top["1"]-(48+16))) > 4 || len(top) != 2 { // the edges of what is turned fall between pixels
		t.Errorf("%v", top)
	}
	if side := got[images[1].SHA256]; len(side) != 1 || side["1"] != 6*7 {
		t.Errorf("%v", side)
	}
	if good := got[s.records[1].Item.Images[0].SHA256]; good == nil || len(good) != 0 {
		t.Errorf("%v", good)
	}
	if last := got[s.records[2].Item.Images[0].SHA256]; len(last) != 1 || last["2"] != 40*30 {
		t.Errorf("%v", last)
	}
}

// TestPillowReadsFolders walks the folders as torchvision's ImageFolder does: classes are the folders of a split, in order, and the pictures
// keep their bits.
func TestPillowReadsFolders(t *testing.T) {
	dir, _ := run(t, line(t), "imagefolder", export.Options{Split: lineSplit(t)})
	const script = `import json, os, sys
from PIL import Image
def modes(d):
    return [Image.open(os.path.join(d, n)).mode for n in os.listdir(d)]
print(json.dumps({s: {c: modes(os.path.join(sys.argv[1], s, c)) for c in sorted(os.listdir(os.path.join(sys.argv[1], s)))} for s in ("train", "val")}))`
	var got any
	pillow(t, script, dir, &got)
	b, err := json.Marshal(got)
	if want := `{"train":{"dent":[],"ok":["L"],"scratch":["I"]},"val":{"dent":["RGB"],"ok":[],"scratch":[]}}`; err != nil || string(b) != want {
		t.Errorf("%s, %v, want %s", b, err, want)
	}
}
