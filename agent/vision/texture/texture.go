// Package texture judges surfaces after good pictures of them alone.
//
//	picture ─▶ working size ─▶ cells: change in four directions, three sizes ─▶ whitened ─▶ distance to the like of it in good pictures
//	        ─▶ in units of what is usual at that place ─▶ the strangest hundredth of the cells ─▶ score, regions
//
// A cell is compared with the cells at its place and beside it in every good picture; what distance is usual where is learnt by holding
// back each good picture in turn, and so is the limit. The comparison follows PatchCore (Roth et al., 2022) and PaDiM (Defard et al., 2021)
// with features that are counted, not learnt by a network.
//
// It cannot say what a fault is called, nor see one that changes colour only, is much smaller than a cell (eight pixels of a picture of
// 0.3 megapixels), or looks like what good surfaces have at that place. Surfaces whose good pictures differ among each other as much as
// faults do (edges, glare, stains, cast skins) are judged little better than by chance. A camera that was moved has to learn anew.
package texture

import (
	"context"
	"errors"
	"fmt"
	"image"
	"iter"
	"slices"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
	"edgelabel/agent/vision/plane"
)

const (
	// MinPictures is how many good pictures it takes to know what is usual.
	MinPictures = 8

	// MaxPictures bounds what is remembered: of more every second is left out, again and again. 64 pictures take at most 18 MB.
	MaxPictures = 64

	strange     = 100 // one cell in so many makes the score
	margin      = 1.1 // over what good pictures show, and
	keepPercent = 95  // that many of a hundred of them: the limit
	least       = 1.0 // standard deviations that the limit is at least
	most        = 64  // regions
)

// ErrTooFew says that there are not enough good pictures.
var ErrTooFew = fmt.Errorf("texture: want at least %d good pictures", MinPictures)

// Model is what was learnt of good surfaces. It does not change, and several goroutines may use it.
type Model struct {
	grid  grid
	white *lower
	bank  bank

	learnt int     // good pictures, of which the bank remembers some
	limit  float64 // of the mean of the strangest cells
	peak   float64 // of a single cell
}

var _ vision.Detector = (*Model)(nil)

// Learn makes a model of good pictures, which it goes through once. The first gives the working size. It takes the first error.
func Learn(ctx context.Context, good iter.Seq2[*image.Gray, error]) (*Model, error) {
	m := &Model{}
	stride := 1
	for picture, err := range good {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		if m.learnt == 0 {
			m.grid = gridFor(picture)
		}
		if min(m.grid.w, m.grid.h) < leastSide {
			return nil, fmt.Errorf("texture: a picture of %d x %d has no texture, want %d pixels", m.grid.w, m.grid.h, leastSide)
		}
		if m.learnt++; (m.learnt-1)%stride != 0 {
			continue
		}
		if len(m.bank.pictures) == MaxPictures {
			m.bank.pictures, stride = everySecond(m.bank.pictures), 2*stride
			if (m.learnt-1)%stride != 0 {
				continue
			}
		}
		m.bank.pictures = append(m.bank.pictures, m.grid.features(picture))
	}
	if len(m.bank.pictures) < MinPictures {
		return nil, fmt.Errorf("%w, got %d", ErrTooFew, len(m.bank.pictures))
	}
	m.settle()
	return m, ctx.Err()
}

func everySecond(all [][]float32) [][]float32 {
	var out [][]float32
	for i := 0; i < len(all); i += 2 {
		out = append(out, all[i])
	}
	return out
}

// settle learns from the bank what is usual and what is too much.
func (m *Model) settle() {
	m.bank.nx, m.bank.ny = m.grid.cells()
	m.white = whitener(m.bank.pictures)
	for _, p := range m.bank.pictures {
		m.white.apply(p)
	}
	var whole, single []float64
	for _, d := range m.bank.settle() {
		whole, single = append(whole, strangest(d)), append(single, float64(slices.Max(d)))
	}
	m.limit, m.peak = beyond(whole), beyond(single)
}

// beyond is a limit that most good pictures keep: the few strangest of them may not be good, or not be of the same kind.
func beyond(held []float64) float64 {
	slices.Sort(held)
	return max(least, margin*held[(len(held)-1)*keepPercent/100])
}

