package folder_test

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"edgelabel/agent/vision/folder"
)

func TestPicturesInOrder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.PNG", "a/c.png", ".hidden/x.png", ".y.png", "notes.txt"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	pictures, err := folder.Open(dir)
	if err != nil || !slices.Equal(pictures.Names(), []string{"a/c.png", "b.PNG"}) {
		t.Fatalf("%v, %v", pictures, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "b.PNG"), []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	var good, bad int
	for m, err := range pictures.All {
		if err != nil {
			bad++
		} else if m.Rect == image.Rect(0, 0, 3, 2) {
			good++
		}
	}
	if good != 1 || bad != 1 {
		t.Errorf("%d good, %d bad", good, bad)
	}
}
