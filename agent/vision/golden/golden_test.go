package golden_test

import (
	"context"
	"errors"
	"image"
	"iter"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/golden"
)

const side = 320

// part draws a cover with bores on a dark belt, moved by dx, dy, with light as a factor and noise in grey values.
func part(dx, dy, turn, light, noise float64, seed uint64) *image.Gray {
	rng := rand.New(rand.NewPCG(seed, 1))
	m := image.NewGray(image.Rect(0, 0, side, side))
	sin, cos := math.Sincos(turn)
	for i := range m.Pix {
		x, y := float64(i%side)-side/2-dx, float64(i/side)-side/2-dy
		x, y = cos*x+sin*y, cos*y-sin*x
		v := 40.0
		if math.Abs(x) < 120 && math.Abs(y) < 100 {
			v = 150 + 8*math.Sin(x/3)
		}
		if math.Hypot(x-60, y+40) < 20 || math.Hypot(x+70, y-30) < 28 {
			v = 20
		}
		m.Pix[i] = uint8(min(255, max(0, v*light+noise*rng.NormFloat64())))
	}
	return m
}

func fill(m *image.Gray, r image.Rectangle, v uint8) *image.Gray {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			m.Pix[m.PixOffset(x, y)] = v
		}
	}
	return m
}

func each(pictures ...*image.Gray) iter.Seq2[*image.Gray, error] {
	return func(yield func(*image.Gray, error) bool) {
		for _, m := range pictures {
			if !yield(m, nil) {
				return
			}
		}
	}
}

