package golden

import (
	"cmp"
	"image"
	"math"
	"slices"

	"edgelabel/agent/vision/plane"
)

// layout is one kind of part as good pictures show it, in the frame of the first of them.
type layout struct {
	first, half        *image.Gray // half is first, halved
	darkest, brightest *image.Gray // of all its good pictures, pixel by pixel; first itself while there is one
	levels             []level
	thumb              thumb
	n                  int
	lowTone, highTone  int // percentiles 1 and 99 of first
	twoTone            bool
}

func newLayout(first *image.Gray) *layout {
	l := &layout{first: first, half: plane.Halve(first), darkest: first, brightest: first, n: 1, thumb: newThumb(first)}
	for _, m := range pyramid(first) {
		l.levels = append(l.levels, newLevel(m))
	}
	l.tones()
	return l
}

// tones looks at what greys there are.
func (l *layout) tones() {
	var seen [256]int
	for _, v := range l.first.Pix {
		seen[v]++
	}
	n := len(l.first.Pix)
	at := func(share float64) int {
		sum := 0
		for v, count := range seen {
			if sum += count; float64(sum) >= share*float64(n) {
				return v
			}
		}
		return 255
	}
	l.lowTone, l.highTone = at(0.01), at(0.99)
	edge, pure := (l.highTone-l.lowTone)/10, 0
	for v, count := range seen {
		if v <= l.lowTone+edge || v >= l.highTone-edge {
			pure += count
		}
	}
	l.twoTone = l.highTone-l.lowTone >= 150 && float64(pure) >= 0.9*float64(n) // a binarised picture, not merely a bright part
}

// blank reports a layout without anything to recognise.
func (l *layout) blank() bool { return l.highTone-l.lowTone < 8 }

// view is a picture in a layout's frame and light.
type view struct {
	*image.Gray
	rows []stretch // what of each row can be judged
}

// stretch is a part of a row: from, inclusive, to, exclusive.
type stretch struct{ from, to int }

// bring moves a picture into the layout's frame and light.
func (l *layout) bring(picture *image.Gray, p pose) view {
	f := p.frame(l.first.Rect, picture.Rect)
	rigid := plane.Warp(picture, l.first, func(x, y int) (float64, float64) { return f.at(float64(x), float64(y)) })
	relight(l.first, rigid)
	if d := newDrift(l.first, l.half, rigid); !d.still() {
		rigid = plane.Warp(picture, l.first, func(x, y int) (float64, float64) {
			dx, dy := d.at(x, y, l.first.Rect)
			return f.at(float64(x)+dx, float64(y)+dy)
		})
		relight(l.first, rigid)
	}
	return view{rigid, common(l.first.Rect, picture.Rect, f)}
}

// rim is how near, in pixels, to the border of either picture nothing can be said: what should be there may lie just outside.
const rim = DefaultTolerance + near

// common finds what of each row of the reference lies inside the picture and away from both borders: a single stretch, since a turned
// rectangle has no dents.
func common(reference, picture image.Rectangle, f frame) []stretch {
	inner := reference.Inset(min(rim, reference.Dx()/4, reference.Dy()/4))
	least := float64(min(rim, picture.Dx()/4, picture.Dy()/4))
	judged := func(x, y int) bool {
		px, py := f.at(float64(x), float64(y))
		return px >= least && py >= least && px < float64(picture.Dx())-least && py < float64(picture.Dy())-least
	}
	rows := make([]stretch, reference.Dy())
	for y := inner.Min.Y; y < inner.Max.Y; y++ {
		s := stretch{inner.Min.X, inner.Max.X}
		for s.from < s.to && !judged(s.from, y) {
			s.from++
		}
		for s.from < s.to && !judged(s.to-1, y) {
			s.to--
		}
		rows[y] = s
	}
	return rows
}

// widen takes another good picture into the tolerance.
func (l *layout) widen(picture view) {
	if l.n++; l.n == 2 {
		l.darkest, l.brightest = clone(l.first), clone(l.first)
	}
	for i, v := range picture.Pix {
		l.darkest.Pix[i] = min(l.darkest.Pix[i], v)
		l.brightest.Pix[i] = max(l.brightest.Pix[i], v)
	}
}

func clone(m *image.Gray) *image.Gray {
	out := plane.New(plane.Size(m))
	copy(out.Pix, m.Pix)
	return out
}

// tolerance is how many pixels an edge may be off.
func (l *layout) tolerance(cfg Config) int {
	if l.n > 1 {
		return max(1, cfg.Tolerance-1)
	}
	return cfg.Tolerance
}

// candidates is how many layouts are looked for in one picture; those that are less like than the best by hopeless, on the coarsest picture,
// are not looked at more closely.
const (
	candidates = 4
	hopeless   = 0.3
)

// match is a layout, and how well a picture shows it.
type match struct {
	layout *layout
	sight
	pictures []*image.Gray // the picture and its halves
}

// settled is where exactly the picture shows the layout: dear, and so only for those that are compared.
func (c match) settled() pose { return c.settle(c.layout.levels, c.pictures) }

// match finds the layouts that a picture is like, the most like first; one that is none, with a likeness of -1, where there are none.
func (m *Model) match(picture *image.Gray) []match {
	pictures := pyramid(picture)
	var near []*layout // only layouts of about this size: the search of a thin strip would have no end
	for _, l := range m.layouts {
		if fits(l.first, picture) {
			near = append(near, l)
		}
	}
	if len(near) > candidates {
		near = alikest(near, picture)
	}
	var all []match
	best := -1.
	for _, l := range near {
		all = append(all, match{l, spot(l.levels, pictures), pictures})
		best = max(best, all[len(all)-1].like)
	}
	for i, c := range all {
		if c.like >= best-hopeless {
			all[i].sight = c.recognise(c.layout.levels, pictures)
		}
	}
	slices.SortStableFunc(all, func(a, b match) int { return cmp.Compare(b.like, a.like) })
	if len(all) == 0 {
		all = append(all, match{sight: sight{like: -1}})
	}
	return all
}

func alikest(layouts []*layout, picture *image.Gray) []*layout {
	t := newThumb(picture)
	order := slices.Clone(layouts)
	slices.SortStableFunc(order, func(a, b *layout) int { return cmp.Compare(b.thumb.dot(t), a.thumb.dot(t)) })
	return order[:candidates]
}

// thumb is a picture in 16 by 16 values of mean 0 and length 1.
type thumb [16 * 16]float32

func newThumb(m *image.Gray) (t thumb) {
	w, h := plane.Size(m)
	var mean float32
	for j := range 16 {
		for i := range 16 {
			r := image.Rect(i*w/16, j*h/16, max((i+1)*w/16, i*w/16+1), max((j+1)*h/16, j*h/16+1)).Intersect(m.Rect)
			t[j*16+i] = average(m, r)
			mean += t[j*16+i] / (16 * 16)
		}
	}
	var length float64
	for i := range t {
		t[i] -= mean
		length += float64(t[i] * t[i])
	}
	for i := range t {
		t[i] /= float32(math.Sqrt(length)) + 1e-6
	}
	return t
}

func average(m *image.Gray, r image.Rectangle) float32 {
	sum, n := 0, 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, v := range m.Pix[y*m.Stride+r.Min.X : y*m.Stride+r.Max.X] {
			sum, n = sum+int(v), n+1
		}
	}
	return float32(sum) / float32(max(n, 1))
}

func (t *thumb) dot(o thumb) (sum float32) {
	for i, v := range t {
		sum += v * o[i]
	}
	return sum
}
