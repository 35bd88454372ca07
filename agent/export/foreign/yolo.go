package foreign

import (
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // sizes of pictures
	_ "image/png"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/tiff"

	"edgelabel/agent/label"
)

// YOLO reads images/ and labels/ with data.yaml: five numbers are a box, more are an outline (the corners of an oriented box as well).
// A picture without a text file was not annotated; one with an empty file is OK.
func YOLO(dataset fs.FS, yield func(*Picture) error) error {
	names, err := yoloNames(dataset)
	if err != nil {
		return err
	}
	return fs.WalkDir(dataset, "images", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !slices.Contains([]string{".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"}, strings.ToLower(path.Ext(file))) {
			return err
		}
		p := &Picture{File: file}
		b, err := readFile(dataset, "labels"+strings.TrimSuffix(strings.TrimPrefix(file, "images"), path.Ext(file))+".txt")
		if errors.Is(err, fs.ErrNotExist) {
			return yield(p)
		}
		if err != nil {
			return err
		}
		if err := p.measure(dataset); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for line := range strings.Lines(string(b)) {
			p.yoloLine(strings.Fields(line), names)
		}
		p.judge()
		return yield(p)
	})
}

// yoloNames reads the class names, which data.yaml has as a list or as a map.
func yoloNames(dataset fs.FS) (map[int]string, error) {
	name := find(dataset, "dataset.yaml", "data.yaml")
	b, err := readFile(dataset, name)
	if err != nil {
		return nil, err
	}
	var asMap struct{ Names map[int]string }
	if err := yaml.Unmarshal(b, &asMap); err == nil && len(asMap.Names) > 0 {
		return asMap.Names, nil
	}
	var asList struct{ Names []string }
	if err := yaml.Unmarshal(b, &asList); err != nil || len(asList.Names) == 0 {
		return nil, errors.Join(fmt.Errorf("%s: has no names", name), err)
	}
	names := map[int]string{}
	for i, n := range asList.Names {
		names[i] = n
	}
	return names, nil
}

func (p *Picture) measure(dataset fs.FS) error {
	f, err := dataset.Open(p.File)
	if err != nil {
		return err
	}
	c, _, err := image.DecodeConfig(f)
	p.Width, p.Height = c.Width, c.Height
	return errors.Join(err, f.Close())
}

func (p *Picture) yoloLine(fields []string, names map[int]string) {
	if len(fields) == 0 {
		return
	}
	numbers := make([]float64, len(fields))
	for i, text := range fields {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			p.lose("line %q: %q is no number", strings.Join(fields, " "), text)
			return
		}
		numbers[i] = v
		if i > 0 && i%2 == 1 {
			numbers[i] *= float64(p.Width)
		} else if i > 0 {
			numbers[i] *= float64(p.Height)
		}
	}
	class, known := names[int(numbers[0])]
	switch n := numbers[1:]; {
	case !known:
		p.lose("class %s is not in data.yaml", fields[0])
	case len(n) == 4:
		p.add(label.Region{Kind: label.Box, Class: class, Rect: &label.Rect{X: n[0] - n[2]/2, Y: n[1] - n[3]/2, W: n[2], H: n[3]}})
	case len(n) >= 6 && len(n)%2 == 0:
		p.add(label.Region{Kind: label.Polygon, Class: class, Points: flat(n)})
	default:
		p.lose("line of %d numbers is neither a box nor an outline", len(numbers))
	}
}
