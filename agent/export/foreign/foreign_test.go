package foreign_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"edgelabel/agent/export"
	"edgelabel/agent/export/foreign"
	"edgelabel/agent/export/formats"
	"edgelabel/agent/label"
)

// one is a source of one picture of 20 by 10 pixels that is not ok, and one that is.
type one struct{ regions []label.Region }

func drawing(seed int) []byte {
	var b bytes.Buffer
	im := image.NewGray(image.Rect(0, 0, 20, 10))
	im.Pix[seed] = 255
	_ = png.Encode(&b, im) // a buffer takes everything
	return b.Bytes()
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func (o one) Each(_ context.Context, yield func(export.Record) error) error {
	for i, v := range []label.Verdict{label.NotOK, label.OK} {
		sha := sum(drawing(i))
		r := export.Record{Item: label.Item{ID: fmt.Sprint("item", i), Images: []label.Image{{SHA256: sha, Format: "png", Width: 20, Height: 10}}},
			Labels: []label.Label{{ID: fmt.Sprint("label", i), Draft: label.Draft{Verdict: v}}}}
		if i == 0 {
			for k, region := range o.regions {
				region.ID, region.Image, region.Class = fmt.Sprint(k), sha, "dent"
				r.Labels[0].Regions = append(r.Labels[0].Regions, region)
			}
		}
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}

func (o one) Taxonomy(context.Context) (label.Taxonomy, error) {
	return label.Taxonomy{Classes: []label.Class{{ID: "scratch"}, {ID: "dent"}}}, nil
}

func (o one) OpenBlob(sha string) (io.ReadSeekCloser, error) {
	for i := range 2 {
		if b := drawing(i); sum(b) == sha {
			return struct {
				io.ReadSeeker
				io.Closer
			}{bytes.NewReader(b), io.NopCloser(nil)}, nil
		}
	}
	return nil, os.ErrNotExist
}

var (
	box     = label.Region{Kind: label.Box, Rect: &label.Rect{X: 1, Y: 2, W: 6, H: 4}}
	turned  = label.Region{Kind: label.RotatedBox, Rect: &label.Rect{X: 4, Y: 3, W: 8, H: 2}, Angle: 30}
	polygon = label.Region{Kind: label.Polygon, Points: [][2]float64{{0, 0}, {8, 1}, {3, 9}}}
	mask    = label.Region{Kind: label.Mask, Rect: &label.Rect{X: 12, Y: 6, W: 3, H: 2}, Runs: []uint32{1, 2, 2, 1}}
	point   = label.Region{Kind: label.Point, Points: [][2]float64{{5, 4}}}
	line    = label.Region{Kind: label.Polyline, Points: [][2]float64{{1, 1}, {2, 2}, {3, 1}}}
)

// TestRoundTrip reads back what the exports wrote: the same regions, in the same places.
func TestRoundTrip(t *testing.T) {
	for _, c := range []struct {
		format, reader string
		regions        []label.Region
	}{
		{"coco", "coco", []label.Region{box, polygon, mask}}, {"yolo", "yolo", []label.Region{box}}, {"yolo-seg", "yolo", []label.Region{polygon}},
		{"voc", "voc", []label.Region{box}}, {"labelstudio", "labelstudio", []label.Region{box, turned, polygon, mask, point}},
		{"cvat", "cvat", []label.Region{box, turned, polygon, mask, point, line}},
		{"datumaro", "datumaro", []label.Region{box, polygon, mask, point, line}},
	} {
		out := filepath.Join(t.TempDir(), "out")
		if _, err := export.Run(t.Context(), one{c.regions}, c.format, formats.All()[c.format], export.Options{Out: out}); err != nil {
			t.Fatal(err)
		}
		all := read(t, c.reader, os.DirFS(out))
		slices.SortFunc(all, func(a, b *foreign.Picture) int { return len(b.Regions) - len(a.Regions) })
		if len(all) != 2 || all[0].Verdict != label.NotOK || all[1].Verdict != label.OK || len(all[0].Lost)+len(all[1].Regions) > 0 || len(all[0].Regions) != len(c.regions) {
			t.Errorf("%s: %+v", c.format, all)
			continue
		}
		if _, err := os.Stat(filepath.Join(out, all[0].File)); err != nil {
			t.Errorf("%s: %v", c.format, err)
		}
		for i, r := range all[0].Regions {
			if !same(r, c.regions[i]) || r.Class != "dent" {
				t.Errorf("%s: %s came back as %+v", c.format, c.regions[i].Kind, r)
			}
		}
	}
}

func same(a, b label.Region) bool {
	near := func(x, y float64) bool { return math.Abs(x-y) < 1e-5 }
	if a.Kind != b.Kind || len(a.Points) != len(b.Points) || !near(a.Angle, b.Angle) || (a.Rect == nil) != (b.Rect == nil) {
		return false
	}
	for i, p := range a.Points {
		if !near(p[0], b.Points[i][0]) || !near(p[1], b.Points[i][1]) {
			return false
		}
	}
	if a.Kind == label.Mask {
		return slices.Equal(pixels(a), pixels(b))
	}
	return a.Rect == nil || near(a.Rect.X, b.Rect.X) && near(a.Rect.Y, b.Rect.Y) && near(a.Rect.W, b.Rect.W) && near(a.Rect.H, b.Rect.H)
}

// pixels are those of a mask that are on, as places on a wide picture.
func pixels(r label.Region) (on []int) {
	at := 0
	for i, n := range r.Runs {
		for range n {
			if i%2 == 1 {
				on = append(on, (int(r.Rect.Y)+at/int(r.Rect.W))*1000+int(r.Rect.X)+at%int(r.Rect.W))
			}
			at++
		}
	}
	return on
}

func read(t *testing.T, format string, dataset fs.FS) (all []*foreign.Picture) {
	t.Helper()
	err := foreign.Readers()[format](dataset, func(p *foreign.Picture) error { all = append(all, p); return nil })
	if err != nil {
		t.Fatal(format, err)
	}
	return all
}

func TestLabelme(t *testing.T) {
	all := read(t, "labelme", fstest.MapFS{"a.png": {Data: drawing(0)}, "a.json": {Data: []byte(`{"imagePath":"a.png","imageWidth":20,"imageHeight":10,"flags":{"blur":true},
		"shapes":[{"label":"dent","shape_type":"rectangle","points":[[8,6],[2,1]]},{"label":"dent","points":[[0,0],[30,0],[0,5]]},
		{"label":"dent","shape_type":"circle","points":[[10,5],[12,5]]},{"label":"dent","shape_type":"linestrip","points":[[1,1],[2,2]]},
		{"label":"dent","shape_type":"mask","points":[[1,1],[2,2]]}]}`)}})
	p := all[0]
	if len(p.Regions) != 4 || len(p.Lost) != 2 || p.File != "a.png" || p.Verdict != label.NotOK {
		t.Fatalf("%+v", p)
	}
	if *p.Regions[0].Rect != (label.Rect{X: 2, Y: 1, W: 6, H: 5}) || p.Regions[1].Points[1] != [2]float64{20, 0} || len(p.Regions[2].Points) != 32 {
		t.Errorf("%+v", p.Regions)
	}
}

// Files as other tools write them: compressed masks, several polygons, names as a list, oriented boxes, uploads with a prefix.
func TestOtherToolsFiles(t *testing.T) {
	coco := read(t, "coco", fstest.MapFS{"annotations/instances_train.json": {Data: []byte(`{"images":[{"id":1,"width":20,"height":10,"file_name":"a.png"},{"id":2,"width":4,"height":4,"file_name":"../b.png"}],
		"categories":[{"id":7,"name":"dent"}],"annotations":[{"id":3,"image_id":1,"category_id":7,"segmentation":[[0,0,4,0,0,4],[9,9,12,9,9,5]],"bbox":[0,0,4,4]},
		{"id":4,"image_id":1,"category_id":7,"segmentation":{"counts":"X47cn0","size":[10,20]},"bbox":[0,0,1,1]},{"id":5,"image_id":2,"category_id":7}]}`)}, "images/a.png": {}})
	if len(coco[0].Regions)+len(coco[0].Lost) != 3 || coco[0].File != "images/a.png" || len(coco[1].Lost) != 1 {
		t.Errorf("%+v, %+v", coco[0], coco[1])
	}
	yolo := read(t, "yolo", fstest.MapFS{"data.yaml": {Data: []byte("names: [scratch, dent]\n")}, "images/train/a.png": {Data: drawing(0)},
		"images/train/b.png": {Data: drawing(1)}, "labels/train/a.txt": {Data: []byte("1 0 0 0.5 0 0.5 0.5 0 0.5\n9 0.5 0.5 0.1 0.1\n1 x\n\n")}})
	if len(yolo) != 2 || len(yolo[0].Regions) != 1 || len(yolo[0].Lost) != 2 || yolo[0].Regions[0].Class != "dent" || yolo[1].Verdict != label.Undefined {
		t.Errorf("%+v", yolo)
	}
	studio := read(t, "labelstudio", fstest.MapFS{"project.json": {Data: []byte(`[{"data":{"image":"/data/upload/3/1a2b3c4d-part-7.png"},"annotations":[{"result":[
		{"type":"timeserieslabels","value":{"start":1,"end":2,"timeserieslabels":["x"]}}]}]},{"data":{"csv":"x"}}]`)}, "images/part-7.png": {}})
	if len(studio) != 1 || studio[0].File != "images/part-7.png" || len(studio[0].Lost) != 1 {
		t.Errorf("%+v", studio[0])
	}
}

// fuzz holds that a reader never panics, and that every region it gives lies on its picture.
func fuzz(t *testing.T, format string, files fstest.MapFS) {
	files["images/a.png"] = &fstest.MapFile{Data: drawing(0)}
	err := foreign.Readers()[format](files, func(p *foreign.Picture) error {
		for _, r := range p.Regions {
			r.ID, r.Image, r.Class = "r", "x", ""
			it := label.Item{Images: []label.Image{{SHA256: "x", Width: p.Width, Height: p.Height}}}
			d := label.Draft{Verdict: label.NotOK, Regions: []label.Region{r}}
			if err := d.Check(&it, &label.Taxonomy{}); err != nil {
				t.Errorf("%s: %v", r.Kind, err)
			}
		}
		return nil
	})
	if err != nil && err.Error() == "" {
		t.Error("an error without words")
	}
}

func FuzzCOCO(f *testing.F) {
	f.Add([]byte(`{"images":[{"id":1,"width":5,"height":4,"file_name":"a.png"}],"annotations":[{"image_id":1,"bbox":[1,1,9,9]},{"image_id":1,"segmentation":{"counts":[3,4,13]}},{"image_id":1,"segmentation":{"counts":"52203"}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) { fuzz(t, "coco", fstest.MapFS{"a.json": {Data: b}}) })
}

func FuzzYOLO(f *testing.F) {
	f.Add([]byte("names: {0: a}"), []byte("0 0.5 0.5 0.2 0.2\n0 0 0 1 0 1 1\n"))
	f.Fuzz(func(t *testing.T, yaml, text []byte) {
		fuzz(t, "yolo", fstest.MapFS{"data.yaml": {Data: yaml}, "labels/a.txt": {Data: text}})
	})
}

func FuzzVOC(f *testing.F) {
	f.Add([]byte(`<annotation><filename>a.png</filename><size><width>9</width><height>9</height></size><object><name>a</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>3</xmax><ymax>3</ymax></bndbox></object></annotation>`))
	f.Fuzz(func(t *testing.T, b []byte) { fuzz(t, "voc", fstest.MapFS{"Annotations/a.xml": {Data: b}}) })
}

func FuzzCVAT(f *testing.F) {
	f.Add([]byte(`<annotations><image name="a.png" width="9" height="9"><box xtl="1" ytl="1" xbr="4" ybr="4" rotation="3"/><mask rle="1,2,1" left="1" top="1" width="2" height="2"/><points points="1,2;3,4"/></image></annotations>`))
	f.Fuzz(func(t *testing.T, b []byte) { fuzz(t, "cvat", fstest.MapFS{"annotations.xml": {Data: b}}) })
}

func FuzzLabelme(f *testing.F) {
	f.Add([]byte(`{"imagePath":"a.png","imageWidth":9,"imageHeight":9,"shapes":[{"label":"x","points":[[1,1],[2,2],[3,1]]},{"shape_type":"circle","points":[[1,1],[1e308,2]]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) { fuzz(t, "labelme", fstest.MapFS{"a.json": {Data: b}}) })
}

func FuzzDatumaro(f *testing.F) {
	f.Add([]byte(`{"categories":{"label":{"labels":[{"name":"dent"}]}},"items":[{"annotations":[{"type":"mask","label_id":0,"rle":{"counts":"52203"}},{"type":"bbox","label_id":7,"bbox":[1,1,2,2]}],"image":{"path":"a.png","size":[10,20]}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) { fuzz(t, "datumaro", fstest.MapFS{"annotations/a.json": {Data: b}}) })
}

func FuzzLabelStudio(f *testing.F) {
	f.Add([]byte(`[{"data":{"image":"a.png"},"annotations":[{"result":[{"original_width":9,"original_height":9,"value":{"x":1,"y":1,"width":10,"height":10,"rotation":9,"rectanglelabels":["a"]}},{"original_width":1,"original_height":1,"value":{"brushlabels":["a"],"rle":[0,0,0,4,57,27,252,1,255]}}]}]}]`))
	f.Fuzz(func(t *testing.T, b []byte) { fuzz(t, "labelstudio", fstest.MapFS{"a.json": {Data: b}}) })
}
