package vision_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"edgelabel/agent/vision"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

func gradient() *image.Gray {
	m := image.NewGray(image.Rect(0, 0, 16, 8))
	for i := range m.Pix {
		m.Pix[i] = uint8(i)
	}
	return m
}

func TestDecodeEveryFormatAndDepth(t *testing.T) {
	g := gradient()
	deep, colour := image.NewGray16(g.Rect), image.NewRGBA(g.Rect)
	for y := range 8 {
		for x := range 16 {
			v := g.GrayAt(x, y).Y
			deep.SetGray16(x, y, color.Gray16{Y: uint16(v)<<8 | 0x7f})
			colour.Set(x, y, color.RGBA{v, v, v, 255})
		}
	}
	for name, encode := range map[string]func(*bytes.Buffer) error{
		"png": func(b *bytes.Buffer) error { return png.Encode(b, g) }, "16 bit": func(b *bytes.Buffer) error { return png.Encode(b, deep) },
		"colour": func(b *bytes.Buffer) error { return png.Encode(b, colour) }, "bmp": func(b *bytes.Buffer) error { return bmp.Encode(b, g) },
		"tiff": func(b *bytes.Buffer) error { return tiff.Encode(b, g, nil) },
		"jpeg": func(b *bytes.Buffer) error { return jpeg.Encode(b, colour, &jpeg.Options{Quality: 100}) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		m, err := vision.Decode(b.Bytes(), 0)
		if err != nil || m.Rect != g.Rect {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, v := range m.Pix {
			if d := int(v) - int(g.Pix[i]); d < -3 || d > 3 {
				t.Errorf("%s: pixel %d is %d, want %d", name, i, v, g.Pix[i])
				break
			}
		}
	}
}

// TestTwelveBits reads what a camera with 12 bits puts into files of 16.
func TestTwelveBits(t *testing.T) {
	g := gradient()
	deep := image.NewGray16(g.Rect)
	for i, v := range g.Pix {
		deep.SetGray16(i%16, i/16, color.Gray16{Y: uint16(v)<<4 | 7})
	}
	m := vision.Grey(deep.SubImage(image.Rect(1, 1, 16, 8)))
	if m.Rect != image.Rect(0, 0, 15, 7) || m.GrayAt(0, 0) != g.GrayAt(1, 1) || m.GrayAt(14, 6) != g.GrayAt(15, 7) {
		t.Errorf("%v, %v, want %v", m.Rect, m.GrayAt(0, 0), g.GrayAt(1, 1))
	}
}

func TestDecodeRefusesBeforeItTakesMemory(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, gradient()); err != nil {
		t.Fatal(err)
	}
	if _, err := vision.Decode(b.Bytes(), 100); !errors.Is(err, vision.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := png.Encode(&b, gradient()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:40])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := vision.Decode(data, 1<<16)
		if err == nil && (m.Rect.Min != image.Point{} || m.Rect.Empty() || len(m.Pix) != m.Rect.Dx()*m.Rect.Dy()) {
			t.Errorf("decoded to %v with %d pixels", m.Rect, len(m.Pix))
		}
	})
}
