package demo_test

import (
	"context"
	"path/filepath"
	"testing"

	"edgelabel/agent/demo"
	"edgelabel/agent/vision"
	"edgelabel/agent/vision/folder"
	"edgelabel/agent/vision/golden"
)

// TestGoodPicturesTeach holds what the demo promises: defects come with a box, good parts without.
func TestGoodPicturesTeach(t *testing.T) {
	if testing.Short() {
		t.Skip("long: left to make test")
	}
	dir := filepath.Join(t.TempDir(), "good")
	if err := demo.WriteGood(dir); err != nil {
		t.Fatal(err)
	}
	good, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	model, err := golden.Learn(context.Background(), golden.Config{}, good.All)
	if err != nil {
		t.Fatal(err)
	}
	camera := demo.NewCamera(11)
	for _, d := range []demo.Defect{demo.None, demo.Scratch, demo.Dent, demo.Stain, demo.None} {
		data, err := camera.Shoot(demo.Part{ID: "a", Defect: d})
		if err != nil {
			t.Fatal(err)
		}
		picture, err := vision.Decode(data, 0)
		if err != nil {
			t.Fatal(err)
		}
		found, err := model.Inspect(context.Background(), picture)
		if err != nil {
			t.Fatal(err)
		}
		if flagged := found.Score >= vision.Suspect; flagged != (d != demo.None) || flagged != (len(found.Regions) > 0) {
			t.Errorf("%q: score %.2f with %d regions", d, found.Score, len(found.Regions))
		}
	}
}
