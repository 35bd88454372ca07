package similar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"math"
	"slices"
	"sync"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
)

// mostBytes is the largest encoded image that is looked at.
const mostBytes = 64 << 20

// spot is a region of an image: what a descriptor is of.
type spot struct {
	image string
	box   image.Rectangle
}

// kept is the descriptors that were needed before; a full one begins anew.
type kept struct {
	most int

	mu  sync.Mutex
	all map[spot]*descriptor
}

func (k *kept) get(s spot) *descriptor {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.all[s]
}

func (k *kept) put(s spot, d *descriptor) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.all) >= k.most {
		clear(k.all)
	}
	k.all[s] = d
}

// images finds regions that look like one, on other images of the same camera: where people or detectors marked something. A question
// about a whole image compares whole images.
func (f *Finder) images(ctx context.Context, q label.Likeness) (label.Found, error) {
	row, _, err := f.cfg.Items.Item(ctx, q.Item)
	if err != nil {
		return label.Found{}, err
	}
	n := slices.IndexFunc(row.Images, func(im label.Image) bool { return im.SHA256 == q.Image })
	if n < 0 {
		return label.Found{}, fmt.Errorf("%w: item %s has no such image", label.ErrInvalid, q.Item)
	}
	if q.Rect != nil && !(q.Rect.W > 0 && q.Rect.H > 0) {
		return label.Found{}, fmt.Errorf("%w: rect: want positive w and h", label.ErrInvalid)
	}
	last := &opened{}
	own, err := f.look(row.Images[n], q.Rect, last)
	if errors.Is(err, fs.ErrNotExist) {
		return label.Found{}, fmt.Errorf("image %s: %w", q.Image, label.ErrNotFound)
	}
	if err != nil {
		return label.Found{}, err
	}
	s := comparing{finder: f, q: q, own: own, camera: row.Images[n].Camera, last: last}
	return s.all(ctx)
}

// comparing is a question on its way over the images.
type comparing struct {
	finder *Finder
	q      label.Likeness
	own    *descriptor
	camera string
	last   *opened
	found  label.Found
}

// opened is the image that was decoded last: its regions come one after another.
type opened struct {
	sha256  string
	picture *image.Gray
}

func (s *comparing) all(ctx context.Context) (label.Found, error) {
	s.found = label.Found{Since: s.q.Since, Until: s.q.Until, Complete: true}
	oldest := s.q.Until
	for _, id := range s.finder.cfg.Index.Pictures(s.camera, s.q.Since, s.q.Until) {
		row, labels, err := s.finder.cfg.Items.Item(ctx, id)
		if errors.Is(err, label.ErrNotFound) {
			continue
		}
		if err == nil {
			err = s.item(ctx, &row, labels)
		}
		if impatient(ctx, err) {
			s.found.Complete, s.found.Since = false, oldest
			break
		}
		if err != nil {
			return label.Found{}, err
		}
		oldest = min(oldest, row.At)
	}
	slices.SortFunc(s.found.Places, func(a, b label.Alike) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(b.Item, a.Item))
	})
	s.found.Places = s.found.Places[:min(len(s.found.Places), s.q.K)]
	return s.found, nil
}

// item compares the regions of one item. An image that is gone or broken is passed over.
func (s *comparing) item(ctx context.Context, row *label.Row, labels []label.Label) error {
	for _, im := range row.Images {
		if im.Camera != s.camera {
			continue
		}
		for _, r := range s.regions(row, labels, im) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if im.SHA256 == s.q.Image && same(r, s.q.Rect) {
				continue
			}
			d, err := s.finder.look(im, r, s.last)
			if err != nil {
				continue
			}
			s.found.Searched++
			s.found.Places = append(s.found.Places, label.Alike{
				PlaceAlike: label.PlaceAlike{Item: row.ID, Image: im.SHA256, Rect: r}, Distance: s.own.apart(d),
				Verdict: row.Verdict, Classes: append([]string{}, row.Classes...), By: row.By,
			})
		}
	}
	return nil
}

// regions are the boxes of what people marked on an image, or else of what detectors proposed.
func (s *comparing) regions(row *label.Row, labels []label.Label, im label.Image) []*label.Rect {
	if s.q.Rect == nil {
		return []*label.Rect{nil}
	}
	var list []label.Region
	if n := len(labels); n > 0 {
		list = labels[n-1].Regions
	}
	if len(list) == 0 {
		for _, c := range row.Candidates {
			list = append(list, c.Regions...)
		}
	}
	var boxes []*label.Rect
	for i := range list {
		if box := list[i].Box(); box != nil && list[i].Image == im.SHA256 {
			boxes = append(boxes, box)
		}
	}
	return boxes
}

// same reports whether two boxes are mostly one: half of what they cover together.
func same(a, b *label.Rect) bool {
	if a == nil || b == nil {
		return a == b
	}
	w := math.Min(a.X+a.W, b.X+b.W) - math.Max(a.X, b.X)
	h := math.Min(a.Y+a.H, b.Y+b.H) - math.Max(a.Y, b.Y)
	return w > 0 && h > 0 && 2*w*h > a.W*a.H+b.W*b.H-w*h
}

// look describes a region of an image, nil being all of it.
func (f *Finder) look(im label.Image, r *label.Rect, last *opened) (*descriptor, error) {
	box := image.Rect(0, 0, im.Width, im.Height)
	if r != nil {
		box = image.Rect(int(math.Floor(r.X)), int(math.Floor(r.Y)), int(math.Ceil(r.X+r.W)), int(math.Ceil(r.Y+r.H)))
	}
	at := spot{im.SHA256, box}
	if d := f.kept.get(at); d != nil {
		return d, nil
	}
	if last.sha256 != im.SHA256 {
		picture, err := f.read(im.SHA256)
		if err != nil {
			return nil, err
		}
		*last = opened{im.SHA256, picture}
	}
	d, ok := describe(last.picture, box)
	if !ok {
		return nil, fmt.Errorf("%w: rect: outside the image", label.ErrInvalid)
	}
	f.kept.put(at, d)
	return d, nil
}

func (f *Finder) read(sha256 string) (*image.Gray, error) {
	blob, err := f.cfg.History.OpenBlob(sha256)
	if err != nil {
		return nil, err
	}
	defer blob.Close() // read only
	data, err := io.ReadAll(io.LimitReader(blob, mostBytes))
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", sha256, err)
	}
	m, err := vision.Decode(data, f.cfg.MaxPixels)
	if err != nil {
		return nil, fmt.Errorf("image %s: %w: %w", sha256, label.ErrInvalid, err)
	}
	return m, nil
}