func learn(t testing.TB, pictures ...*image.Gray) *golden.Model {
	t.Helper()
	m, err := golden.Learn(context.Background(), golden.Config{}, each(pictures...))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func inspect(t testing.TB, m *golden.Model, picture *image.Gray) vision.Finding {
	t.Helper()
	f, err := m.Inspect(context.Background(), picture)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestGoodPartsPass(t *testing.T) {
	m := learn(t, part(0, 0, 0, 1, 1, 1))
	for name, picture := range map[string]*image.Gray{
		"noise": part(0, 0, 0, 1, 3, 2), "moved": part(9, -6, 0, 1, 2, 3), "between pixels": part(1.4, -0.7, 0, 1, 2, 4),
		"turned": part(3, 2, 0.03, 1, 2, 5), "darker": part(2, 1, 0, 0.85, 2, 6), "brighter": part(-2, 1, 0, 1.15, 2, 7),
	} {
		f := inspect(t, m, picture)
		if len(f.Regions) > 0 || f.Score >= vision.Suspect || f.Score < 0 {
			t.Errorf("%s: score %.2f, regions %+v", name, f.Score, f.Regions)
		}
	}
}

func TestFaultsAreFoundWhereTheyAre(t *testing.T) {
	m := learn(t, part(0, 0, 0, 1, 1, 1))
	for name, c := range map[string]struct {
		box  image.Rectangle
		grey uint8
	}{
		"spot": {image.Rect(150, 150, 160, 158), 220}, "scratch": {image.Rect(180, 170, 182, 240), 90},
		"closed bore": {image.Rect(200, 100, 240, 140), 150}, "on the belt": {image.Rect(20, 300, 32, 310), 120},
	} {
		f := inspect(t, m, fill(part(4, 3, 0, 1.05, 2, 9), c.box, c.grey))
		if len(f.Regions) == 0 || f.Score < vision.Suspect {
			t.Errorf("%s: not found, score %.2f", name, f.Score)
			continue
		}
		if !c.box.In(f.Regions[0].Box.Inset(-2)) || f.Regions[0].Box.Dx() > c.box.Dx()+30 || f.Regions[0].Box.Dy() > c.box.Dy()+30 {
			t.Errorf("%s: found at %v, is at %v", name, f.Regions[0].Box, c.box)
		}
		if f.Explain.ZH == "" || f.Explain.EN == "" || f.Regions[0].Type != "" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestSeveralGoodPicturesTeachWhatMayDiffer(t *testing.T) {
	mark := image.Rect(140, 120, 170, 132) // a printed date that is there on some parts
	var good []*image.Gray
	for i := range 6 {
		p := part(float64(i), float64(-i), 0, 1, 2, uint64(20+i))
		if i%2 == 1 || i == 2 {
			fill(p, mark.Add(image.Pt(i, -i)), 60)
		}
		good = append(good, p)
	}
	marked := fill(part(0, 0, 0, 1, 2, 40), mark, 60)
	if f := inspect(t, learn(t, good...), marked); len(f.Regions) > 0 {
		t.Errorf("the mark is known, and flagged: %+v", f.Regions)
	}
	if f := inspect(t, learn(t, good[0]), marked); len(f.Regions) != 1 {
		t.Errorf("the mark is not known, and not flagged: %+v", f)
	}
}

// board draws conductors, dark on bright.
func board() *image.Gray {
	m := fill(image.NewGray(image.Rect(0, 0, side+20, side)), image.Rect(0, 0, side+20, side), 250)
	for k := range 8 {
		fill(m, image.Rect(20, 20+36*k, 250+5*k, 32+36*k), 5)
	}
	return fill(m, image.Rect(290, 20, 300, 300), 5)
}

func TestTypesOnBoards(t *testing.T) {
	m := learn(t, board())
	for kind, c := range map[string]struct {
		box  image.Rectangle
		grey uint8
	}{
		golden.Open: {image.Rect(100, 50, 112, 74), 250}, golden.Short: {image.Rect(100, 60, 112, 95), 5},
		golden.Mousebite: {image.Rect(100, 92, 112, 99), 250}, golden.Spur: {image.Rect(100, 104, 112, 116), 5},
		golden.Copper: {image.Rect(312, 150, 320, 158), 5},
	} {
		f := inspect(t, m, fill(board(), c.box, c.grey))
		if len(f.Regions) != 1 || f.Regions[0].Type != kind {
			t.Errorf("%s: %+v", kind, f.Regions)
		}
	}
	plane := image.Rect(60, 200, 180, 300)
	m = learn(t, fill(board(), plane, 5))
	if f := inspect(t, m, fill(fill(board(), plane, 5), image.Rect(110, 240, 122, 252), 250)); len(f.Regions) != 1 || f.Regions[0].Type != golden.PinHole {
		t.Errorf("pin hole: %+v", f.Regions)
	}
}

func TestWrongPartAndSeveralLayouts(t *testing.T) {
	m := learn(t, part(0, 0, 0, 1, 1, 1), board())
	if m.Layouts() != 2 || m.Pictures() != 2 {
		t.Errorf("%d layouts of %d pictures", m.Layouts(), m.Pictures())
	}
	for name, good := range map[string]*image.Gray{"cover": part(5, 5, 0, 1, 2, 3), "board": board()} {
		if f := inspect(t, m, good); len(f.Regions) > 0 {
			t.Errorf("%s: %+v", name, f.Regions)
		}
	}
	stripes := image.NewGray(image.Rect(0, 0, side, side))
	for i := range stripes.Pix {
		stripes.Pix[i] = uint8(128 + 100*math.Sin(float64(i%side+i/side)/9))
	}
	for name, wrong := range map[string]*image.Gray{"stripes": stripes, "another size": image.NewGray(image.Rect(0, 0, 40, 300))} {
		f := inspect(t, m, wrong)
		if len(f.Regions) != 1 || f.Regions[0].Type != golden.WrongPart || f.Score < vision.Suspect || f.Score > 1 {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestSamePictureSameFinding(t *testing.T) {
	m, picture := learn(t, part(0, 0, 0, 1, 1, 1)), fill(part(4, 3, 0, 1.05, 2, 9), image.Rect(150, 150, 160, 158), 220)
	if a, b := inspect(t, m, picture), inspect(t, m, picture); !reflect.DeepEqual(a, b) {
		t.Errorf("%+v, then %+v", a, b)
	}
}

func TestNothingToLearnFrom(t *testing.T) {
	if _, err := golden.Learn(context.Background(), golden.Config{}, each()); !errors.Is(err, golden.ErrNoReference) {
		t.Errorf("got %v", err)
	}
	broken := errors.New("unreadable")
	_, err := golden.Learn(context.Background(), golden.Config{}, func(yield func(*image.Gray, error) bool) { yield(nil, broken) })
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := golden.Learn(ended, golden.Config{}, each(board())); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func FuzzSizes(f *testing.F) {
	f.Add(uint8(1), uint8(1), uint8(1), uint8(1), uint64(1))
	f.Add(uint8(1), uint8(200), uint8(1), uint8(199), uint64(2))
	f.Add(uint8(90), uint8(3), uint8(88), uint8(4), uint64(3))
	f.Add(uint8(160), uint8(120), uint8(150), uint8(130), uint64(4))
	f.Fuzz(func(t *testing.T, w1, h1, w2, h2 uint8, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 1))
		draw := func(w, h uint8) *image.Gray {
			m := image.NewGray(image.Rect(0, 0, int(max(w, 1)), int(max(h, 1))))
			for i := range m.Pix {
				m.Pix[i] = uint8(rng.IntN(256) >> rng.IntN(8))
			}
			return m
		}
		m := learn(t, draw(w1, h1), draw(w1, h1))
		picture := draw(w2, h2)
		found := inspect(t, m, picture)
		if !(found.Score >= 0 && found.Score <= 1) {
			t.Errorf("score %v", found.Score)
		}
		for _, r := range found.Regions {
			if r.Box.Empty() || !r.Box.In(picture.Rect) || !(r.Score >= 0 && r.Score <= 1) {
				t.Errorf("region %+v of %v", r, picture.Rect)
			}
		}
	})
}
