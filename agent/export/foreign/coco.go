package foreign

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"slices"

	"edgelabel/agent/label"
)

type cocoFile struct {
	Images []struct {
		ID      int64         `json:"id"`
		Width   int           `json:"width"`
		Height  int           `json:"height"`
		File    string        `json:"file_name"`
		Verdict label.Verdict `json:"verdict"` // an export of this program has it
	} `json:"images"`
	Annotations []cocoAnnotation `json:"annotations"`
	Categories  []struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	} `json:"categories"`
}

type cocoAnnotation struct {
	Image        int64           `json:"image_id"`
	Category     int64           `json:"category_id"`
	BBox         []float64       `json:"bbox"`
	Segmentation json.RawMessage `json:"segmentation"`
}

// COCO reads detection datasets: every annotations file in the folder or in annotations/. One annotation of several polygons becomes as
// many regions.
func COCO(dataset fs.FS, yield func(*Picture) error) error {
	return eachFile(dataset, json.Unmarshal, func(_ string, f *cocoFile) error { return f.each(dataset, yield) }, "*.json", "annotations/*.json")
}

func (f *cocoFile) each(dataset fs.FS, yield func(*Picture) error) error {
	classes := map[int64]string{}
	for _, c := range f.Categories {
		classes[c.ID] = c.Name
	}
	slices.SortStableFunc(f.Annotations, func(a, b cocoAnnotation) int { return cmp.Compare(a.Image, b.Image) })
	for _, im := range f.Images {
		p := &Picture{File: picture(dataset, im.File), Width: im.Width, Height: im.Height, Verdict: im.Verdict}
		from, _ := slices.BinarySearchFunc(f.Annotations, im.ID, func(a cocoAnnotation, id int64) int { return cmp.Compare(a.Image, id) })
		for i := from; i < len(f.Annotations) && f.Annotations[i].Image == im.ID; i++ {
			f.Annotations[i].add(p, classes[f.Annotations[i].Category])
		}
		p.judge()
		if err := yield(p); err != nil {
			return err
		}
	}
	return nil
}

// add takes the segmentation, which says more, or else the box.
func (a *cocoAnnotation) add(p *Picture, class string) {
	var polygons [][]float64
	var rle struct {
		Counts json.RawMessage `json:"counts"`
	}
	switch {
	case json.Unmarshal(a.Segmentation, &polygons) == nil && len(polygons) > 0:
		for _, numbers := range polygons {
			p.add(label.Region{Kind: label.Polygon, Class: class, Points: flat(numbers)})
		}
	case json.Unmarshal(a.Segmentation, &rle) == nil && len(rle.Counts) > 0:
		p.addMask(rle.Counts, class)
	case len(a.BBox) == 4:
		p.add(label.Region{Kind: label.Box, Class: class, Rect: &label.Rect{X: a.BBox[0], Y: a.BBox[1], W: a.BBox[2], H: a.BBox[3]}})
	default:
		p.lose("annotation %s: has neither a box nor an outline", class)
	}
}

// addMask takes a mask in either of COCO's forms.
func (p *Picture) addMask(counts json.RawMessage, class string) {
	r, err := cocoMask(counts, p)
	if err != nil {
		p.lose("mask %s: %v", class, err)
		return
	}
	r.Class = class
	p.add(*r)
}

func cocoMask(raw json.RawMessage, p *Picture) (*label.Region, error) {
	var counts []int
	var text string
	if json.Unmarshal(raw, &counts) != nil {
		err := json.Unmarshal(raw, &text)
		if err == nil {
			counts, err = decompress(text)
		}
		if err != nil {
			return nil, err
		}
	}
	return columns(counts, p.Width, p.Height)
}
