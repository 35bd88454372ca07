// Package golden compares parts in a fixed pose with pictures of good ones.
//
//	picture ─▶ pose (shift, small turn) ─▶ local drift ─▶ light ─▶ what lies outside the tolerance ─▶ regions
//
// The tolerance of a place is what the good pictures show within a few pixels of it, both ways: nothing in the picture that no good part
// has there, and nothing missing that every good part has. Good pictures of several layouts may be mixed; each picture is compared with
// the layout it is most like. With several good pictures of a layout their differences widen the tolerance, and pictures held back while
// learning set its width.
//
// It cannot judge parts that lie anywhere, bend, or have a texture that differs from part to part; a difference in brightness over more
// than a sixth of the picture counts as light; a fault narrower than the tolerance and fainter than a tenth of the contrast is not seen.
package golden

import (
	"cmp"
	"context"
	"errors"
	"image"
	"iter"

	"edgelabel/agent/vision"
)

// What a Config takes where it is silent.
const (
	DefaultTolerance = 3 // pixels, with one good picture of a layout
	DefaultPad       = 8 // pixels
)

// Config says how a part is compared. The zero value is the default.
type Config struct {
	Tolerance int // pixels that an edge may be off, 0 is DefaultTolerance; with several good pictures one less
	Pad       int // pixels around what differs that its box takes in, as people draw boxes; 0 is DefaultPad, less than 0 none

	// BrightConductor says that on pictures of two tones, such as boards, the bright tone is the conductor. Only the types of regions
	// depend on it.
	BrightConductor bool
}

// Model is what was learnt of good parts. It does not change, and several goroutines may use it.
type Model struct {
	cfg     Config
	layouts []*layout
	slack   float64 // widens the tolerance, 1 and more
}

var _ vision.Detector = (*Model)(nil)

// same is the likeness from which two good pictures are of one layout, and alien that below which a picture shows none of them.
const (
	same    = 0.85
	alien   = 0.4
	sisters = 0.02 // less like than the most like: as good a guess
)

// Learning holds pictures back where there are at least fold, and judges at most most of them.
const (
	fold   = 4
	most   = 40
	margin = 1.1

	fewPictures = 8 // too few to tell whether the pose is fixed
	mostSlack   = 2 // times the tolerance: with more a fault hides in what good parts differ by
)

// ErrNoReference says that there was no good picture.
var ErrNoReference = errors.New("golden: no good picture to compare with")

// Learn makes a model of good pictures, which it goes through up to three times and does not keep all at once. It takes the first error.
func Learn(ctx context.Context, cfg Config, good iter.Seq2[*image.Gray, error]) (*Model, error) {
	cfg.Tolerance = cmp.Or(cfg.Tolerance, DefaultTolerance)
	cfg.Pad = max(cmp.Or(cfg.Pad, DefaultPad), 0)
	m, err := learn(ctx, cfg, good, func(int) bool { return true })
	if err != nil {
		return nil, err
	}
	if len(m.layouts) == 0 {
		return nil, ErrNoReference
	}
	return m, m.calibrate(ctx, good)
}

func learn(ctx context.Context, cfg Config, good iter.Seq2[*image.Gray, error], take func(i int) bool) (*Model, error) {
	m := &Model{cfg: cfg, slack: 1}
	i := -1
	for picture, err := range good {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		if i++; !take(i) {
			continue
		}
		if picture.Rect.Empty() {
			return nil, errors.New("golden: a good picture without pixels")
		}
		m.add(picture)
	}
	return m, nil
}

// add takes a good picture into the layout it shows, or begins a new one.
func (m *Model) add(picture *image.Gray) {
	if best := m.match(picture)[0]; best.like >= same {
		if v := best.layout.bring(picture, best.settled()); m.shows(best.layout, v) {
			best.layout.widen(v)
			return
		}
	}
	m.layouts = append(m.layouts, newLayout(picture))
}

