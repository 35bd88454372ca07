package uplink_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

// small is a thumbnail that is made of a picture's name.
func small(_ context.Context, sha256 string) ([]byte, error) {
	return []byte(strings.Repeat("thumbnail of "+sha256, 60)), nil
}

// On a thin line the centre has thumbnails and labels of all items long before the last picture, and everything is whole in the end.
func TestThumbnailsGoAhead(t *testing.T) {
	for name, size := range map[string]int{"light pictures": 300 << 10, "heavy pictures": 2 << 20} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const line, pictures = 64 << 10, 12 // bytes per second
				out, blobs, at := &uplinktest.Outbox{}, &shared{blobs: uplinktest.Blobs{}}, &uplinktest.Memory{}
				for i := range pictures {
					picture(t, out, blobs, fmt.Sprintf("item%02d", i), size, label.NotOK)
				}
				cfg := config(out, blobs, uplinktest.Throttle(at, line, 200*time.Millisecond))
				cfg.Items, cfg.Thumbnail, cfg.MaxBatchEntries = out, small, 100
				f, wait := start(t, cfg)
				defer wait()
				time.Sleep(20 * time.Second) // thumbnails of all fit into this, and some pictures
				synctest.Wait()
				r, err := uplink.Verify(t.Context(), at)
				if err != nil || !r.OK() || r.Foretold < pictures/2 || r.Foretold+r.Items != pictures || len(r.Notes) != r.Foretold {
					t.Fatalf("%+v, %v", r, err)
				}
				awaits(t, at, r.Foretold)
				for range 30 {
					if out.Left() == 0 {
						break
					}
					time.Sleep(time.Minute)
					synctest.Wait()
				}
				r, err = uplink.Verify(t.Context(), at)
				if err != nil || !r.OK() || r.Items != pictures || r.Blobs != pictures || r.Thumbnails != pictures || r.Foretold != 0 || len(r.Notes) != 0 {
					t.Errorf("%+v, %v, %+v", r, err, f.Status())
				}
				awaits(t, at, 0)
			})
		})
	}
}

// awaits checks what a reader of the bucket is told of pictures that have not come.
func awaits(t *testing.T, at uplink.Target, n int) {
	t.Helper()
	b, err := uplink.OpenBucket(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got := b.Awaited(); len(got) != n || !slices.IsSorted(got) {
		t.Errorf("awaits %v, want %d", got, n)
	}
}

// What may not leave is not foretold either, nor does its thumbnail leave.
func TestThumbnailsKeepToTheRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, uplinktest.Blobs{}, &uplinktest.Memory{}
		for _, line := range []string{"secret", "open"} {
			out.Add(t, journal.Item, line, label.Item{ID: line, Kind: label.KindImage, Place: label.Place{Line: line},
				Images: []label.Image{{SHA256: blobs.Add([]byte(line)), Bytes: 1 << 20, Format: "jpeg"}}})
		}
		cfg := config(out, blobs, at)
		cfg.Items, cfg.Thumbnail = out, small
		cfg.Rules = &uplink.Rules{Clearance: uplink.General, Grades: []uplink.Grade{{Line: "secret", Level: uplink.Core}}}
		run(t, cfg, empty(out))
		for key, b := range at.Objects() {
			if strings.Contains(key, "secret") || strings.Contains(string(b), uplinktest.Sum([]byte("secret"))) {
				t.Errorf("%s left: %s", key, b)
			}
		}
		if r, err := uplink.Verify(t.Context(), at); err != nil || !r.OK() || r.Thumbnails != 1 || r.Items != 1 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// A picture that no thumbnail can be made of goes as it would without.
func TestNoThumbnail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, &shared{blobs: uplinktest.Blobs{}}, &uplinktest.Memory{}
		picture(t, out, blobs, "item", 100<<10, label.OK)
		cfg := config(out, blobs, at)
		cfg.Items, cfg.Thumbnail = out, func(context.Context, string) ([]byte, error) { return nil, errors.New("not a picture") }
		run(t, cfg, empty(out))
		if r, err := uplink.Verify(t.Context(), at); err != nil || !r.OK() || r.Items != 1 || r.Thumbnails != 0 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// A manifest that names a thumbnail which is not there is found.
func TestThumbnailThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, blobs, at := &uplinktest.Outbox{}, &shared{blobs: uplinktest.Blobs{}}, &uplinktest.Memory{}
		picture(t, out, blobs, "item", 100<<10, label.OK)
		cfg := config(out, blobs, at)
		cfg.Items, cfg.Thumbnail = out, small
		run(t, cfg, empty(out))
		for key, b := range at.Objects() {
			if strings.HasPrefix(string(b), "thumbnail of") {
				at.Delete(key)
			}
		}
		if r, err := uplink.Verify(t.Context(), at); err != nil || r.OK() {
			t.Errorf("%+v, %v", r, err)
		}
	})
}
