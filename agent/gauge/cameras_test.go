package gauge_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"

	"edgelabel/agent/gauge"
	"edgelabel/agent/label"
	"edgelabel/collectors/camera"
)

// TestCamerasShowWhatPeopleSaidOverTheConfiguration asks for the facts of a camera before and after somebody measured.
func TestCamerasShowWhatPeopleSaidOverTheConfiguration(t *testing.T) {
	good := t.TempDir()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 12, 8))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(good, "good.png"), picture.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := gauge.OpenCameras(t.TempDir(), []gauge.Camera{{Name: "top", MMPerPx: 0.1, Good: good}, {Name: "side", Good: good + "/none"}}, camera.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	facts, err := all.Cameras(t.Context())
	if err != nil || len(facts) != 2 {
		t.Fatalf("%+v, %v", facts, err)
	}
	top, side := facts[0], facts[1]
	if top.MMPerPx != 0.1 || top.Scale != nil || top.Reference == nil || top.Reference.Width != 12 || top.Reference.Format != "png" {
		t.Errorf("as configured: %+v", top)
	}
	if side.Reference != nil {
		t.Errorf("a folder that is not there has a picture: %+v", side)
	}
	f, err := all.OpenBlob(top.Reference.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, picture.Bytes()) {
		t.Errorf("%d bytes of the reference, %v", len(got), err)
	}
	if top, err = all.SetScale(t.Context(), "top", label.Scale{MMPerPx: 0.2, How: label.ByRuler, By: "li", At: 7}); err != nil || top.MMPerPx != 0.2 || top.Scale == nil {
		t.Errorf("measured: %+v, %v", top, err)
	}
	if s := all.ScaleNow("top"); s.MMPerPx != 0.2 || s.At != 7 {
		t.Errorf("pictures that arrive now get %+v", s)
	}
	if _, err := all.SetScale(t.Context(), "nobody", label.Scale{}); err == nil {
		t.Error("a camera that is not there was measured")
	}
}
