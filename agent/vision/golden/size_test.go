package golden_test

import (
	"image"
	"testing"

	"edgelabel/agent/vision/golden"
	"edgelabel/agent/vision/plane"
)

// TestOtherSizes judges pictures of a camera that was set to another size, and says where they are wrong in their own pixels.
func TestOtherSizes(t *testing.T) {
	m := learn(t, part(0, 0, 0, 1, 1, 1))
	bad := func() *image.Gray { return fill(part(0, 0, 0, 1, 2, 3), image.Rect(100, 190, 116, 204), 60) }
	for _, size := range []int{side / 2, side * 5 / 2} {
		if f := inspect(t, m, plane.Stretch(part(3, 2, 0, 1, 2, 2), size, size)); len(f.Regions) > 0 || f.Score >= .5 {
			t.Errorf("a good part of %d pixels: %+v", size, f)
		}
		f := inspect(t, m, plane.Stretch(bad(), size, size))
		if len(f.Regions) != 1 {
			t.Fatalf("a bad part of %d pixels: %+v", size, f)
		}
		r, times := f.Regions[0], float64(size)/side
		want := image.Rect(int(100*times), int(190*times), int(116*times), int(204*times))
		if !want.In(r.Box) || r.Box.Dx() > 3*want.Dx() || r.Area > r.Box.Dx()*r.Box.Dy() {
			t.Errorf("%d pixels: %v, want %v", size, r.Box, want)
		}
		if wide := 16 * times; r.Shape.Length < .8*wide || r.Shape.Length > 1.4*wide {
			t.Errorf("%d pixels: %+v, want a length of %.0f", size, *r.Shape, wide)
		}
	}
	for name, picture := range map[string]*image.Gray{
		"too small": plane.Stretch(part(0, 0, 0, 1, 1, 2), side/4, side/4), "of another shape": plane.Stretch(part(0, 0, 0, 1, 1, 2), 2*side, side),
	} {
		if f := inspect(t, m, picture); len(f.Regions) != 1 || f.Regions[0].Type != golden.WrongPart {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
