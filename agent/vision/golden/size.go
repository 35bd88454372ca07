package golden

import (
	"image"
	"math"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/plane"
)

// A picture of another size is brought to that of the good ones where it has their shape: somebody changed what the camera sends. One that
// is less than half as large has lost what is looked for.
const (
	sameShape = 0.02 // of the ratio of the sides
	smallest  = 0.5
	largest   = 8
)

// sized is a picture in the size of the good ones, and by how much it was larger than they are; the picture itself where that is not wanted.
func (m *Model) sized(picture *image.Gray) (_ *image.Gray, times float64) {
	best := 0.0
	var to image.Rectangle
	for _, l := range m.layouts {
		if fits(l.first, picture) {
			return picture, 1
		}
		across, down := float64(picture.Rect.Dx())/float64(l.first.Rect.Dx()), float64(picture.Rect.Dy())/float64(l.first.Rect.Dy())
		near := math.Abs(math.Log(across))
		if math.Abs(across/down-1) <= sameShape && across >= smallest && across <= largest && (best == 0 || near < math.Abs(math.Log(best))) {
			best, to = across, l.first.Rect
		}
	}
	if best == 0 {
		return picture, 1
	}
	return plane.Stretch(picture, to.Dx(), to.Dy()), best
}

// enlarge puts a finding back into a picture that was so many times as large as the one that was judged.
func enlarge(f vision.Finding, times float64, picture image.Rectangle) vision.Finding {
	at := func(v int) int { return int(math.Round(float64(v) * times)) }
	for i := range f.Regions {
		r := &f.Regions[i]
		r.Box = image.Rect(at(r.Box.Min.X), at(r.Box.Min.Y), at(r.Box.Max.X), at(r.Box.Max.Y)).Intersect(picture)
		r.Area = min(int(math.Round(float64(r.Area)*times*times)), r.Box.Dx()*r.Box.Dy())
		if s := r.Shape; s != nil {
			r.Shape = &plane.Extent{Length: s.Length * times, Width: s.Width * times, Angle: s.Angle, X: s.X * times, Y: s.Y * times}
		}
	}
	return f
}
