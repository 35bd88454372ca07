package labelstudio

import (
	"edgelabel/agent/export/shape"
	"edgelabel/agent/label"
)

// draw turns a region on a picture of that size into a result. reason says why it cannot.
func draw(r *label.Region, width, height int) (out *result, reason string) {
	if width <= 0 || height <= 0 {
		return nil, "the size of its image is not known"
	}
	px, py := 100/float64(width), 100/float64(height) // percent of a pixel
	out = &result{ID: r.ID, To: "image", Width: width, Height: height, Rotation: new(float64)}
	switch r.Kind {
	case label.Box, label.RotatedBox:
		points, reason := shape.Outline(r)
		if reason != "" {
			return nil, reason
		}
		angle := r.Angle
		if r.Kind == label.Box {
			angle = 0
		}
		out.is("rectanglelabels", r.Class, map[string]any{"x": points[0][0] * px, "y": points[0][1] * py,
			"width": r.Rect.W * px, "height": r.Rect.H * py, "rotation": angle})
	case label.Polygon:
		points, reason := shape.Outline(r)
		if reason != "" {
			return nil, reason
		}
		percent := make([][2]float64, len(points))
		for i, p := range points {
			percent[i] = [2]float64{p[0] * px, p[1] * py}
		}
		out.is("polygonlabels", r.Class, map[string]any{"points": percent, "closed": true})
	case label.Point:
		if len(r.Points) != 1 {
			return nil, "has not one point"
		}
		out.is("keypointlabels", r.Class, map[string]any{"x": r.Points[0][0] * px, "y": r.Points[0][1] * py, "width": px})
	case label.Mask:
		m, reason := shape.Decode(r, width, height)
		if reason != "" {
			return nil, reason
		}
		out.is("brushlabels", r.Class, map[string]any{"format": "rle", "rle": brush(m.Rows(width, height))})
	default:
		return nil, "Label Studio has no " + string(r.Kind)
	}
	return out, ""
}

// is sets the result's kind. A control of that kind has the same name in label_config.xml.
func (r *result) is(kind, class string, value map[string]any) {
	r.Type, r.From = kind, kind
	value[kind] = []string{class}
	r.Value = value
}

// brush is Label Studio's run-length code (thi.ng/rle-pack) of the picture's RGBA bytes, 255 where the mask is on:
//
//	32 bits length | 5 bits word size - 1 | 4 times 4 bits: sizes of a count - 1 | 1 bit run, 2 bits which size, count - 1, the byte | …
func brush(rows []int) []int {
	const largest = 16
	w := bits{}
	total := 0
	for _, n := range rows {
		total += 4 * n
	}
	w.put(uint64(total), 32)
	w.put(7, 5)
	for _, size := range []uint64{3, 4, 8, largest} {
		w.put(size-1, 4)
	}
	value := uint64(0)
	for _, n := range rows {
		for left := 4 * n; left > 0; left -= 1 << largest {
			w.put(1, 1)
			w.put(3, 2)
			w.put(uint64(min(left, 1<<largest)-1), largest)
			w.put(value, 8)
		}
		value = 255 - value
	}
	return w.flush()
}

// bits gathers bits into bytes, the most significant first. They are ints, since JSON writes bytes as base64.
type bits struct {
	out  []int
	acc  uint64
	have int
}

func (b *bits) put(v uint64, n int) {
	b.acc = b.acc<<n | v
	for b.have += n; b.have >= 8; b.have -= 8 {
		b.out = append(b.out, int(b.acc>>(b.have-8)&255))
	}
}

func (b *bits) flush() []int {
	if b.have > 0 {
		b.put(0, 8-b.have)
	}
	return b.out
}
