package vision

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // formats that Decode reads
	_ "image/png"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"
)

// ErrTooLarge says that a picture has more pixels than memory is set aside for.
var ErrTooLarge = errors.New("picture has too many pixels to inspect")

// DefaultMaxPixels bounds the pictures that are inspected: a detector takes about 16 bytes a pixel while it works.
const DefaultMaxPixels = 12_000_000

// Decode reads a JPEG, PNG, BMP or TIFF as a grey picture whose top left pixel is 0,0. The header is read first, and a picture of more than
// maxPixels (0 is DefaultMaxPixels) is refused with ErrTooLarge before it takes memory.
func Decode(data []byte, maxPixels int) (*image.Gray, error) {
	if maxPixels <= 0 {
		maxPixels = DefaultMaxPixels
	}
	header, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("picture header: %w", err)
	}
	if header.Width < 1 || header.Height < 1 || header.Width > maxPixels/header.Height {
		return nil, fmt.Errorf("%w: %d x %d, at most %d", ErrTooLarge, header.Width, header.Height, maxPixels)
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	return Grey(m), nil
}

// Grey returns the brightness of a picture, 8 bits a pixel, with its top left pixel at 0,0. A picture that is so already is returned as
// it is; nothing else is shared with m. Of 16 bits that never use the upper four, as of a camera with 12, the lower ones count.
func Grey(m image.Image) *image.Gray {
	b := m.Bounds()
	if g, ok := m.(*image.Gray); ok && b.Min == (image.Point{}) && g.Stride == b.Dx() {
		return g
	}
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	if deep, ok := m.(*image.Gray16); ok && twelve(deep) {
		for i := range out.Pix {
			out.Pix[i] = uint8(deep.Gray16At(b.Min.X+i%b.Dx(), b.Min.Y+i/b.Dx()).Y >> 4)
		}
		return out
	}
	for y := range b.Dy() {
		greyRow(out.Pix[y*out.Stride:y*out.Stride+b.Dx()], m, b.Min.X, b.Min.Y+y)
	}
	return out
}

// twelve reports whether no pixel needs more than 12 bits. Those beside a part of a picture count too: they are of the same camera.
func twelve(m *image.Gray16) bool {
	for i := 0; i < len(m.Pix); i += 2 {
		if m.Pix[i] > 0x0f {
			return false
		}
	}
	return true
}

func greyRow(out []uint8, m image.Image, x, y int) {
	switch m := m.(type) {
	case *image.Gray:
		copy(out, m.Pix[m.PixOffset(x, y):])
	case *image.YCbCr: // a JPEG's brightness is a plane of its own
		copy(out, m.Y[m.YOffset(x, y):])
	case *image.Gray16:
		at := m.PixOffset(x, y)
		for i := range out {
			out[i] = m.Pix[at+2*i]
		}
	default:
		for i := range out {
			out[i] = color.GrayModel.Convert(m.At(x+i, y)).(color.Gray).Y
		}
	}
}
