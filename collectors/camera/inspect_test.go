package camera_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
)

// noisy draws a picture that does not compress to nothing. n makes it differ from others.
func noisy(n, w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(uint64(n), 1))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.Uint32()) | 1
	}
	return m
}

func grey16(n, w, h int) *image.Gray16 {
	m := image.NewGray16(image.Rect(0, 0, w, h))
	m.SetGray16(0, 0, color.Gray16{Y: uint16(n)})
	return m
}

type fataler interface {
	Helper()
	Fatal(...any)
}

func pngOf(t fataler, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pictures are one of each kind that the gateway takes.
func pictures(t fataler) map[string][]byte {
	t.Helper()
	all := map[string][]byte{"png": pngOf(t, noisy(1, 40, 30)), "png 16": pngOf(t, grey16(2, 40, 30))}
	add := func(name string, encode func(*bytes.Buffer) error) {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		all[name] = b.Bytes()
	}
	add("jpg", func(b *bytes.Buffer) error { return jpeg.Encode(b, noisy(3, 40, 30), nil) })
	add("bmp", func(b *bytes.Buffer) error { return bmp.Encode(b, noisy(4, 40, 30)) })
	add("tiff", func(b *bytes.Buffer) error { return tiff.Encode(b, noisy(5, 40, 30), nil) })
	add("tiff deflate", func(b *bytes.Buffer) error {
		return tiff.Encode(b, grey16(6, 40, 30), &tiff.Options{Compression: tiff.Deflate, Predictor: true})
	})
	return all
}

func TestInspect(t *testing.T) {
	for name, data := range pictures(t) {
		f, w, h, err := camera.Inspect(data, camera.Limits{})
		if err != nil || w != 40 || h != 30 || len(f) == 0 || name[:3] != string(f)[:3] {
			t.Errorf("%s: %s %dx%d %v", name, f, w, h, err)
		}
		if _, _, _, err := camera.Inspect(append(slices.Clone(data), "trailer of the camera"...), camera.Limits{}); err != nil {
			t.Errorf("%s with something after its end: %v", name, err)
		}
	}
}

func TestInspectFindsEveryTruncation(t *testing.T) {
	for name, data := range pictures(t) {
		for n := 1; n < len(data); n++ {
			_, _, _, err := camera.Inspect(data[:n], camera.Limits{})
			if !errors.Is(err, collectors.ErrRejected) {
				t.Errorf("%s cut to %d of %d bytes: %v", name, n, len(data), err)
			}
			if n > 1500 && !errors.Is(err, camera.ErrTruncated) {
				t.Errorf("%s cut to %d of %d bytes is not called truncated: %v", name, n, len(data), err)
			}
		}
	}
}

func TestInspectFindsDamage(t *testing.T) {
	data := pngOf(t, noisy(1, 40, 30))
	data[len(data)/2] ^= 0x10
	if _, _, _, err := camera.Inspect(data, camera.Limits{}); camera.Reason(err) != "truncated" {
		t.Errorf("flipped bit: %v", err)
	}
}

// huge is the beginning of a PNG that claims to have so many pixels.
func huge(w, h uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, h), 8, 2, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(ihdr))
}

func TestInspectRefuses(t *testing.T) {
	small := pngOf(t, noisy(1, 40, 30))
	for name, c := range map[string]struct {
		data   []byte
		limits camera.Limits
		want   error
		reason string
	}{
		"nothing":         {nil, camera.Limits{}, camera.ErrEmpty, "empty"},
		"text":            {[]byte("hello, world"), camera.Limits{}, camera.ErrFormat, "format"},
		"zeros":           {make([]byte, 1000), camera.Limits{}, camera.ErrFormat, "format"},
		"gif":             {[]byte("GIF89a\x01\x00\x01\x00"), camera.Limits{}, camera.ErrFormat, "format"},
		"pixel flood":     {huge(50000, 50000), camera.Limits{}, camera.ErrPixels, "pixels"},
		"overflow":        {huge(1<<31-1, 1<<31-1), camera.Limits{}, collectors.ErrRejected, "format pixels"},
		"one pixel over":  {small, camera.Limits{Pixels: 1199}, camera.ErrPixels, "pixels"},
		"one byte over":   {small, camera.Limits{Bytes: int64(len(small) - 1)}, camera.ErrBytes, "too_large"},
		"header only":     {huge(10, 10), camera.Limits{}, camera.ErrTruncated, "truncated"},
		"magic only":      {[]byte("\xff\xd8\xff"), camera.Limits{}, camera.ErrTruncated, "truncated"},
		"zeros after jpg": {append(pictures(t)["jpg"][:800:800], make([]byte, 5000)...), camera.Limits{}, camera.ErrTruncated, "truncated"},
	} {
		_, _, _, err := camera.Inspect(c.data, c.limits)
		if !errors.Is(err, c.want) || !errors.Is(err, collectors.ErrRejected) || !bytes.Contains([]byte(c.reason), []byte(camera.Reason(err))) {
			t.Errorf("%s: %v; want %v", name, err, c.want)
		}
	}
	if _, _, _, err := camera.Inspect(small, camera.Limits{Pixels: 1200, Bytes: int64(len(small))}); err != nil {
		t.Errorf("exactly at the limits: %v", err)
	}
}

func FuzzInspect(f *testing.F) {
	for _, data := range pictures(f) {
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Add(huge(50000, 50000))
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := camera.Limits{Bytes: 1 << 20, Pixels: 1 << 20}
		format, w, h, err := camera.Inspect(data, limits)
		if err != nil {
			if !errors.Is(err, collectors.ErrRejected) || camera.Reason(err) == "image" {
				t.Errorf("error without a reason: %v", err)
			}
			return
		}
		if format == "" || w < 1 || h < 1 || int64(w)*int64(h) > limits.Pixels {
			t.Errorf("%s %dx%d accepted", format, w, h)
		}
	})
}
