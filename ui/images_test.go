package ui_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"sync"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"edgelabel/ui"
)

// slope is grey from top to bottom, with a bright column at x = 600.
func slope(w, h int) *image.Gray16 {
	m := image.NewGray16(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetGray16(x, y, color.Gray16{Y: uint16(1000 + 3000*y/h)}) // 12 bits of 16, as an industrial camera sends
		}
		if w > 600 {
			m.SetGray16(600, y, color.Gray16{Y: 4000})
		}
	}
	return m
}

func encoded(t testing.TB, format string, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, m)
	case "jpeg":
		err = jpeg.Encode(&b, m, nil)
	case "bmp":
		err = bmp.Encode(&b, m)
	case "tiff":
		err = tiff.Encode(&b, m, &tiff.Options{Compression: tiff.Deflate})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (r *rig) picture(path string) image.Image {
	r.t.Helper()
	w := r.want(call{by: "li", path: path}, 200, "")
	if got := w.Header().Get("Content-Type"); got != "image/jpeg" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		r.t.Errorf("%s: %v", path, w.Header())
	}
	m, err := jpeg.Decode(w.Body)
	if err != nil {
		r.t.Fatalf("%s: %v", path, err)
	}
	return m
}

func grey(m image.Image, x, y int) int {
	return int(color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y)
}

func TestOriginal(t *testing.T) {
	r := start(t, nil)
	for format, mime := range map[string]string{"png": "image/png", "jpeg": "image/jpeg", "bmp": "image/bmp", "tiff": "image/tiff"} {
		data := encoded(t, format, image.NewGray(image.Rect(0, 0, 8, 8)))
		sha := r.store.blob(data)
		w := r.want(call{by: "li", path: "/api/v1/images/" + sha}, 200, "")
		if !bytes.Equal(w.Body.Bytes(), data) || w.Header().Get("Content-Type") != mime || w.Header().Get("Cache-Control") != "private, max-age=31536000, immutable" {
			t.Errorf("%s: %v", format, w.Header())
		}
		r.want(call{by: "li", path: "/api/v1/images/" + sha, header: map[string]string{"If-None-Match": w.Header().Get("ETag")}}, 304, "")
		part := r.want(call{by: "li", path: "/api/v1/images/" + sha, header: map[string]string{"Range": "bytes=1-3"}}, 206, "")
		if !bytes.Equal(part.Body.Bytes(), data[1:4]) {
			t.Errorf("%s: range %q", format, part.Body)
		}
	}
}

func TestWhatIsNoImageIsNotServed(t *testing.T) {
	r := start(t, nil)
	none := strings.Repeat("0", 64)
	html := r.store.blob([]byte("<script>alert(1)</script>"))
	empty := r.store.blob(nil)
	cut := encoded(t, "png", slope(64, 64))
	broken := r.store.blob(cut[:len(cut)/2])
	header := r.store.blob([]byte("\xff\xd8\xff\xe0"))
	for _, c := range []struct {
		path   string
		status int
		code   string
	}{
		{none, 404, "not_found"}, {html, 404, "not_found"}, {empty, 404, "not_found"}, {"XYZ", 400, "invalid"}, {strings.Repeat("A", 64), 400, "invalid"},
		{none + "/preview", 404, "not_found"}, {html + "/preview", 404, "not_found"}, {broken + "/preview", 400, "invalid"},
		{header + "/preview", 400, "invalid"}, {broken + "/tiles/0/0_0", 400, "invalid"}, {"x/preview", 400, "invalid"},
	} {
		r.want(call{by: "li", path: "/api/v1/images/" + c.path}, c.status, c.code)
	}
}

func TestPreviewOfEveryFormat(t *testing.T) {
	r := start(t, nil)
	small := image.NewGray(image.Rect(0, 0, 30, 20))
	for i := range small.Pix {
		small.Pix[i] = 200
	}
	for _, format := range []string{"png", "jpeg", "bmp", "tiff"} {
		m := r.picture("/api/v1/images/" + r.store.blob(encoded(t, format, small)) + "/preview")
		if m.Bounds().Size() != image.Pt(30, 20) || abs(grey(m, 15, 10)-200) > 3 {
			t.Errorf("%s: %v, %d", format, m.Bounds(), grey(m, 15, 10))
		}
	}
	for _, format := range []string{"png", "tiff"} { // 16 bit: the darkest value there is becomes black, the brightest white
		m := r.picture("/api/v1/images/" + r.store.blob(encoded(t, format, slope(40, 400))) + "/preview")
		if top, bottom := grey(m, 20, 0), grey(m, 20, 399); top > 6 || bottom < 249 {
			t.Errorf("%s: %d to %d", format, top, bottom)
		}
	}
	m := r.picture("/api/v1/images/" + r.store.blob(encoded(t, "png", image.NewGray(image.Rect(0, 0, 3000, 2000)))) + "/preview")
	if m.Bounds().Size() != image.Pt(1024, 682) {
		t.Errorf("scaled to %v", m.Bounds())
	}
}

func abs(n int) int { return max(n, -n) }

