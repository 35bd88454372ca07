package formats_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"testing"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

// line is what readers of other people are given: one part seen by two cameras, one of them with 16 bits a pixel, with
// regions of most kinds and a signal; a good part; and one in the other split. The pictures are real ones.
func line(t *testing.T) *source {
	t.Helper()
	s := newSource()
	top := photo(t, s, "cam-上", image.NewGray(image.Rect(0, 0, 40, 30)), 1)
	side := photo(t, s, "cam-侧", image.NewGray16(image.Rect(0, 0, 32, 24)), 2)
	part := s.real("件-01", label.NotOK, top, side)
	part.Labels[0].Comment = "划伤 <2 mm> & \"毛刺\""
	part.Item.Window = &label.WindowRef{From: 1e18, To: 1e18 + 2e9, Tags: []string{"力 <kN>"}}
	part.Labels[0].Regions = []label.Region{
		{ID: "shake", Kind: label.Interval, Class: "chatter", From: 1e18, To: 1e18 + 1e9, Tags: []string{"力 <kN>"}},
		{ID: "box", Kind: label.Box, Class: "dent", Image: top.SHA256, Rect: &label.Rect{X: 5, Y: 6, W: 10, H: 8}, Attributes: map[string]string{"depth": "深"}},
		{ID: "turned", Kind: label.RotatedBox, Class: "scratch", Image: top.SHA256, Rect: &label.Rect{X: 20, Y: 8, W: 12, H: 4}, Angle: 30},
		{ID: "polygon", Kind: label.Polygon, Class: "dent", Image: top.SHA256, Points: [][2]float64{{2, 18}, {12, 18}, {12, 28}, {2, 28}}},
		{ID: "ring", Kind: label.Mask, Class: "scratch", Image: top.SHA256, Rect: &label.Rect{X: 30, Y: 20, W: 5, H: 5}, Runs: ring()},
		{ID: "line", Kind: label.Polyline, Class: "dent", Image: top.SHA256, Points: [][2]float64{{1, 1}, {9, 3}}},
		{ID: "side", Kind: label.Box, Class: "scratch", Image: side.SHA256, Rect: &label.Rect{X: 3.25, Y: 2, W: 6, H: 7}},
	}
	s.real("件-02", label.OK, photo(t, s, "cam-上", image.NewGray(image.Rect(0, 0, 40, 30)), 3))
	last := photo(t, s, "cam-上", image.NewRGBA(image.Rect(0, 0, 40, 30)), 4)
	s.real("件-04", label.NotOK, last).Labels[0].Regions = []label.Region{
		{ID: "edge", Kind: label.Box, Class: "dent", Image: last.SHA256, Rect: &label.Rect{X: 0, Y: 0, W: 40, H: 30}}}
	return s
}

// ring is a square of five pixels with a hole of three: sixteen pixels are on.
func ring() []uint32 { return []uint32{0, 6, 3, 2, 3, 2, 3, 6} }

// photo keeps a picture of one grey; a coloured one is a JPEG.
func photo(t *testing.T, s *source, camera string, im draw.Image, shade uint16) label.Image {
	t.Helper()
	for i := range im.Bounds().Dx() * im.Bounds().Dy() {
		im.Set(i%im.Bounds().Dx(), i/im.Bounds().Dx(), color.Gray16{Y: shade*5000 + 7})
	}
	var out bytes.Buffer
	format, err := "png", error(nil)
	if _, coloured := im.(*image.RGBA); coloured {
		format, err = "jpeg", jpeg.Encode(&out, im, nil)
	} else {
		err = png.Encode(&out, im)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.blobs[sum(out.Bytes())] = out.Bytes()
	return label.Image{SHA256: sum(out.Bytes()), Bytes: int64(out.Len()), Format: format, Width: im.Bounds().Dx(), Height: im.Bounds().Dy(), Taken: 1e18, Camera: camera}
}

// real adds an item with real pictures, judged without regions.
func (s *source) real(id string, v label.Verdict, images ...label.Image) *export.Record {
	s.records = append(s.records, export.Record{
		Item:   label.Item{ID: id, Kind: label.KindImage, At: 1e18, Part: label.Part{PartID: "P-" + id}, Images: images},
		Labels: []label.Label{{ID: "L-" + id, Item: id, Rev: 1, By: label.Person{ID: "李"}, Draft: label.Draft{Verdict: v}}},
	})
	return &s.records[len(s.records)-1]
}

// lineSplit trains with the first two parts and validates with the third.
func lineSplit(t *testing.T) *export.Split {
	t.Helper()
	split, err := export.ParseSplit("60/40", 7, export.ByPart)
	if err != nil {
		t.Fatal(err)
	}
	return split
}
