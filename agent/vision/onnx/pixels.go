package onnx

import (
	"fmt"

	"edgelabel/agent/vision/plane"
)

// pixels reads a score for each pixel: places from least on that touch are one thing, as sure as their surest pixel.
func pixels(least float64) func(out []Tensor, on canvas) ([]Found, error) {
	return func(out []Tensor, _ canvas) ([]Found, error) {
		t := out[0]
		if len(t.Shape) < 2 {
			return nil, fmt.Errorf("%w: %v, want a score for each pixel", errShape, t.Shape)
		}
		h, w := t.Shape[len(t.Shape)-2], t.Shape[len(t.Shape)-1]
		if w < 1 || h < 1 || len(t.Values) != w*h {
			return nil, fmt.Errorf("%w: %v, want one score for each pixel", errShape, t.Shape)
		}
		mask := make([]uint8, len(t.Values))
		for i, v := range t.Values {
			if float64(v) >= least {
				mask[i] = 1
			}
		}
		var all []Found
		for _, b := range plane.Blobs(mask, w) {
			all = append(all, found(b, t.Values, float32(w), float32(h)))
		}
		return once(all), nil
	}
}

func found(b plane.Blob, values []float32, w, h float32) Found {
	f := Found{Box: [4]float32{
		float32(b.Box.Min.X) / w, float32(b.Box.Min.Y) / h, float32(b.Box.Max.X) / w, float32(b.Box.Max.Y) / h,
	}}
	for _, i := range b.Pixels {
		f.Score = max(f.Score, values[i])
	}
	return f
}