// shows reports whether a good picture that is like a layout is of it. Of two tones, one that differs somewhere is of a sister: boards of a
// family are very alike, and together they would allow what neither has.
func (m *Model) shows(l *layout, v view) bool {
	return !l.twoTone || len(m.compare(l, v).deviations) == 0
}

// calibrate widens the tolerance until pictures that were held back lie inside it: each half is judged by what the other half taught.
func (m *Model) calibrate(ctx context.Context, good iter.Seq2[*image.Gray, error]) error {
	n := 0
	for _, l := range m.layouts {
		n += l.n
	}
	if n < fold || n == len(m.layouts) {
		return nil
	}
	for half := range 2 {
		other, err := learn(ctx, m.cfg, good, func(i int) bool { return i%2 == half })
		if err != nil {
			return err
		}
		i, judged := -1, 0
		for picture, err := range good {
			if err = errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			if i++; i%2 == half || judged >= most/2 {
				continue
			}
			judged++
			best := other.match(picture)[0]
			if best.like < same {
				continue
			}
			if v := best.layout.bring(picture, best.settled()); other.shows(best.layout, v) {
				m.slack = max(m.slack, margin*other.compare(best.layout, v).worst)
			}
		}
	}
	return nil
}

// Layouts is how many different layouts the good pictures show, and Pictures how many pictures there were.
func (m *Model) Layouts() int { return len(m.layouts) }

// Pictures is how many good pictures were learnt from.
func (m *Model) Pictures() (n int) {
	for _, l := range m.layouts {
		n += l.n
	}
	return n
}

// Suits reports whether the good pictures show parts in a fixed pose. Few pictures, and those of two tones, are given that; of others most
// must share a layout, and those that were held back must lie near the tolerance that their halves taught.
func (m *Model) Suits() bool {
	n := m.Pictures()
	return n < fewPictures || m.layouts[0].twoTone || 2*len(m.layouts) <= n && m.slack <= mostSlack
}

// Inspect implements vision.Detector.
func (m *Model) Inspect(ctx context.Context, picture *image.Gray) (vision.Finding, error) {
	if picture.Rect.Empty() {
		return vision.Finding{}, errors.New("golden: a picture without pixels")
	}
	if judged, times := m.sized(picture); times != 1 {
		f, err := m.inspect(ctx, judged)
		return enlarge(f, times, picture.Rect), err
	}
	return m.inspect(ctx, picture)
}

func (m *Model) inspect(ctx context.Context, picture *image.Gray) (vision.Finding, error) {
	near := m.match(picture)
	if err := ctx.Err(); err != nil {
		return vision.Finding{}, err
	}
	l, like := near[0].layout, near[0].like
	if l == nil || like < alien && !l.blank() {
		return alienTo(picture.Rect, like), ctx.Err()
	}
	best, at, found := m.nearest(picture, near)
	return m.finding(best, at, picture, found), ctx.Err()
}

// nearest compares a picture with the layout it is most like, and where it differs also with those it is hardly less like: what differs
// from one may be as it should be on a sister.
func (m *Model) nearest(picture *image.Gray, near []match) (best *layout, at pose, found comparison) {
	for i, o := range near {
		if i > 0 && (found.area() == 0 || o.like < near[0].like-sisters) {
			break
		}
		p := o.settled()
		if c := m.compare(o.layout, o.layout.bring(picture, p)); i == 0 || c.area() < found.area() {
			best, at, found = o.layout, p, c
		}
	}
	return best, at, found
}

// fits reports whether two pictures can show the same at the same scale.
func fits(a, b *image.Gray) bool {
	close := func(p, q int) bool { return 4*min(p, q) >= 3*max(p, q) || max(p, q)-min(p, q) <= 2 }
	return close(a.Rect.Dx(), b.Rect.Dx()) && close(a.Rect.Dy(), b.Rect.Dy())
}
