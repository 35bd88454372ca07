package golden

import (
	"image"
	"math"

	"edgelabel/agent/vision/plane"
)

// pose says where the reference lies in a picture: its centre is moved by dx, dy from the picture's centre, in pixels, and it is turned
// about it by turn radians.
type pose struct{ dx, dy, turn float64 }

// frame maps places of the reference to places of a picture.
type frame struct{ cx, cy, ox, oy, cos, sin float64 }

func (p pose) frame(reference, picture image.Rectangle) frame {
	sin, cos := math.Sincos(p.turn)
	return frame{
		cx: float64(reference.Dx()-1) / 2, cy: float64(reference.Dy()-1) / 2,
		ox: float64(picture.Dx()-1)/2 + p.dx, oy: float64(picture.Dy()-1)/2 + p.dy, cos: cos, sin: sin,
	}
}

func (f frame) at(x, y float64) (px, py float64) {
	x, y = x-f.cx, y-f.cy
	return f.ox + f.cos*x - f.sin*y, f.oy + f.sin*x + f.cos*y
}

// scaled is the pose on a picture that is n times as large.
func (p pose) scaled(n float64) pose { return pose{p.dx * n, p.dy * n, p.turn} }

// level is one step of the reference's pyramid: a few of its points, and what is there.
type level struct {
	size   image.Rectangle
	points []point
}

type point struct{ x, y, v float32 }

// Where the search looks. The first step is made on a picture of at most coarse pixels.
const (
	coarse    = 72
	points    = 45   // per direction: about 2000 points are compared
	reach     = 0.12 // of the picture's longer side
	turnSteps = 3    // of one degree in both directions
	degree    = math.Pi / 180
	rounds    = 24
)

// pyramid is the picture and its halves, down to the coarse one.
func pyramid(m *image.Gray) []*image.Gray {
	all := []*image.Gray{m}
	for max(m.Rect.Dx(), m.Rect.Dy()) > coarse && min(m.Rect.Dx(), m.Rect.Dy()) >= 16 {
		m = plane.Halve(m)
		all = append(all, m)
	}
	return all
}

// newLevel takes the point of each cell where the picture changes most: flat places say nothing about a shift.
func newLevel(m *image.Gray) level {
	w, h := plane.Size(m)
	l := level{size: m.Rect}
	nx, ny := min(points, w), min(points, h)
	for j := range ny {
		for i := range nx {
			cell := image.Rect(i*w/nx, j*h/ny, (i+1)*w/nx, (j+1)*h/ny)
			l.points = append(l.points, steepest(m, cell))
		}
	}
	return l
}

func steepest(m *image.Gray, cell image.Rectangle) point {
	best, at := -1, cell.Min
	step := max(1, cell.Dx()/8)
	for y := cell.Min.Y; y < cell.Max.Y; y += step {
		for x := cell.Min.X; x < cell.Max.X; x += step {
			if g := slope(m, x, y); g > best {
				best, at = g, image.Pt(x, y)
			}
		}
	}
	return point{float32(at.X), float32(at.Y), float32(m.Pix[m.PixOffset(at.X, at.Y)])}
}

func slope(m *image.Gray, x, y int) int {
	at := func(x, y int) int {
		return int(m.Pix[m.PixOffset(min(max(x, 0), m.Rect.Dx()-1), min(max(y, 0), m.Rect.Dy()-1))])
	}
	gx, gy := at(x+1, y)-at(x-1, y), at(x, y+1)-at(x, y-1)
	return max(gx, -gx) + max(gy, -gy)
}

// likeness is the correlation, -1 to 1, of the reference's points with what the picture has there: brightness and contrast do not count.
// It is -1 where less than half of the points lie inside.
func (l level) likeness(m *image.Gray, p pose) float64 {
	f := p.frame(l.size, m.Rect)
	var n, sa, sb, saa, sbb, sab float64
	for _, q := range l.points {
		x, y := f.at(float64(q.x), float64(q.y))
		b, ok := plane.At(m, x, y)
		if !ok {
			continue
		}
		a := float64(q.v)
		n, sa, sb, saa, sbb, sab = n+1, sa+a, sb+b, saa+a*a, sbb+b*b, sab+a*b
	}
	if 2*n < float64(len(l.points)) {
		return -1
	}
	va, vb := saa-sa*sa/n, sbb-sb*sb/n
	if va < n || vb < n { // less than one grey value of contrast
		return 0
	}
	return (sab - sa*sb/n) / math.Sqrt(va*vb)
}

// recognise is the size, in pixels, up to which pictures are coarse enough to say how alike they are: finer ones differ by every ragged edge.
const recognise = 200

// find searches the pose of the reference, given as levels from fine to coarse, in the picture's pyramid.
func find(levels []level, pictures []*image.Gray) (best pose, like float64) {
	top := min(len(levels), len(pictures)) - 1
	best, like = survey(levels[top], pictures[top])
	for k := top; ; k-- {
		fine := k == 0 || k == 1 && top > 1 // ragged edges of the full size mislead more than they help
		least := 0.25
		if fine {
			least = 0.0625
		}
		var v float64
		best, v = climb(levels[k], pictures[k], best, least)
		if k == top || max(levels[k].size.Dx(), levels[k].size.Dy()) <= recognise {
			like = v
		}
		if fine {
			return best.scaled(float64(int(1) << k)), like
		}
		best = best.scaled(2)
	}
}

// survey tries every shift in reach, then a few turns.
func survey(l level, m *image.Gray) (best pose, like float64) {
	like = -2
	try := func(p pose) {
		if v := l.likeness(m, p); v > like {
			best, like = p, v
		}
	}
	far := min(int(math.Ceil(reach*float64(max(m.Rect.Dx(), m.Rect.Dy())))), coarse/4)
	try(pose{})
	for dy := -far; dy <= far; dy++ {
		for dx := -far; dx <= far; dx++ {
			try(pose{float64(dx), float64(dy), 0})
		}
	}
	middle := best
	for t := -turnSteps; t <= turnSteps; t++ {
		try(pose{middle.dx, middle.dy, float64(t) * degree})
	}
	return best, like
}

// climb moves the pose in ever smaller steps while that makes it more alike.
func climb(l level, m *image.Gray, p pose, least float64) (pose, float64) {
	radius := max(1, math.Hypot(float64(l.size.Dx()), float64(l.size.Dy()))/2)
	like := l.likeness(m, p)
	step := 1.0
	for range rounds {
		moved := false
		for _, d := range [...]pose{{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}} {
			q := pose{p.dx + d.dx*step, p.dy + d.dy*step, p.turn + d.turn*step/radius}
			if v := l.likeness(m, q); v > like {
				p, like, moved = q, v, true
			}
		}
		if !moved {
			if step /= 2; step < least {
				break
			}
		}
	}
	return p, like
}
