package check

import (
	"context"
	"errors"
	"fmt"
	"image"
	"iter"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
)

// What is learnt of light: grey values, and shares of pixels.
const (
	leastDrift = 25.0 // grey values that the mean may always be off
	leastClip  = 0.05 // share of the pixels that may always be more at the end of the scale than good pictures have
	blackEnd   = 2
	whiteEnd   = 253
)

// Exposure flags pictures that are lit unlike good ones, or whose pixels are at an end of the scale.
type Exposure struct {
	darkest, brightest float64 // mean grey values
	middle             float64
	black, white       float64 // shares of pixels at the ends of the scale
}

var _ vision.Detector = (*Exposure)(nil)

// LearnExposure looks at good pictures. darkest and brightest, mean grey values from 0 to 255, take the place of what is learnt where they
// are above 0; with both no good picture is needed.
func LearnExposure(ctx context.Context, darkest, brightest float64, good iter.Seq2[*image.Gray, error]) (*Exposure, error) {
	var means []float64
	e := &Exposure{darkest: darkest, brightest: brightest, black: leastClip, white: leastClip}
	for m, err := range good {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		if m.Rect.Empty() {
			continue
		}
		l := lightOf(m)
		means = append(means, l.mean)
		e.black, e.white = max(e.black, l.black+leastClip), max(e.white, l.white+leastClip)
	}
	if len(means) == 0 {
		if darkest <= 0 || brightest <= 0 {
			return nil, ErrNothingToGoBy
		}
		e.black, e.white, e.middle = 1, 1, (darkest+brightest)/2
		return e, ctx.Err()
	}
	usual, spread := middle(means)
	drift := max(leastDrift, spreads*spread)
	e.middle = usual
	if darkest <= 0 {
		e.darkest = usual - drift
	}
	if brightest <= 0 {
		e.brightest = usual + drift
	}
	return e, ctx.Err()
}

// Inspect implements vision.Detector. The whole picture is judged: there are no regions.
func (e *Exposure) Inspect(ctx context.Context, m *image.Gray) (vision.Finding, error) {
	if m.Rect.Empty() {
		return vision.Finding{}, errNoPixels
	}
	l := lightOf(m)
	f := vision.Finding{Score: vision.Squash(e.times(l)), Explain: label.Text{
		ZH: fmt.Sprintf("平均亮度 %.0f（允许 %.0f–%.0f），全黑像素 %.0f%%，过曝像素 %.0f%%。", l.mean, max(e.darkest, 0), min(e.brightest, 255), 100*l.black, 100*l.white),
		EN: fmt.Sprintf("Mean brightness %.0f (%.0f to %.0f is usual), %.0f %% of the pixels black, %.0f %% blown out.",
			l.mean, max(e.darkest, 0), min(e.brightest, 255), 100*l.black, 100*l.white),
	}}
	if f.Score >= vision.Suspect {
		f.Explain.ZH += "请检查光源、曝光时间和遮挡。"
		f.Explain.EN += " Look at the lamp, the exposure time and what is in the way."
	}
	return f, ctx.Err()
}

// times is how far outside of the usual light is, in units of what is usual.
func (e *Exposure) times(l light) float64 {
	low, high := max(e.middle-e.darkest, 1), max(e.brightest-e.middle, 1)
	return max((e.middle-l.mean)/low, (l.mean-e.middle)/high, excess(l.black, e.black), excess(l.white, e.white))
}

func excess(share, limit float64) float64 {
	if limit >= 1 {
		return 0
	}
	return share / limit
}

type light struct{ mean, black, white float64 }

func lightOf(m *image.Gray) (l light) {
	var sum, black, white int
	for _, v := range m.Pix {
		sum += int(v)
		if v <= blackEnd {
			black++
		} else if v >= whiteEnd {
			white++
		}
	}
	n := float64(len(m.Pix))
	return light{float64(sum) / n, float64(black) / n, float64(white) / n}
}