func TestTiles(t *testing.T) {
	r := start(t, nil)
	for _, format := range []string{"tiff", "png"} {
		sha := r.store.blob(encoded(t, format, slope(1101, 701)))
		base := "/api/v1/images/" + sha + "/tiles/"
		for path, size := range map[string]image.Point{ // level 2 is full resolution
			"2/0_0": {X: 512, Y: 512}, "2/1_0": {X: 512, Y: 512}, "2/2_1": {X: 77, Y: 189}, "1/0_0": {X: 512, Y: 351}, "1/1_0": {X: 39, Y: 351}, "0/0_0": {X: 276, Y: 176},
		} {
			if m := r.picture(base + path); m.Bounds().Size() != size {
				t.Errorf("%s %s: %v, want %v", format, path, m.Bounds().Size(), size)
			}
		}
		if m := r.picture(base + "2/1_0"); grey(m, 600-512, 10) < grey(m, 100, 10)+60 {
			t.Errorf("%s: the bright column is not at 600: %d", format, grey(m, 600-512, 10))
		}
		if m := r.picture(base + "1/0_0"); grey(m, 300, 10) < grey(m, 290, 10)+30 {
			t.Errorf("%s: the bright column is not at 300 of level 1", format)
		}
		if top, bottom := grey(r.picture(base+"0/0_0"), 10, 0), grey(r.picture(base+"0/0_0"), 10, 175); top > 8 || bottom < 247 {
			t.Errorf("%s: %d to %d", format, top, bottom)
		}
		for _, none := range []string{"3/0_0", "2/3_0", "2/0_2", "0/1_0"} {
			r.want(call{by: "li", path: base + none}, 404, "not_found")
		}
		for _, bad := range []string{"-1/0_0", "0/0", "0/a_b", "99999999/0_0", "0/0_0_0", "0/-1_0"} {
			r.want(call{by: "li", path: base + bad}, 400, "invalid")
		}
	}
}

func TestOneDecodeForManyTiles(t *testing.T) {
	r := start(t, nil)
	sha := r.store.blob(encoded(t, "png", slope(1101, 701)))
	var wg sync.WaitGroup
	for range 4 {
		for _, tile := range []string{"2/0_0", "2/1_0", "2/2_0", "1/0_0"} {
			wg.Go(func() { r.do(call{by: "li", path: "/api/v1/images/" + sha + "/tiles/" + tile}) })
		}
	}
	wg.Wait()
	if n := r.server.Counters().Decoded; n != 1 {
		t.Errorf("decoded %d times", n)
	}
	if !r.server.Cool() {
		t.Error("the decoded image is still held")
	}
	r.picture("/api/v1/images/" + sha + "/tiles/2/0_0") // kept as JPEG
	r.picture("/api/v1/images/" + sha + "/tiles/0/0_0")
	if n := r.server.Counters().Decoded; n != 2 {
		t.Errorf("decoded %d times", n)
	}
}

func TestPreviewCacheIsBounded(t *testing.T) {
	r := start(t, func(c *ui.Config) { c.PreviewCache = 1 })
	a := "/api/v1/images/" + r.store.blob(encoded(t, "png", slope(20, 20))) + "/preview"
	b := "/api/v1/images/" + r.store.blob(encoded(t, "png", slope(30, 20))) + "/preview"
	for _, path := range []string{a, b, a, b} {
		r.picture(path)
	}
	if n := r.server.Counters().Decoded; n != 4 {
		t.Errorf("decoded %d times: something was kept", n)
	}
}

// pngHeader is a whole PNG header of a picture that is not there.
func pngHeader(w, h uint32, depth, kind byte) []byte {
	chunk := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	chunk = append(binary.BigEndian.AppendUint32(chunk, h), depth, kind, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
}

func TestPixelFloodIsRefused(t *testing.T) {
	r := start(t, nil)
	for name, data := range map[string][]byte{
		"50000 x 50000": pngHeader(50_000, 50_000, 8, 6), "one row": pngHeader(0x7fffffff, 1, 8, 0),
		"8 bytes a pixel": pngHeader(9000, 9000, 16, 6),
	} {
		sha := r.store.blob(data)
		t.Log(name, sha)
		r.want(call{by: "li", path: "/api/v1/images/" + sha + "/preview"}, http.StatusRequestEntityTooLarge, "too_large")
		r.want(call{by: "li", path: "/api/v1/images/" + sha + "/tiles/0/0_0"}, http.StatusRequestEntityTooLarge, "too_large")
	}
	if n := r.server.Counters().Decoded; n != 0 {
		t.Errorf("decoded %d", n)
	}
}

// progressive is an 8 × 8 grey JPEG in the progressive mode.
const progressive = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wgALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAB//aAAgBAQAAAAFf/9k="

func TestProgressiveJPEGCostsMore(t *testing.T) {
	data, err := base64.StdEncoding.DecodeString(progressive)
	if err != nil {
		t.Fatal(err)
	}
	plain := encoded(t, "jpeg", image.NewGray(image.Rect(0, 0, 8, 8)))
	r := start(t, func(c *ui.Config) { c.MaxDecoded = 200 })
	r.want(call{by: "li", path: "/api/v1/images/" + r.store.blob(plain) + "/preview"}, 200, "")
	r.want(call{by: "li", path: "/api/v1/images/" + r.store.blob(data) + "/preview"}, 413, "too_large")
}
