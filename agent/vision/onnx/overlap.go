package onnx

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

const (
	mostTold = 300  // things of one picture
	sameness = 0.45 // intersection over union from which two boxes of a class are one thing
	faint    = 0.01 // scores below it are noise of the thousands of places
)

// yolo reads a score for each class at each of thousands of places, of which several tell the same thing.
func yolo(out []Tensor, on canvas) ([]Found, error) {
	t := out[0]
	if len(t.Shape) != 3 || t.Shape[0] != 1 || t.Shape[1] < 5 || len(t.Values) != t.Shape[1]*t.Shape[2] {
		return nil, fmt.Errorf("%w: %v, want [1, 4 + classes, places]", errShape, t.Shape)
	}
	n := t.Shape[2]
	row := func(k int) []float32 { return t.Values[k*n : (k+1)*n] }
	var all []Found
	for i := range n {
		f := Found{Score: -1}
		for k := 4; k < t.Shape[1]; k++ {
			if v := row(k)[i]; v > f.Score {
				f.Score, f.Label = v, float32(k-4)
			}
		}
		if f.Score >= faint {
			f.Box = Output{Corners: CXCYWH}.corners([4]float32{row(0)[i], row(1)[i], row(2)[i], row(3)[i]}, on)
			all = append(all, f)
		}
	}
	return once(all), nil
}

// once keeps the surest of what overlaps within a class.
func once(all []Found) []Found {
	slices.SortStableFunc(all, func(a, b Found) int { return cmp.Compare(b.Score, a.Score) })
	var kept []Found
	for _, f := range all {
		told := slices.ContainsFunc(kept, func(k Found) bool { return k.Label == f.Label && overlap(k.Box, f.Box) > sameness })
		if !told {
			kept = append(kept, f)
		}
		if len(kept) == mostTold {
			break
		}
	}
	return kept
}

// overlap is the intersection of two boxes over their union.
func overlap(a, b [4]float32) float32 {
	w, h := min(a[2], b[2])-max(a[0], b[0]), min(a[3], b[3])-max(a[1], b[1])
	if !(w > 0 && h > 0) {
		return 0
	}
	area := func(r [4]float32) float32 { return (r[2] - r[0]) * (r[3] - r[1]) }
	return w * h / (area(a) + area(b) - w*h)
}

// shares are the values where all lie from 0 to 1 and make 1 together; else their softmax.
func shares(v []float32) []float32 {
	sum, low, most := 0.0, float32(math.Inf(1)), float32(math.Inf(-1))
	for _, x := range v {
		sum, low, most = sum+float64(x), min(low, x), max(most, x)
	}
	if low >= 0 && math.Abs(sum-1) < 1e-3 {
		return v
	}
	out, sum := make([]float32, len(v)), 0.0
	for i, x := range v {
		e := math.Exp(float64(x - most))
		out[i], sum = float32(e), sum+e
	}
	for i := range out {
		out[i] /= float32(sum)
	}
	return out
}
