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

// reader reads a picture at points of the reference. A shift by whole pixels, of which most of a search consists, has nothing between them.
func (f frame) reader(m *image.Gray) func(q point) (v float64, ok bool) {
	dx, dy := f.ox-f.cx, f.oy-f.cy
	if f.sin != 0 || dx != math.Trunc(dx) || dy != math.Trunc(dy) {
		return func(q point) (float64, bool) {
			x, y := f.at(float64(q.x), float64(q.y))
			return plane.At(m, x, y)
		}
	}
	by := image.Pt(int(dx), int(dy))
	return func(q point) (float64, bool) {
		x, y := int(q.x)+by.X, int(q.y)+by.Y
		if x < 0 || y < 0 || x >= m.Rect.Dx() || y >= m.Rect.Dy() {
			return 0, false
		}
		return float64(m.Pix[y*m.Stride+x]), true
	}
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
	read := p.frame(l.size, m.Rect).reader(m)
	var n, sa, sb, saa, sbb, sab float64
	for _, q := range l.points {
		b, ok := read(q)
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

// telling is the size, in pixels, up to which pictures are coarse enough to say how alike they are: finer ones differ by every ragged edge.
const telling = 200

// sight is a pose on its way: coarse pictures say how alike two are, and the finer ones where exactly.
type sight struct {
	pose pose
	like float64
	next int // level that comes next; -1: the pose is that of the full size
}

// spot looks for the pose of the reference, given as levels from fine to coarse, on the coarsest of a picture and its halves.
func spot(levels []level, pictures []*image.Gray) sight {
	s := sight{next: min(len(levels), len(pictures)) - 1}
	s.pose, s.like = survey(levels[s.next], pictures[s.next])
	return s
}

// recognise goes on as far as the pictures tell how alike they are.
func (s sight) recognise(levels []level, pictures []*image.Gray) sight {
	top := s.next
	for s.next == top || s.next >= 0 && max(levels[s.next].size.Dx(), levels[s.next].size.Dy()) <= telling {
		s.like = s.climb(levels, pictures)
	}
	return s
}

// settle goes on to the pose on the picture of full size.
func (s sight) settle(levels []level, pictures []*image.Gray) pose {
	for s.next >= 0 {
		s.climb(levels, pictures)
	}
	return s.pose
}

// climb takes one level, and returns how alike they are on it.
func (s *sight) climb(levels []level, pictures []*image.Gray) (like float64) {
	k, top := s.next, min(len(levels), len(pictures))-1
	fine := k == 0 || k == 1 && top > 1 // ragged edges of the full size mislead more than they help
	least := 0.25
	if fine {
		least = 0.0625
	}
	s.pose, like = climb(levels[k], pictures[k], s.pose, least)
	if fine {
		s.pose, s.next = s.pose.scaled(float64(int(1)<<k)), -1
	} else {
		s.pose, s.next = s.pose.scaled(2), k-1
	}
	return like
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
