package share

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg" // decodes
	"image/png"
	"io"
	"strconv"
	"strings"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"

	"edgelabel/agent/label"
)

// Area is a part of the pictures of a camera that nobody else may see, in pixels.
type Area struct {
	Camera string // * for all
	Rect   image.Rectangle
}

// ParseArea reads camera:x,y,width,height.
func ParseArea(text string) (Area, error) {
	camera, numbers, ok := strings.Cut(text, ":")
	var n []int
	for _, s := range strings.Split(numbers, ",") {
		if v, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && v >= 0 && v < 1<<24 {
			n = append(n, v)
		}
	}
	if !ok || camera == "" || len(n) != 4 || strings.Count(numbers, ",") != 3 || n[2] == 0 || n[3] == 0 {
		return Area{}, fmt.Errorf("area %q: want CAMERA:x,y,width,height in pixels", text)
	}
	return Area{camera, image.Rect(n[0], n[1], n[0]+n[2], n[1]+n[3])}, nil
}

func (a Area) String() string {
	return fmt.Sprintf("%s:%d,%d,%d,%d", a.Camera, a.Rect.Min.X, a.Rect.Min.Y, a.Rect.Dx(), a.Rect.Dy())
}

// maxPixels bounds the memory of one picture.
const maxPixels = 100_000_000

// redraw makes a picture anew from its pixels alone, so that nothing that its file said beside them comes along, and with areas in
// black. PNG keeps every other pixel as it was.
func redraw(im label.Image, r io.ReadSeeker, areas []Area) (label.Image, []byte, error) {
	c, _, err := image.DecodeConfig(r)
	if err != nil {
		return im, nil, err
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > maxPixels/c.Height {
		return im, nil, fmt.Errorf("%d × %d pixels, at most %d", c.Width, c.Height, maxPixels)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return im, nil, err
	}
	picture, _, err := image.Decode(r)
	if err != nil {
		return im, nil, err
	}
	for _, a := range areas {
		if a.Camera == "*" || a.Camera == im.Camera {
			picture = black(picture, a.Rect)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return im, nil, err
	}
	sum := sha256.Sum256(b.Bytes())
	im.SHA256, im.Bytes, im.Format, im.Name = hex.EncodeToString(sum[:]), int64(b.Len()), "png", ""
	return im, b.Bytes(), nil
}

// black paints over the pixels themselves. A picture whose kind cannot be painted on is copied first.
func black(picture image.Image, area image.Rectangle) image.Image {
	canvas, ok := picture.(draw.Image)
	if _, indexed := picture.(*image.Paletted); !ok || indexed { // a palette may have no black
		bounds := picture.Bounds()
		canvas = image.NewNRGBA(bounds)
		draw.Draw(canvas, bounds, picture, bounds.Min, draw.Src)
	}
	area = area.Add(canvas.Bounds().Min)
	draw.Draw(canvas, area.Intersect(canvas.Bounds()), image.NewUniform(color.Black), image.Point{}, draw.Src)
	return canvas
}
