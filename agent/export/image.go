package export

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"edgelabel/agent/label"
)

// image copies one picture into images/, named by its hash: the same picture of several items is one file.
func (r *run) image(e *Example, im *label.Image) error {
	lost := func(reason string) error { return r.loss.add(Lost{Item: e.Item.ID, Image: im.SHA256, Reason: reason}) }
	if len(im.SHA256) != 2*sha256.Size || strings.Trim(im.SHA256, "0123456789abcdef") != "" {
		return lost("image has no sha256")
	}
	name := "images/" + im.SHA256 + "." + extension(im.Format)
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if _, err := os.Stat(file); err == nil {
		e.Files[im.SHA256] = name
		return nil
	}
	body, err := r.src.OpenBlob(im.SHA256)
	if errors.Is(err, fs.ErrNotExist) {
		return lost("image is not there")
	}
	if err != nil {
		return err
	}
	sum, err := copyTo(file, body)
	if err = errors.Join(err, body.Close()); err != nil {
		return err
	}
	if sum != im.SHA256 {
		return errors.Join(os.Remove(file), lost("image is damaged"))
	}
	r.sum.Images++
	e.Files[im.SHA256] = name
	return nil
}

func copyTo(file string, body io.Reader) (sum string, err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return "", err
	}
	f, err := os.Create(file)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, h), body)
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, f.Close())
}

func extension(format string) string {
	switch format {
	case "jpeg":
		return "jpg"
	case "png", "bmp", "tiff":
		return format
	}
	return "bin"
}
