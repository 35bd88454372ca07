package pick_test

import (
	"context"
	"errors"
	"image"
	"iter"
	"math"
	"testing"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/pick"
	"edgelabel/agent/vision/visiontest"
)

// part is a plate with holes, as a camera sees it that hardly moves.
func part(seed uint64) *image.Gray {
	noise := visiontest.Surface(120, 96, seed)
	m := image.NewGray(noise.Rect)
	for y := range 96 {
		for x := range 120 {
			v := 180.0
			if math.Hypot(float64(x%66)-33, float64(y%53)-26) < 15+float64(x/66) || x < 20+y/8 {
				v = 60
			}
			m.Pix[y*120+x] = uint8(v + float64(noise.Pix[y*120+x])/30)
		}
	}
	return m
}

func many(n int, draw func(seed uint64) *image.Gray) iter.Seq2[*image.Gray, error] {
	return func(yield func(*image.Gray, error) bool) {
		for i := range n {
			if !yield(draw(uint64(i)), nil) {
				return
			}
		}
	}
}

func surface(seed uint64) *image.Gray { return visiontest.Surface(120, 96, seed) }

func TestPicksWhatSuits(t *testing.T) {
	for name, tt := range map[string]struct {
		method, want string
		good         iter.Seq2[*image.Gray, error]
	}{
		"one picture":       {pick.Auto, pick.Golden, many(1, surface)},
		"parts":             {pick.Auto, pick.Golden, many(9, part)},
		"surfaces":          {pick.Auto, pick.Texture, many(9, surface)},
		"surfaces, told so": {pick.Golden, pick.Golden, many(10, surface)},
		"parts, told so":    {pick.Texture, pick.Texture, many(10, part)},
	} {
		t.Run(name, func(t *testing.T) {
			_, got, err := pick.Learn(t.Context(), tt.method, tt.good)
			if err != nil || got != tt.want {
				t.Errorf("%v: %s, want %s", err, got, tt.want)
			}
		})
	}
}

func TestConforms(t *testing.T) {
	visiontest.Run(t, func(ctx context.Context, good iter.Seq2[*image.Gray, error]) (vision.Detector, error) {
		d, _, err := pick.Learn(ctx, pick.Auto, good)
		return d, err
	})
}

func TestUnknownMethod(t *testing.T) {
	if _, _, err := pick.Learn(t.Context(), "guess", many(1, surface)); err == nil {
		t.Error("guessed")
	}
	broken := errors.New("broken")
	_, _, err := pick.Learn(t.Context(), pick.Auto, func(yield func(*image.Gray, error) bool) { yield(nil, broken) })
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}
