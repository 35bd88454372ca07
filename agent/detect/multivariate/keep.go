package multivariate

import (
	"math"
	"slices"

	"edgelabel/agent/detect/keep"
	"edgelabel/agent/series"
)

const (
	most      = math.MaxInt // of a counter
	mostNames = named
)

// Keep implements detect.Keeper.
func (d *Detector) Keep(b *keep.Book) {
	n := len(d.tags)
	b.Head("multivariate", 2, d.learn, n, lags)
	for _, t := range d.tags {
		b.Same(t.ID)
	}
	d.track.Keep(b)
	b.Int(&d.rows, 0, most)
	b.Int(&d.open, 0, most)
	for _, list := range []*[]float64{&d.last, &d.smooth} {
		b.Floats(list, n, n)
	}
	b.Floats(&d.features, n*(lags+1), n*(lags+1))
	b.Float(&d.worst)
	b.Float(&d.distance)
	d.keepBlame(b)
	d.keepNormal(b)
	known := !d.learning()
	if b.Flag(&known); !known {
		return
	}
	d.model.book(b, len(d.features))
	if b.Reads() {
		d.drift, d.scores = newDrift(len(d.features), d.set), make([]float64, len(d.model.spread))
	}
	d.limits.keep(b)
	d.levels.keep(b)
	d.drift.keep(b)
	d.watch.keep(b)
}

func (d *Detector) keepBlame(b *keep.Book) {
	var places []int
	for _, id := range d.blame {
		places = append(places, slices.IndexFunc(d.tags, func(t series.Tag) bool { return t.ID == id }))
	}
	b.Ints(&places, 0, mostNames)
	if !b.Reads() {
		return
	}
	d.blame = nil
	for _, i := range places {
		if i < 0 || i >= len(d.tags) {
			b.Check(false, "a signal that is not there is to blame")
			return
		}
		d.blame = append(d.blame, d.tags[i].ID)
	}
}

// keepNormal keeps the rows to learn on, while it learns.
func (d *Detector) keepNormal(b *keep.Book) {
	n := len(d.normal)
	if b.Int(&n, 0, d.learn); b.Reads() {
		d.normal = nil
	}
	for i := range n {
		if !b.Reads() {
			b.Floats(&d.normal[i], 0, len(d.features))
			continue
		}
		row := []float64{}
		if b.Floats(&row, len(d.features), len(d.features)); len(row) == 0 {
			return
		}
		d.normal = append(d.normal, row)
	}
}

func (m *model) book(b *keep.Book, features int) {
	b.Floats(&m.mean, features, features)
	b.Floats(&m.inverse, features, features)
	b.Floats(&m.spread, 0, features)
	b.Floats(&m.axes, len(m.spread)*features, len(m.spread)*features)
}

func (l *limits) keep(b *keep.Book) {
	l.levels.keep(b)
	for _, v := range []*float64{&l.usual, &l.usualT2, &l.usualQ} {
		b.Float(v)
	}
}

func (l *levels) keep(b *keep.Book) {
	b.Float(&l.quick)
	b.Float(&l.slow)
}

func (d *drift) keep(b *keep.Book) {
	b.Floats(&d.shift, len(d.x), len(d.x))
	b.Floats(&d.speed, len(d.x), len(d.x))
	b.Float(&d.level)
	b.Float(&d.usual)
	b.Flag(&d.begun)
}

func (w *watch) keep(b *keep.Book) {
	b.Flag(&w.open)
	b.Int(&w.rows, 0, most)
	b.Float(&w.worst)
	b.Float(&w.floor)
	b.Flag(&w.back)
}
