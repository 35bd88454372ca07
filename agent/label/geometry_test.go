package label_test

import (
	"math"
	"testing"

	"edgelabel/agent/label"
)

func TestGeometryIsInThePartsOwnCoordinates(t *testing.T) {
	plain := label.Image{SHA256: "a", Width: 1000, Height: 800, MMPerPx: 0.1}
	turned := plain
	turned.SHA256, turned.Datum = "b", &label.Datum{X: 100, Y: 200, Angle: 90} // the part's x axis points down the picture
	it := &label.Item{Images: []label.Image{plain, turned, {SHA256: "c"}}}
	square := [][2]float64{{100, 100}, {140, 100}, {140, 140}, {100, 140}}
	for name, c := range map[string]struct {
		region label.Region
		want   label.Geometry
	}{
		"box": {label.Region{Kind: label.Box, Image: "a", Rect: &label.Rect{X: 10, Y: 20, W: 40, H: 30}},
			label.Geometry{Size: label.Size{Length: 4, Width: 3, Area: 12}, Diameter: 3.9088, At: &label.Position{X: 3, Y: 3.5, Frame: label.OnPicture}}},
		"what the label says counts": {label.Region{Kind: label.Box, Image: "a", Rect: &label.Rect{X: 10, Y: 20, W: 40, H: 30}, Size: &label.Size{Length: 3.5, Width: 1, Area: math.Pi}},
			label.Geometry{Size: label.Size{Length: 3.5, Width: 1, Area: math.Pi}, Diameter: 2, At: &label.Position{X: 3, Y: 3.5, Frame: label.OnPicture}}},
		"in the part": {label.Region{Kind: label.Point, Image: "b", Points: [][2]float64{{90, 250}}},
			label.Geometry{At: &label.Position{X: 5, Y: 1, Frame: label.InPart}}},
		"polygon": {label.Region{Kind: label.Polygon, Image: "b", Points: square},
			label.Geometry{At: &label.Position{X: -8, Y: -2, Frame: label.InPart}}},
		"mask over two rows": {label.Region{Kind: label.Mask, Image: "a", Rect: &label.Rect{X: 10, Y: 10, W: 4, H: 2}, Runs: []uint32{2, 4, 2}, Size: &label.Size{}},
			label.Geometry{At: &label.Position{X: 1.2, Y: 1.1, Frame: label.OnPicture}}},
	} {
		got := it.Geometry(&c.region)
		if got == nil || got.At == nil || got.At.Frame != c.want.At.Frame {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		for _, v := range [][2]float64{{got.Length, c.want.Length}, {got.Width, c.want.Width}, {got.Area, c.want.Area}, {got.Diameter, c.want.Diameter}, {got.At.X, c.want.At.X}, {got.At.Y, c.want.At.Y}} {
			if math.Abs(v[0]-v[1]) > 1e-4 {
				t.Errorf("%s: %+v, want %+v", name, *got, c.want)
				break
			}
		}
	}
	measured := label.Region{Kind: label.Box, Image: "c", Rect: &label.Rect{W: 1, H: 1}, Size: &label.Size{Length: 2, Width: 1}}
	if g := it.Geometry(&measured); g == nil || g.Length != 2 || g.At != nil {
		t.Errorf("a size without a scale: %+v", g)
	}
	for _, r := range []label.Region{{Kind: label.Box, Image: "c", Rect: &label.Rect{W: 1, H: 1}}, {Kind: label.Box, Image: "d", Rect: &label.Rect{W: 1, H: 1}}, {Kind: label.Interval, Image: "a"}} {
		if g := it.Geometry(&r); g != nil {
			t.Errorf("%+v has %+v", r, g)
		}
	}
}
