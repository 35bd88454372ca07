//go:build e2e

package e2e_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgelabel/sync/uplink"
)

// TestThumbnailsFirst has a line that carries a picture in six seconds: the centre has small JPEGs of all of them before, a reader is told
// what has not come, and in the end everything is there once.
func TestThumbnailsFirst(t *testing.T) {
	const pictures = 3
	b := startBucket(t)
	s := newSender(t, "gw-thin", b.url(), b.cert)
	s.tune("linger: 100ms", "linger: 100ms, limit: 100KiB, thumbnails_first: true")
	s.run()
	began := time.Now()
	for n := range pictures {
		if _, err := s.push(fmt.Sprintf("large-%d.png", n), grain(t, n)); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, 12*time.Second, "thumbnails are at the centre", func() error {
		if n := thumbnails(t, b); n < pictures {
			return fmt.Errorf("%d thumbnails", n)
		}
		return nil
	})
	foretold := time.Since(began)
	out, err := command(t, s3Keys(), binary(t), "verify", "-ca", b.cert, b.url())
	if err != nil || !strings.Contains(out, "foretold, their pictures have not come") {
		t.Errorf("%v: %s", err, out)
	}
	dir := filepath.Join(t.TempDir(), "coco")
	if out, err := command(t, s3Keys(), binary(t), "export", "-ca", b.cert, "--format", "coco", "--from", b.url(), "--out", dir); err != nil {
		t.Fatalf("export: %v\n%s", err, out)
	}
	if loss, err := os.ReadFile(filepath.Join(dir, "loss.json")); err != nil || !bytes.Contains(loss, []byte("its pictures have not come yet")) {
		t.Errorf("%s, %v", loss, err)
	}
	s.drained(60 * time.Second)
	out, items, _ := verified(t, b)
	if items != pictures || !strings.Contains(out, fmt.Sprintf("(%d images)", pictures)) || !strings.Contains(out, fmt.Sprintf("%d thumbnails; 0 items are foretold", pictures)) {
		t.Errorf("%d items: %s", items, out)
	}
	t.Logf("%d thumbnails after %v, all pictures after %v", pictures, foretold.Round(time.Second/10), time.Since(began).Round(time.Second))
}

// thumbnails counts the JPEGs at the centre, which hold nothing but pictures as PNG beside them.
func thumbnails(t *testing.T, b *bucket) (n int) {
	t.Helper()
	at := b.target()
	var keys []string
	if err := at.List(t.Context(), "v1/blobs/", func(i uplink.Info) bool { keys = append(keys, i.Key); return true }); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if !strings.HasSuffix(key, ".jpg") {
			continue
		}
		r, err := at.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(r)
		r.Close()
		if err != nil || m.Bounds().Dx() > 320 {
			t.Fatalf("%s: %v, %v", key, m, err)
		}
		n++
	}
	return n
}

// grain is a picture of 600 KB.
func grain(t *testing.T, n int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 1000, 600))
	r := rand.New(rand.NewPCG(uint64(n), 2))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Uint32())
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
