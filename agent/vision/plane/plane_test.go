package plane_test

import (
	"image"
	"math/rand/v2"
	"slices"
	"testing"

	"edgelabel/agent/vision/plane"
)

func random(w, h int, seed uint64) *image.Gray {
	rng := rand.New(rand.NewPCG(seed, 1))
	m := plane.New(w, h)
	for i := range m.Pix {
		m.Pix[i] = uint8(rng.IntN(256))
	}
	return m
}

func TestExtremesAgainstTheirDefinition(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {1, 9}, {9, 1}, {7, 5}, {23, 17}} {
		for r := range 5 {
			m := random(size.X, size.Y, uint64(r))
			dark, bright := plane.Darkest(m, r), plane.Brightest(m, r)
			for y := range size.Y {
				for x := range size.X {
					lo, hi := around(m, x, y, r)
					if at := y*size.X + x; dark.Pix[at] != lo || bright.Pix[at] != hi {
						t.Fatalf("%v r %d at %d,%d: %d, %d want %d, %d", size, r, x, y, dark.Pix[at], bright.Pix[at], lo, hi)
					}
				}
			}
		}
	}
}

func around(m *image.Gray, x, y, r int) (lo, hi uint8) {
	lo = 255
	box := image.Rect(x-r, y-r, x+r+1, y+r+1).Intersect(m.Rect)
	for v := box.Min.Y; v < box.Max.Y; v++ {
		for u := box.Min.X; u < box.Max.X; u++ {
			lo, hi = min(lo, m.GrayAt(u, v).Y), max(hi, m.GrayAt(u, v).Y)
		}
	}
	return lo, hi
}

func TestWarp(t *testing.T) {
	m := random(50, 30, 1)
	same := plane.Warp(m, plane.New(50, 30), func(x, y int) (float64, float64) { return float64(x), float64(y) })
	if !slices.Equal(same.Pix, m.Pix) {
		t.Error("standing still changes the picture")
	}
	instead := random(50, 30, 2)
	moved := plane.Warp(m, instead, func(x, y int) (float64, float64) { return float64(x) + 3, float64(y) - 2 })
	for y := range 30 {
		for x := range 50 {
			want := instead.GrayAt(x, y)
			if p := image.Pt(x+3, y-2); p.In(m.Rect) {
				want = m.GrayAt(p.X, p.Y)
			}
			if moved.GrayAt(x, y) != want {
				t.Fatalf("at %d,%d: %v want %v", x, y, moved.GrayAt(x, y), want)
			}
		}
	}
}

func TestHalve(t *testing.T) {
	m := plane.New(5, 2)
	copy(m.Pix, []uint8{0, 4, 8, 8, 255, 4, 8, 8, 8, 255})
	if h := plane.Halve(m); h.Rect != image.Rect(0, 0, 2, 1) || h.Pix[0] != 4 || h.Pix[1] != 8 {
		t.Errorf("%v %v", h.Rect, h.Pix)
	}
	if thin := plane.New(1, 8); plane.Halve(thin) != thin {
		t.Error("a picture one pixel wide is halved")
	}
}

func TestBlobs(t *testing.T) {
	mask := []uint8{
		1, 0, 0, 1,
		0, 1, 0, 0,
		0, 0, 0, 1,
	}
	blobs := plane.Blobs(mask, 4)
	if len(blobs) != 3 || blobs[0].Box != image.Rect(0, 0, 2, 2) || len(blobs[0].Pixels) != 2 || blobs[2].Box != image.Rect(3, 2, 4, 3) {
		t.Errorf("%+v", blobs)
	}
	if slices.Max(mask) != 0 {
		t.Error("the mask is left as it was")
	}
}
