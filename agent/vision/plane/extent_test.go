package plane_test

import (
	"math"
	"testing"

	"edgelabel/agent/vision/plane"
)

func TestMeasure(t *testing.T) {
	const width = 200
	bar := func(length, wide, degrees float64) (pixels []int32) {
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		for i := range width * width {
			dx, dy := float64(i%width)+0.5-100, float64(i/width)+0.5-80
			if math.Abs(dx*cos+dy*sin) <= length/2 && math.Abs(dy*cos-dx*sin) <= wide/2 {
				pixels = append(pixels, int32(i))
			}
		}
		return pixels
	}
	for _, degrees := range []float64{0, 30, 90, -45, 60, -80} {
		e := plane.Measure(bar(60, 12, degrees), width)
		if math.Abs(e.Length-60) > 2 || math.Abs(e.Width-12) > 2 || math.Abs(e.Angle-degrees) > 1.5 || math.Abs(e.X-100) > 0.6 || math.Abs(e.Y-80) > 0.6 {
			t.Errorf("bar of 60 by 12 at %v degrees: %+v", degrees, e)
		}
	}
	if e := plane.Measure([]int32{5*width + 7}, width); e != (plane.Extent{Length: 1, Width: 1, X: 7.5, Y: 5.5}) {
		t.Errorf("a pixel: %+v", e)
	}
	if e := plane.Measure(nil, width); e != (plane.Extent{}) {
		t.Errorf("nothing: %+v", e)
	}
	if d := plane.Round(math.Pi * 25); math.Abs(d-10) > 1e-9 {
		t.Error(d)
	}
}
