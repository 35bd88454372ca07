package demo

import (
	"fmt"
	"os"
	"path/filepath"
)

// goodPictures is how many parts without defect the camera learns from.
const goodPictures = 3

// WriteGood draws parts without defect into a folder: what the image detector compares with.
func WriteGood(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	camera := NewCamera(goodPictures)
	for i := range goodPictures {
		name := fmt.Sprintf("good-%d.jpg", i+1)
		picture, err := camera.Shoot(Part{ID: name})
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), picture, 0o600); err != nil {
			return err
		}
	}
	return nil
}