// Pictures is how many good pictures were learnt from.
func (m *Model) Pictures() int { return m.learnt }

// strangest is the mean of the strangest hundredth of the cells.
func strangest(d []float32) (mean float64) {
	sorted := slices.Clone(d)
	slices.Sort(sorted)
	n := max(1, len(sorted)/strange)
	for _, v := range sorted[len(sorted)-n:] {
		mean += float64(v) / float64(n)
	}
	return mean
}

// Inspect implements vision.Detector. A picture of another size than the good ones is stretched to theirs.
func (m *Model) Inspect(ctx context.Context, picture *image.Gray) (vision.Finding, error) {
	if picture.Rect.Empty() {
		return vision.Finding{}, errors.New("texture: a picture without pixels")
	}
	cells := m.grid.features(picture)
	if err := ctx.Err(); err != nil {
		return vision.Finding{}, err
	}
	m.white.apply(cells)
	d := m.bank.distances(cells, -1)
	m.bank.relate(d)
	times := strangest(d) / m.limit
	f := vision.Finding{Score: vision.Squash(times)}
	if f.Score >= vision.Suspect {
		f.Regions = m.regions(d, picture.Rect)
	}
	f.Explain = m.say(times, len(f.Regions))
	return f, ctx.Err()
}

// regions are the cells that no good picture has so strange; where only many together are strange, the strangest of them.
func (m *Model) regions(d []float32, picture image.Rectangle) []vision.Region {
	mask := make([]uint8, len(d))
	limit := min(m.peak, float64(slices.Max(d)))
	for i, v := range d {
		if float64(v) >= limit {
			mask[i] = 1
		}
	}
	var out []vision.Region
	for _, b := range plane.Blobs(mask, m.bank.nx) {
		worst := 0.0
		for _, i := range b.Pixels {
			worst = max(worst, float64(d[i]))
		}
		box := m.grid.box(b.Box, picture)
		share := float64(len(b.Pixels)) / float64(b.Box.Dx()*b.Box.Dy())
		out = append(out, vision.Region{Box: box, Score: vision.Squash(worst / m.peak), Area: max(1, int(share*float64(box.Dx()*box.Dy())))})
	}
	slices.SortStableFunc(out, func(a, b vision.Region) int {
		if a.Score != b.Score {
			return map[bool]int{true: -1, false: 1}[a.Score > b.Score]
		}
		return b.Area - a.Area
	})
	return out[:min(len(out), most)]
}

// box is where cells lie in a picture of any size.
func (g grid) box(cells, picture image.Rectangle) image.Rectangle {
	at := func(c, side, of int) int { return min(c*cell*side/of, side) }
	w, h := picture.Dx(), picture.Dy()
	r := image.Rect(at(cells.Min.X, w, g.w), at(cells.Min.Y, h, g.h), at(cells.Max.X, w, g.w), at(cells.Max.Y, h, g.h))
	r.Max.X, r.Max.Y = max(r.Max.X, min(r.Min.X+1, w)), max(r.Max.Y, min(r.Min.Y+1, h))
	r.Min.X, r.Min.Y = min(r.Min.X, r.Max.X-1), min(r.Min.Y, r.Max.Y-1)
	return r
}

func (m *Model) say(times float64, places int) label.Text {
	if places == 0 {
		return label.Text{
			ZH: fmt.Sprintf("表面纹理与 %d 张良品图像相符（异常度为限值的 %.2f 倍）。", m.learnt, times),
			EN: fmt.Sprintf("The surface is like that of %d good pictures (%.2f times the limit).", m.learnt, times),
		}
	}
	return label.Text{
		ZH: fmt.Sprintf("表面纹理与 %d 张良品图像不同：异常度为限值的 %.2f 倍，标出 %d 处。此方法不能判断缺陷类型。", m.learnt, times, places),
		EN: fmt.Sprintf("The surface is unlike that of %d good pictures: %.2f times the limit, places marked: %d. The method cannot tell what it is.", m.learnt, times, places),
	}
}
