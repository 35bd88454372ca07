package ui_test

import (
	"compress/gzip"
	"encoding/binary"
	"image"
	"image/color"
	"io"
	"testing"
)

func TestSamplesAreThoseOfTheFile(t *testing.T) {
	r := start(t, nil)
	m := slope(1101, 701)
	for _, format := range []string{"tiff", "png"} {
		base := "/api/v1/images/" + r.store.blob(encoded(t, format, m)) + "/samples/"
		got := r.want(call{by: "li", path: base + "2/1_1"}, 200, "").Body.Bytes()
		if string(got[:4]) != "ELP1" || got[4] != 16 || got[5] != 1 || len(got) != 16+2*512*189 {
			t.Fatalf("%s: head %q, %d bytes", format, got[:16], len(got))
		}
		if low, high := binary.LittleEndian.Uint16(got[10:]), binary.LittleEndian.Uint16(got[12:]); low != 1000 || high != 4000 {
			t.Errorf("%s: from %d to %d", format, low, high)
		}
		for _, at := range []image.Point{{0, 0}, {511, 188}, {88, 5}} {
			if v, want := binary.LittleEndian.Uint16(got[16+2*(at.Y*512+at.X):]), m.Gray16At(512+at.X, 512+at.Y).Y; v != want {
				t.Errorf("%s at %v: %d, want %d", format, at, v, want)
			}
		}
		r.want(call{by: "li", path: base + "2/3_0"}, 404, "not_found")
		r.want(call{by: "li", path: base + "2/x"}, 400, "invalid")
	}
}

func TestSamplesOfAHalvedLevelAreMeans(t *testing.T) {
	m := image.NewGray16(image.Rect(0, 0, 601, 1))
	for x, v := range []uint16{100, 65000, 300, 301} {
		m.SetGray16(x, 0, color.Gray16{Y: v})
	}
	m.SetGray16(600, 0, color.Gray16{Y: 777})
	r := start(t, nil)
	got := r.want(call{by: "li", path: "/api/v1/images/" + r.store.blob(encoded(t, "png", m)) + "/samples/0/0_0"}, 200, "").Body.Bytes()
	for x, want := range map[int]uint16{0: 32550, 1: 301, 300: 777} {
		if v := binary.LittleEndian.Uint16(got[16+2*x:]); v != want {
			t.Errorf("at %d: %d, want %d", x, v, want)
		}
	}
}

func TestSamplesOfEightBitsAndColour(t *testing.T) {
	grey, colour := image.NewGray(image.Rect(0, 0, 5, 3)), image.NewRGBA(image.Rect(0, 0, 5, 3))
	grey.SetGray(2, 1, color.Gray{Y: 77})
	colour.SetRGBA(2, 1, color.RGBA{R: 10, G: 20, B: 30, A: 255})
	r := start(t, nil)
	got := r.want(call{by: "li", path: "/api/v1/images/" + r.store.blob(encoded(t, "bmp", colour)) + "/samples/0/0_0"}, 200, "").Body.Bytes()
	if at := got[16+3*7:]; got[4] != 8 || got[5] != 3 || at[0] != 10 || at[1] != 20 || at[2] != 30 {
		t.Errorf("colour: %v", got[:16])
	}
	path := "/api/v1/images/" + r.store.blob(encoded(t, "png", grey)) + "/samples/0/0_0"
	w := r.want(call{by: "li", path: path, header: map[string]string{"Accept-Encoding": "gzip, br"}}, 200, "")
	z, err := gzip.NewReader(w.Body)
	if err != nil || w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("%v, %v", w.Header(), err)
	}
	plain, err := io.ReadAll(z)
	if err != nil || plain[4] != 8 || plain[5] != 1 || len(plain) != 16+15 || plain[16+7] != 77 {
		t.Errorf("grey: %v, %v", plain, err)
	}
	r.want(call{by: "li", path: path, header: map[string]string{"If-None-Match": w.Header().Get("ETag")}}, 304, "")
}
