package stats

import (
	"cmp"
	"math"
	"slices"

	"edgelabel/agent/label"
)

const columns = 40 // of a map; as many rows as give square cells

// Map says where on the part one camera's pictures have defects: how many regions touch each cell, row by row from the top left.
type Map struct {
	Camera  string `json:"camera"`
	Image   string `json:"image"` // sha256 of the picture to draw it on: the newest that was judged OK, else the newest
	Width   int    `json:"width"` // pixels of that picture
	Height  int    `json:"height"`
	Columns int    `json:"columns"`
	Rows    int    `json:"rows"`
	Regions int    `json:"regions"`
	Cells   []int  `json:"cells"`

	good bool // Image was judged OK
}

// picture takes a row's pictures as the ground of their cameras' maps. Rows come newest first.
func (t *Tally) picture(row *label.Row) {
	for i := range row.Images {
		im := &row.Images[i]
		if im.Width <= 0 || im.Height <= 0 {
			continue
		}
		m, known := t.maps[im.Camera]
		if !known {
			rows := min(max(int(math.Round(columns*float64(im.Height)/float64(im.Width))), 4), 2*columns)
			m = &Map{Camera: im.Camera, Columns: columns, Rows: rows, Cells: make([]int, columns*rows)}
			t.maps[im.Camera] = m
		}
		if !known || !m.good && row.Verdict == label.OK {
			m.Image, m.Width, m.Height, m.good = im.SHA256, im.Width, im.Height, row.Verdict == label.OK
		}
	}
}

// mark adds a region to the map of its picture's camera, as a share of the picture: cameras may change their resolution.
func (t *Tally) mark(row *label.Row, r *label.Region) {
	n := slices.IndexFunc(row.Images, func(im label.Image) bool { return im.SHA256 == r.Image })
	if n < 0 || r.Kind == label.Measure {
		return
	}
	im := &row.Images[n]
	m, ok := t.maps[im.Camera]
	x0, y0, x1, y1, sized := extent(r)
	if !ok || !sized {
		return
	}
	m.Regions++
	cell := func(v float64, of, cells int) int { return min(max(int(v/float64(of)*float64(cells)), 0), cells-1) }
	for y := cell(y0, im.Height, m.Rows); y <= cell(y1, im.Height, m.Rows); y++ {
		for x := cell(x0, im.Width, m.Columns); x <= cell(x1, im.Width, m.Columns); x++ {
			m.Cells[y*m.Columns+x]++
		}
	}
}

// extent is the upright rectangle around a region, in pixels.
func extent(r *label.Region) (x0, y0, x1, y1 float64, ok bool) {
	if r.Rect != nil {
		sin, cos := math.Sincos(r.Angle * math.Pi / 180)
		w, h := (math.Abs(r.Rect.W*cos)+math.Abs(r.Rect.H*sin))/2, (math.Abs(r.Rect.W*sin)+math.Abs(r.Rect.H*cos))/2
		x, y := r.Rect.X+r.Rect.W/2, r.Rect.Y+r.Rect.H/2
		return x - w, y - h, x + w, y + h, true
	}
	if len(r.Points) == 0 {
		return 0, 0, 0, 0, false
	}
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range r.Points {
		x0, y0, x1, y1 = min(x0, p[0]), min(y0, p[1]), max(x1, p[0]), max(y1, p[1])
	}
	return x0, y0, x1, y1, true
}

// drawn lists the maps, the fullest first.
func (t *Tally) drawn() []Map {
	list := make([]Map, 0, len(t.maps))
	for _, m := range t.maps {
		list = append(list, *m)
	}
	slices.SortFunc(list, func(a, b Map) int { return cmp.Or(cmp.Compare(b.Regions, a.Regions), cmp.Compare(a.Camera, b.Camera)) })
	return list
}
