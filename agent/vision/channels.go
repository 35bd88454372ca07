package vision

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"

	"edgelabel/agent/vision/plane"
)

// Channels decodes a picture into n planes of w by h pixels, to which it is stretched: one grey one, or red, green and blue.
func Channels(file []byte, w, h, n int) ([]*image.Gray, error) {
	m, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	if n == 1 {
		return []*image.Gray{stretched(Grey(m), w, h)}, nil
	}
	colour := image.NewRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(colour, colour.Rect, m, m.Bounds().Min, draw.Src)
	planes := make([]*image.Gray, n)
	for c := range planes {
		one := plane.New(colour.Rect.Dx(), colour.Rect.Dy())
		for i := range one.Pix {
			one.Pix[i] = colour.Pix[4*i+c]
		}
		planes[c] = stretched(one, w, h)
	}
	return planes, nil
}

// stretched is a picture in another size. Large ones are halved first, so that fine faults are averaged rather than skipped.
func stretched(m *image.Gray, w, h int) *image.Gray {
	for m.Rect.Dx() >= 2*w && m.Rect.Dy() >= 2*h {
		m = plane.Halve(m)
	}
	sx, sy := float64(m.Rect.Dx())/float64(w), float64(m.Rect.Dy())/float64(h)
	out := plane.New(w, h)
	for y := range h {
		for x := range w {
			fx := min(max((float64(x)+0.5)*sx-0.5, 0), float64(m.Rect.Dx()-1))
			fy := min(max((float64(y)+0.5)*sy-0.5, 0), float64(m.Rect.Dy()-1))
			v, _ := plane.At(m, fx, fy)
			out.Pix[y*out.Stride+x] = uint8(v + 0.5)
		}
	}
	return out
}
