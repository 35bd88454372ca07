package board_test

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/agent/vision/board"
)

// scene is a checkerboard as a camera sees it.
type scene struct {
	columns, rows int     // squares
	side          float64 // pixels
	angle         float64 // degrees
	black, white  float64
	blur          float64 // standard deviation, pixels
	noise         float64 // standard deviation, grey levels
	squeeze       float64 // factor of the vertical direction; 0 is 1
	recede        float64 // by which the board shrinks from left to right, a pixel of its width
	bend          float64 // pixels by which its middle bulges
}

const width, height = 480, 400

// draw renders a scene with 3 by 3 samples a pixel; the middle of the picture is that of the board.
func (s scene) draw() *image.Gray {
	m, rnd := image.NewGray(image.Rect(0, 0, width, height)), rand.New(rand.NewPCG(1, 2))
	if s.squeeze == 0 {
		s.squeeze = 1
	}
	sin, cos := math.Sincos(s.angle * math.Pi / 180)
	for y := range height {
		for x := range width {
			sum := 0.0
			for k := range 9 {
				px, py := float64(x)+(float64(k%3)+0.5)/3-width/2, (float64(y)+(float64(k/3)+0.5)/3-height/2)/s.squeeze
				u, v := px*cos+py*sin, py*cos-px*sin
				w := 1 + s.recede*u
				sum += s.at(u*w, v*w+s.bend*math.Cos(u/120)) / 9
			}
			m.Pix[y*m.Stride+x] = level(sum + s.noise*rnd.NormFloat64())
		}
	}
	return blurred(m, s.blur)
}

func (s scene) at(u, v float64) float64 {
	i, j := math.Floor(u/s.side+float64(s.columns)/2), math.Floor(v/s.side+float64(s.rows)/2)
	if i < 0 || j < 0 || i >= float64(s.columns) || j >= float64(s.rows) {
		return (s.white + s.black) / 2
	}
	if (int(i)+int(j))%2 == 0 {
		return s.black
	}
	return s.white
}

func level(v float64) uint8 { return uint8(min(max(math.Round(v), 0), 255)) }

func blurred(m *image.Gray, sigma float64) *image.Gray {
	if sigma == 0 {
		return m
	}
	for range 6 { // three means along and three down are a bell
		m = meanOf(m, max(1, int(math.Round(sigma))))
	}
	return m
}

// meanOf takes the mean of so many pixels on either side along the rows, and turns the picture over its diagonal.
func meanOf(m *image.Gray, reach int) *image.Gray {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			sum := 0
			for d := -reach; d <= reach; d++ {
				sum += int(m.Pix[y*m.Stride+min(max(x+d, 0), w-1)])
			}
			out.Pix[x*out.Stride+y] = uint8(sum / (2*reach + 1))
		}
	}
	return out
}

func plain(side, angle float64) scene {
	return scene{columns: 9, rows: 7, side: side, angle: angle, black: 40, white: 210, noise: 3}
}

func TestTheScaleIsThatOfTheBoard(t *testing.T) {
	for _, c := range []scene{plain(40, 0), plain(40, 17), plain(23.7, -8), plain(31.3, 44), plain(14.2, 3), {columns: 5, rows: 4, side: 70, angle: 2, black: 20, white: 120, noise: 5}} {
		b := board.Find(c.draw(), 5)
		if b.Refused != "" {
			t.Errorf("%+v: refused, %s: %+v", c, b.Refused, b)
			continue
		}
		if off := b.MMPerPx*c.side/5 - 1; math.Abs(off) > 0.0005 {
			t.Errorf("%+v: %.6f mm a pixel is off by %.4f %%", c, b.MMPerPx, 100*off)
		}
		if columns, rows := max(b.Columns, b.Rows), min(b.Columns, b.Rows); columns != c.columns-1 || rows != c.rows-1 {
			t.Errorf("%+v: %d by %d corners", c, b.Columns, b.Rows)
		}
	}
}

func TestABoardThatWouldGiveAWrongScaleIsRefused(t *testing.T) {
	with := func(change func(*scene)) *image.Gray {
		s := plain(40, 5)
		change(&s)
		return s.draw()
	}
	for reason, m := range map[string]*image.Gray{
		label.BoardNone:    with(func(s *scene) { s.columns, s.rows = 1, 1 }),
		label.BoardFew:     with(func(s *scene) { s.columns, s.rows = 3, 3 }),
		label.BoardSmall:   with(func(s *scene) { s.side = 9 }),
		label.BoardFaint:   with(func(s *scene) { s.black, s.white, s.noise = 100, 125, 1 }),
		label.BoardClipped: with(func(s *scene) { s.black, s.white = 90, 300 }),
		label.BoardBlurred: with(func(s *scene) { s.blur = 4 }),
		label.BoardTilted:  with(func(s *scene) { s.squeeze = 0.95 }),
		label.BoardUneven:  with(func(s *scene) { s.bend = 6 }),
	} {
		if b := board.Find(m, 5); b.Refused != reason || b.MMPerPx != 0 {
			t.Errorf("want %q, got %+v", reason, b)
		}
	}
	if b := board.Find(with(func(s *scene) { s.recede = 0.0004 }), 5); b.Refused != label.BoardTilted {
		t.Errorf("a board that leans away: %+v", b)
	}
}

func TestAnyPictureIsAnsweredFor(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, size := range [][2]int{{1, 1}, {3, 200}, {64, 64}, {200, 150}} {
		m := image.NewGray(image.Rect(0, 0, size[0], size[1]))
		for i := range m.Pix {
			m.Pix[i] = uint8(rnd.IntN(256))
		}
		if b := board.Find(m, 5); b.Refused == "" {
			t.Errorf("noise of %v: %+v", size, b)
		}
		if b := board.Find(image.NewGray(m.Rect), 5); b.Refused != label.BoardNone {
			t.Errorf("black of %v: %+v", size, b)
		}
	}
}
