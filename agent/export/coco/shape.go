package coco

import (
	"math"

	"edgelabel/agent/label"
)

// rle is COCO's uncompressed run-length encoding: lengths of off, on, off … pixels, column by column.
type rle struct {
	Counts []int  `json:"counts"`
	Size   [2]int `json:"size"` // height, width
}

// shape draws a region on an image of that size. reason says why it cannot.
func shape(r *label.Region, width, height int) (a *annotation, reason string) {
	switch r.Kind {
	case label.Box:
		if r.Rect == nil {
			return nil, "has no rectangle"
		}
		return &annotation{Segmentation: []int{}, Area: r.Rect.W * r.Rect.H, BBox: [4]float64{r.Rect.X, r.Rect.Y, r.Rect.W, r.Rect.H}}, ""
	case label.RotatedBox:
		if r.Rect == nil {
			return nil, "has no rectangle"
		}
		return outline(corners(*r.Rect, r.Angle)), ""
	case label.Polygon:
		if len(r.Points) < 3 {
			return nil, "has fewer than three points"
		}
		return outline(r.Points), ""
	case label.Mask:
		return mask(r, width, height)
	}
	return nil, "COCO has no " + string(r.Kind)
}

// corners turns a rectangle clockwise about its centre; y points down.
func corners(b label.Rect, degrees float64) [][2]float64 {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	cx, cy := b.X+b.W/2, b.Y+b.H/2
	var out [][2]float64
	for _, c := range [][2]float64{{-b.W / 2, -b.H / 2}, {b.W / 2, -b.H / 2}, {b.W / 2, b.H / 2}, {-b.W / 2, b.H / 2}} {
		out = append(out, [2]float64{cx + c[0]*cos - c[1]*sin, cy + c[0]*sin + c[1]*cos})
	}
	return out
}

// outline is a polygon with its area by the shoelace formula.
func outline(points [][2]float64) *annotation {
	low, high := points[0], points[0]
	var twice float64
	flat := make([]float64, 0, 2*len(points))
	for i, p := range points {
		next := points[(i+1)%len(points)]
		twice += p[0]*next[1] - next[0]*p[1]
		flat = append(flat, p[0], p[1])
		low = [2]float64{min(low[0], p[0]), min(low[1], p[1])}
		high = [2]float64{max(high[0], p[0]), max(high[1], p[1])}
	}
	return &annotation{Segmentation: [][]float64{flat}, Area: math.Abs(twice) / 2, BBox: [4]float64{low[0], low[1], high[0] - low[0], high[1] - low[1]}}
}

// mask turns runs by row inside a rectangle into runs by column over the image, and fits the box to the pixels that are on.
func mask(r *label.Region, width, height int) (*annotation, string) {
	x0, y0, w, h, ok := pixels(r.Rect, width, height)
	if !ok {
		return nil, "mask reaches outside its image or is too large"
	}
	bits := make([]uint64, (w*h+63)/64)
	area, at, on := 0, 0, false
	low, high := [2]int{w, h}, [2]int{}
	for _, run := range r.Runs {
		n := int(run)
		if n > w*h-at {
			return nil, "mask does not fit its rectangle"
		}
		for ; n > 0; n-- {
			if on {
				bits[at/64] |= 1 << (at % 64)
				area++
				low = [2]int{min(low[0], at%w), min(low[1], at/w)}
				high = [2]int{max(high[0], at%w+1), max(high[1], at/w+1)}
			}
			at++
		}
		on = !on
	}
	switch {
	case at != w*h:
		return nil, "mask does not fill its rectangle"
	case area == 0:
		return nil, "mask is empty"
	}
	c := counts{}
	c.add(false, x0*height)
	for x := range w {
		c.add(false, y0)
		for y := range h {
			i := y*w + x
			c.add(bits[i/64]>>(i%64)&1 == 1, 1)
		}
		c.add(false, height-y0-h)
	}
	c.add(false, (width-x0-w)*height)
	box := [4]float64{float64(x0 + low[0]), float64(y0 + low[1]), float64(high[0] - low[0]), float64(high[1] - low[1])}
	return &annotation{Segmentation: rle{c.runs, [2]int{height, width}}, Area: float64(area), BBox: box}, ""
}

// maxMask bounds the memory for one mask, in pixels.
const maxMask = 1 << 28

// pixels is a rectangle of whole pixels inside the image.
func pixels(b *label.Rect, width, height int) (x, y, w, h int, ok bool) {
	if b == nil || !(b.X >= 0 && b.Y >= 0 && b.W >= 1 && b.H >= 1 && b.X+b.W <= float64(width) && b.Y+b.H <= float64(height)) {
		return 0, 0, 0, 0, false
	}
	x, y, w, h = int(b.X), int(b.Y), int(b.W), int(b.H)
	return x, y, w, h, w <= maxMask/h
}

// counts merges runs; the first is of pixels that are off.
type counts struct {
	runs []int
	on   bool
}

func (c *counts) add(on bool, n int) {
	if n == 0 {
		return
	}
	if len(c.runs) == 0 {
		c.runs = append(c.runs, 0)
	}
	if on != c.on {
		c.runs = append(c.runs, 0)
		c.on = on
	}
	c.runs[len(c.runs)-1] += n
}
