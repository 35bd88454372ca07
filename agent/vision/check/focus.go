// Package check judges whether a picture can be judged at all: is it as sharp as good ones, and lit like them. Each check is a detector
// whose limits come from good pictures, from the configuration, or both.
package check

import (
	"context"
	"errors"
	"fmt"
	"image"
	"iter"
	"math"
	"slices"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
	"edgelabel/agent/vision/plane"
)

// Names under which the checks open candidates.
const (
	FocusName    = "focus"
	ExposureName = "exposure"
)

var (
	errNoPixels = errors.New("check: a picture without pixels")

	// ErrNothingToGoBy says that there is neither a good picture nor a configured limit.
	ErrNothingToGoBy = errors.New("check: neither a good picture nor a limit")
)

// What is learnt of sharpness, in halvings: twice as much blur takes away about two.
const (
	leastLoss = 0.7 // good pictures may always be this much less sharp
	spreads   = 5   // robust standard deviations below the middle of good pictures
	mostSides = 1400
)

// Focus flags pictures that are less sharp than good ones.
type Focus struct {
	usual float64 // log2 of the sharpness of good pictures
	loss  float64 // log2: what may be lacking
}

var _ vision.Detector = (*Focus)(nil)

// LearnFocus looks at good pictures. least, above 0, is the share of their sharpness that is enough; 0 is learnt from how they differ.
func LearnFocus(ctx context.Context, least float64, good iter.Seq2[*image.Gray, error]) (*Focus, error) {
	var all []float64
	for m, err := range good {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		if !m.Rect.Empty() {
			all = append(all, sharpness(m))
		}
	}
	if len(all) == 0 {
		return nil, ErrNothingToGoBy
	}
	usual, spread := middle(all)
	f := &Focus{usual: usual, loss: max(leastLoss, spreads*spread)}
	if least > 0 {
		f.loss = max(-math.Log2(least), 0.01)
	}
	return f, ctx.Err()
}

// Inspect implements vision.Detector. The whole picture is judged: there are no regions.
func (f *Focus) Inspect(ctx context.Context, m *image.Gray) (vision.Finding, error) {
	if m.Rect.Empty() {
		return vision.Finding{}, errNoPixels
	}
	lost := f.usual - sharpness(m)
	share, enough := 100*math.Exp2(-lost), 100*math.Exp2(-f.loss)
	out := vision.Finding{Score: vision.Squash(max(lost, 0) / f.loss), Explain: label.Text{
		ZH: fmt.Sprintf("清晰度为良品图像的 %.0f%%（下限 %.0f%%）。", share, enough),
		EN: fmt.Sprintf("As sharp as %.0f %% of good pictures' sharpness (at least %.0f %%).", share, enough),
	}}
	if out.Score >= vision.Suspect {
		out.Explain.ZH += "失焦、运动模糊或镜头脏污。"
		out.Explain.EN += " Out of focus, moved or a dirty lens."
	}
	return out, ctx.Err()
}

// sharpness is log2 of the energy of the steps from pixel to pixel in that of the steps three times as wide, which blur takes away later
// and which grow with contrast and noise alike.
func sharpness(m *image.Gray) float64 {
	for max(m.Rect.Dx(), m.Rect.Dy()) > mostSides {
		m = plane.Halve(m)
	}
	var near, wide float64
	w, h := plane.Size(m)
	for y := range h {
		row := m.Pix[y*m.Stride:][:w]
		for x := 0; x+4 < w; x++ {
			near += square(int(row[x+2]) - int(row[x+1]))
			wide += square(int(row[x+4]) - int(row[x]))
		}
		if y+4 >= h {
			continue
		}
		a, b, c, d := row, m.Pix[(y+1)*m.Stride:], m.Pix[(y+2)*m.Stride:], m.Pix[(y+4)*m.Stride:]
		for x := range w {
			near += square(int(c[x]) - int(b[x]))
			wide += square(int(d[x]) - int(a[x]))
		}
	}
	return math.Log2((near + 1) / (wide + 1))
}

func square(v int) float64 { return float64(v * v) }

// middle is the median, and the robust standard deviation around it.
func middle(values []float64) (median, spread float64) {
	slices.Sort(values)
	median = values[len(values)/2]
	away := make([]float64, len(values))
	for i, v := range values {
		away[i] = math.Abs(v - median)
	}
	slices.Sort(away)
	return median, 1.4826 * away[len(away)/2]
}
