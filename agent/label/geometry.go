package label

import (
	"math"
	"slices"
)

// Datum is where a part's zero lies on the pictures of a camera, and which way its x axis points there; its y axis is a quarter turn
// clockwise from that, as the picture's own is.
type Datum struct {
	X     float64 `json:"x"` // pixels
	Y     float64 `json:"y"`
	Angle float64 `json:"angle"` // degrees, clockwise
}

// Geometry is what a region measures, in millimetres.
type Geometry struct {
	Size
	Diameter float64   `json:"diameter,omitempty"` // of the circle of the same area; 0 where there is no area
	At       *Position `json:"at,omitempty"`       // the region's middle; nil where the camera was not calibrated
}

// Position is a place in millimetres.
type Position struct {
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Frame string  `json:"frame"` // what it is counted from: InPart or OnPicture
}

// What a position is counted from.
const (
	InPart    = "part"    // the datum of the calibration
	OnPicture = "picture" // its top left corner
)

// Geometry measures a region on its picture; nil for one on signals, and for one without a size where the camera was not calibrated. The
// sizes are those that the label says; of a box without them its sides.
func (it *Item) Geometry(r *Region) *Geometry {
	n := slices.IndexFunc(it.Images, func(im Image) bool { return im.SHA256 == r.Image })
	if !r.Kind.OnImage() || n < 0 || r.Size == nil && !(it.Images[n].MMPerPx > 0) {
		return nil
	}
	im := &it.Images[n]
	g := &Geometry{Size: im.size(r), At: im.position(r)}
	g.Diameter = 2 * math.Sqrt(g.Area/math.Pi)
	return g
}

func (i *Image) position(r *Region) *Position {
	if !(i.MMPerPx > 0) {
		return nil
	}
	x, y := r.Middle()
	if i.Datum == nil {
		return &Position{x * i.MMPerPx, y * i.MMPerPx, OnPicture}
	}
	sin, cos := math.Sincos(i.Datum.Angle * math.Pi / 180)
	x, y = x-i.Datum.X, y-i.Datum.Y
	return &Position{(x*cos + y*sin) * i.MMPerPx, (y*cos - x*sin) * i.MMPerPx, InPart}
}

func (i *Image) size(r *Region) Size {
	if r.Size != nil {
		return *r.Size
	}
	if r.Rect == nil || r.Kind == Mask {
		return Size{}
	}
	w, h := r.Rect.W*i.MMPerPx, r.Rect.H*i.MMPerPx
	return Size{Length: max(w, h), Width: min(w, h), Area: w * h}
}

// Middle is the centre of gravity of a region of an image, in pixels: of its area where it has one, else of its bounds.
func (r *Region) Middle() (x, y float64) {
	switch r.Kind {
	case Mask:
		if x, y, ok := r.middleOfRuns(); ok {
			return x, y
		}
	case Polygon:
		if x, y, ok := middleOfPolygon(r.Points); ok {
			return x, y
		}
	case Point:
		if len(r.Points) > 0 {
			return r.Points[0][0], r.Points[0][1]
		}
	}
	b := r.Box()
	if b == nil {
		return 0, 0
	}
	return b.X + b.W/2, b.Y + b.H/2
}

func (r *Region) middleOfRuns() (x, y float64, ok bool) {
	if r.Rect == nil || r.Rect.W < 1 {
		return 0, 0, false
	}
	width, at, n := uint64(r.Rect.W), uint64(0), 0.0
	for i, run := range r.Runs {
		end := at + uint64(run)
		for i%2 == 1 && at < end { // one row of the run at a time
			take := min(end-at, width-at%width)
			k := float64(take)
			x, y, n = x+k*(float64(at%width)+k/2), y+k*(float64(at/width)+0.5), n+k
			at += take
		}
		at = end
	}
	if n == 0 {
		return 0, 0, false
	}
	return r.Rect.X + x/n, r.Rect.Y + y/n, true
}

// middleOfPolygon fails for one without an area.
func middleOfPolygon(p [][2]float64) (x, y float64, ok bool) {
	twice := 0.0
	for i, b := range p {
		a := p[(i+len(p)-1)%len(p)]
		cross := a[0]*b[1] - b[0]*a[1]
		twice += cross
		x, y = x+(a[0]+b[0])*cross, y+(a[1]+b[1])*cross
	}
	if twice == 0 {
		return 0, 0, false
	}
	return x / (3 * twice), y / (3 * twice), true
}
