package coco

import (
	"edgelabel/agent/export/shape"
	"edgelabel/agent/label"
)

// rle is COCO's uncompressed run-length encoding: lengths of off, on, off … pixels, column by column.
type rle struct {
	Counts []int  `json:"counts"`
	Size   [2]int `json:"size"` // height, width
}

// draw draws a region on an image of that size. reason says why it cannot.
func draw(r *label.Region, width, height int) (a *annotation, reason string) {
	switch r.Kind {
	case label.Box:
		if r.Rect == nil {
			return nil, "has no rectangle"
		}
		return &annotation{Segmentation: []int{}, Area: r.Rect.W * r.Rect.H, BBox: box(*r.Rect)}, ""
	case label.RotatedBox, label.Polygon:
		points, reason := shape.Outline(r)
		if reason != "" {
			return nil, reason
		}
		return outline(points), ""
	case label.Mask:
		m, reason := shape.Decode(r, width, height)
		if reason != "" {
			return nil, reason
		}
		return &annotation{Segmentation: rle{m.Columns(width, height), [2]int{height, width}}, Area: float64(m.Area), BBox: box(m.Bounds())}, ""
	}
	return nil, "COCO has no " + string(r.Kind)
}

func box(b label.Rect) [4]float64 { return [4]float64{b.X, b.Y, b.W, b.H} }

func outline(points [][2]float64) *annotation {
	flat := make([]float64, 0, 2*len(points))
	for _, p := range points {
		flat = append(flat, p[0], p[1])
	}
	return &annotation{Segmentation: [][]float64{flat}, Area: shape.Area(points), BBox: box(shape.Bounds(points))}
}
