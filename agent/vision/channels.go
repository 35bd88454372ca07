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
		return []*image.Gray{plane.Stretch(Grey(m), w, h)}, nil
	}
	colour := image.NewRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(colour, colour.Rect, m, m.Bounds().Min, draw.Src)
	planes := make([]*image.Gray, n)
	for c := range planes {
		one := plane.New(colour.Rect.Dx(), colour.Rect.Dy())
		for i := range one.Pix {
			one.Pix[i] = colour.Pix[4*i+c]
		}
		planes[c] = plane.Stretch(one, w, h)
	}
	return planes, nil
}
