// Package coco writes image annotations as a COCO detection dataset (cocodataset.org, "Data format"): annotations/instances_<split>.json and
// images/, which file_name is relative to. CVAT and Datumaro find the files by these names.
//
// Ids are derived from the ids of items and regions, so they stay the same in every later export. Boxes keep an empty segmentation;
// rotated boxes become polygons; masks become uncompressed RLE with iscrowd 0. Beside COCO's own fields an image carries item_id,
// verdict and classes: a not_ok image whose defect nobody marked has no annotation, and whoever trains a detector must leave it out.
package coco

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"time"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
)

// Drops is what COCO has no place for.
func Drops() []string {
	return []string{"signals and their windows", "faults", "comments and confidence", "earlier label revisions", "machine candidates", "who labelled"}
}

type info struct {
	Description string `json:"description"`
	Version     string `json:"version"` // of the taxonomy
}

type category struct {
	ID            int    `json:"id"` // place in the taxonomy, from 1
	Name          string `json:"name"`
	Supercategory string `json:"supercategory"`
	NameEN        string `json:"name_en"`
	NameZH        string `json:"name_zh"`
}

type picture struct {
	ID       int64         `json:"id"`
	Width    int           `json:"width"`
	Height   int           `json:"height"`
	FileName string        `json:"file_name"`
	Captured string        `json:"date_captured"` // UTC, RFC 3339
	Item     string        `json:"item_id"`
	Verdict  label.Verdict `json:"verdict"`
	Classes  []string      `json:"classes,omitempty"` // of the whole item
}

type annotation struct {
	ID           int64             `json:"id"`
	Image        int64             `json:"image_id"`
	Category     int               `json:"category_id"`
	Segmentation any               `json:"segmentation"`
	Area         float64           `json:"area"` // square pixels
	BBox         [4]float64        `json:"bbox"` // x, y, width, height
	Crowd        int               `json:"iscrowd"`
	Attributes   map[string]string `json:"attributes,omitempty"`
}

type encoder struct {
	job         export.Job
	categories  map[string]int
	images      *export.Stream
	annotations *export.Stream
	taken       map[int64]bool
}

// Open is the export.Format's. Each split has a file of its own, instances_train.json and so on.
func Open(job export.Job) (export.Encoder, error) {
	if err := os.MkdirAll(filepath.Join(job.Dir, "annotations"), 0o755); err != nil {
		return nil, err
	}
	return export.PerSplit(job, open)
}

// file is where the split's dataset goes; default is what CVAT and Datumaro call one that is not divided.
func file(job *export.Job) string {
	return filepath.Join(job.Dir, "annotations", "instances_"+cmp.Or(job.Split, "default")+".json")
}

func open(job export.Job) (export.Encoder, error) {
	e := &encoder{job: job, categories: map[string]int{}, taken: map[int64]bool{}}
	var err error
	if e.images, err = export.NewStream(file(&job)); err != nil {
		return nil, err
	}
	if e.annotations, err = export.NewStream(job.File(".annotations", "")); err != nil {
		return nil, errors.Join(err, e.images.Close())
	}
	return e, e.head()
}

func (e *encoder) head() error {
	e.images.Text("{\"info\":")
	t := &e.job.Taxonomy
	if err := e.images.Add(info{"edgelabel", time.Unix(0, t.Changed).UTC().Format(time.RFC3339)}); err != nil {
		return err
	}
	e.images.Text(",\n\"licenses\":[],\n\"categories\":[\n")
	for i, c := range t.Classes {
		e.categories[c.ID] = i + 1
		if err := e.images.Add(category{i + 1, c.ID, c.On, c.Name.EN, c.Name.ZH}); err != nil {
			return err
		}
	}
	e.images.Text("\n],\n\"images\":[\n")
	return nil
}

// Encode writes the item's pictures and the regions on them.
func (e *encoder) Encode(_ context.Context, x *export.Example) error {
	whole := export.Lost{Item: x.Item.ID, Label: x.Label.ID}
	switch {
	case x.Label.Verdict == label.NotDecidable:
		whole.Reason = "not decidable: neither an example nor a counter-example"
	case len(x.Item.Images) == 0:
		whole.Reason = "item has no image"
	}
	if whole.Reason != "" {
		return x.LostWhole(&e.job, whole.Reason)
	}
	ids, err := e.pictures(x)
	if err != nil {
		return err
	}
	marked := 0
	for i := range x.Label.Regions {
		ok, err := e.region(x, &x.Label.Regions[i], ids)
		if err != nil {
			return err
		}
		if ok {
			marked++
		}
	}
	if x.Label.Verdict == label.NotOK && marked == 0 && len(ids) > 0 {
		whole.Reason = "not_ok and no region marked: the image is there with verdict not_ok and without an annotation"
		return e.job.Lost(whole)
	}
	return nil
}

func (e *encoder) pictures(x *export.Example) (ids map[string]*picture, err error) {
	ids = map[string]*picture{}
	for _, im := range x.Item.Images {
		name, ok := x.Files[im.SHA256]
		if !ok || ids[im.SHA256] != nil {
			continue
		}
		p := &picture{e.id("image", x.Item.ID, im.SHA256), im.Width, im.Height, path.Base(name), time.Unix(0, im.Time()).UTC().Format(time.RFC3339Nano),
			x.Item.ID, x.Label.Verdict, x.Label.Classes}
		ids[im.SHA256] = p
		if err := e.images.Add(p); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func (e *encoder) region(x *export.Example, r *label.Region, on map[string]*picture) (ok bool, err error) {
	p, category := on[r.Image], e.categories[r.Class]
	var reason string
	switch {
	case !r.Kind.OnImage():
		reason = "COCO holds regions on images only"
	case p == nil:
		reason = "its image is not in the dataset"
	case r.Class == "":
		reason = "has no class"
	case category == 0:
		reason = "class " + r.Class + " is not in the taxonomy"
	}
	var a *annotation
	if reason == "" {
		a, reason = draw(r, p.Width, p.Height)
	}
	if reason != "" {
		return false, e.job.Lost(x.LostRegion(r, reason))
	}
	a.ID, a.Image, a.Category, a.Attributes = e.id("region", x.Item.ID, r.ID), p.ID, category, r.Attributes
	return true, e.annotations.Add(a)
}

// id makes a positive 48-bit integer from a name, so that it survives in any reader's double. The next free one on a collision.
func (e *encoder) id(parts ...string) int64 {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	id := int64(binary.BigEndian.Uint64(h.Sum(nil))>>16) | 1
	for e.taken[id] {
		id++
	}
	e.taken[id] = true
	return id
}

// Close puts the annotations behind the images.
func (e *encoder) Close() error {
	name := e.job.File(".annotations", "")
	if err := e.annotations.Close(); err != nil {
		return errors.Join(err, e.images.Close())
	}
	e.images.Text("\n],\n\"annotations\":[\n")
	f, err := os.Open(name)
	if err != nil {
		return errors.Join(err, e.images.Close())
	}
	_, err = io.Copy(e.images, f)
	e.images.Text("\n]}\n")
	return errors.Join(err, f.Close(), e.images.Close(), os.Remove(name))
}
