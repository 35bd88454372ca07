// Package shape is the geometry that dataset formats share. Coordinates are those of label.Region: pixels from the top left, y down.
package shape

import (
	"math"

	"edgelabel/agent/label"
)

// Corners turns a rectangle clockwise about its centre. They go round from what was the top left, clockwise.
func Corners(b label.Rect, degrees float64) [][2]float64 {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	cx, cy := b.X+b.W/2, b.Y+b.H/2
	var out [][2]float64
	for _, c := range [][2]float64{{-b.W / 2, -b.H / 2}, {b.W / 2, -b.H / 2}, {b.W / 2, b.H / 2}, {-b.W / 2, b.H / 2}} {
		out = append(out, [2]float64{cx + c[0]*cos - c[1]*sin, cy + c[0]*sin + c[1]*cos})
	}
	return out
}

// Outline is the closed outline of a box, a rotated box or a polygon. reason says why there is none.
func Outline(r *label.Region) (points [][2]float64, reason string) {
	switch r.Kind {
	case label.Box, label.RotatedBox:
		if r.Rect == nil {
			return nil, "has no rectangle"
		}
		angle := r.Angle
		if r.Kind == label.Box {
			angle = 0
		}
		return Corners(*r.Rect, angle), ""
	case label.Polygon:
		if len(r.Points) < 3 {
			return nil, "has fewer than three points"
		}
		return r.Points, ""
	}
	return nil, string(r.Kind) + " has no outline"
}

// Bounds is the smallest upright rectangle around points; there is at least one.
func Bounds(points [][2]float64) label.Rect {
	low, high := points[0], points[0]
	for _, p := range points[1:] {
		low = [2]float64{min(low[0], p[0]), min(low[1], p[1])}
		high = [2]float64{max(high[0], p[0]), max(high[1], p[1])}
	}
	return label.Rect{X: low[0], Y: low[1], W: high[0] - low[0], H: high[1] - low[1]}
}

// Area is what a closed outline encloses, by the shoelace formula.
func Area(points [][2]float64) float64 {
	var twice float64
	for i, p := range points {
		next := points[(i+1)%len(points)]
		twice += p[0]*next[1] - next[0]*p[1]
	}
	return math.Abs(twice) / 2
}

// Clip keeps the part of a rectangle that lies on the image; ok is false when nothing does.
func Clip(b label.Rect, width, height int) (inside label.Rect, ok bool) {
	x, y := max(b.X, 0), max(b.Y, 0)
	right, bottom := min(b.X+b.W, float64(width)), min(b.Y+b.H, float64(height))
	inside = label.Rect{X: x, Y: y, W: right - x, H: bottom - y}
	return inside, inside.W > 0 && inside.H > 0
}

// Box is the upright rectangle of a box, or the one around a rotated box, a polygon or a mask, cut off at the image's edge. exact is
// false when it says less than the region. reason says why there is none.
func Box(r *label.Region, width, height int) (b label.Rect, exact bool, reason string) {
	if r.Kind == label.Mask {
		m, reason := Decode(r, width, height)
		if reason != "" {
			return b, false, reason
		}
		return m.Bounds(), false, ""
	}
	points, reason := Outline(r)
	if reason != "" {
		return b, false, reason
	}
	inside, ok := Clip(Bounds(points), width, height)
	if !ok {
		return b, false, "lies outside its image, or the image has no size"
	}
	return inside, r.Kind == label.Box && inside == *r.Rect, ""
}
