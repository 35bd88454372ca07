package check_test

import (
	"context"
	"errors"
	"image"
	"iter"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/check"
	"edgelabel/agent/vision/visiontest"
)

type learner func(ctx context.Context, good iter.Seq2[*image.Gray, error]) (vision.Detector, error)

var focus learner = func(ctx context.Context, good iter.Seq2[*image.Gray, error]) (vision.Detector, error) {
	d, err := check.LearnFocus(ctx, 0, good)
	if err != nil {
		return nil, err
	}
	return d, nil
}

var exposure learner = func(ctx context.Context, good iter.Seq2[*image.Gray, error]) (vision.Detector, error) {
	d, err := check.LearnExposure(ctx, 0, 0, good)
	if err != nil {
		return nil, err
	}
	return d, nil
}

func TestConforms(t *testing.T) {
	for name, learn := range map[string]learner{"focus": focus, "exposure": exposure} {
		t.Run(name, func(t *testing.T) { visiontest.Run(t, visiontest.Learn(learn)) })
	}
}

// plate is a bright plate with dark holes, without noise.
func plate() *image.Gray {
	m := image.NewGray(image.Rect(0, 0, 240, 180))
	for i := range m.Pix {
		x, y := i%240, i/240
		m.Pix[i] = 170
		if dx, dy := x%60-30, y%60-30; dx*dx+dy*dy < 250 {
			m.Pix[i] = 50
		}
	}
	return m
}

// seen is what a camera makes of it: out of focus by so many pixels, brighter or darker by a factor, with noise.
func seen(m *image.Gray, blur int, light float64, seed uint64) *image.Gray {
	rng := rand.New(rand.NewPCG(seed, 1))
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewGray(m.Rect)
	for i := range out.Pix {
		sum, n := 0, 0
		for dy := -blur; dy <= blur; dy++ {
			for dx := -blur; dx <= blur; dx++ {
				x, y := min(max(i%w+dx, 0), w-1), min(max(i/w+dy, 0), h-1)
				sum, n = sum+int(m.Pix[y*w+x]), n+1
			}
		}
		out.Pix[i] = uint8(min(255, max(0, light*float64(sum)/float64(n)+2*rng.NormFloat64())))
	}
	return out
}

func good(n int) iter.Seq2[*image.Gray, error] {
	return func(yield func(*image.Gray, error) bool) {
		for i := range n {
			if !yield(seen(plate(), 0, 1+0.02*float64(i%3), uint64(i)), nil) {
				return
			}
		}
	}
}

func TestFlags(t *testing.T) {
	for name, tt := range map[string]struct {
		learn   learner
		blur    int
		light   float64
		suspect bool
	}{
		"sharp": {focus, 0, 1, false}, "blurred": {focus, 3, 1, true}, "blurred more": {focus, 5, 1, true}, "sharp but darker": {focus, 0, 0.7, false},
		"well lit": {exposure, 0, 1.03, false}, "too dark": {exposure, 0, 0.6, true}, "too bright": {exposure, 0, 1.6, true}, "lamp off": {exposure, 0, 0.02, true},
	} {
		for _, n := range []int{1, 12} {
			d, err := tt.learn(t.Context(), good(n))
			if err != nil {
				t.Fatal(err)
			}
			f, err := d.Inspect(t.Context(), seen(plate(), tt.blur, tt.light, 77))
			if err != nil || (f.Score >= vision.Suspect) != tt.suspect || f.Explain.ZH == "" || f.Explain.EN == "" {
				t.Errorf("%s after %d good pictures: %v %+v", name, n, err, f)
			}
		}
	}
}

func TestConfiguredLimits(t *testing.T) {
	strict, err := check.LearnFocus(t.Context(), 0.98, good(3))
	if err != nil {
		t.Fatal(err)
	}
	if f, err := strict.Inspect(t.Context(), seen(plate(), 1, 1, 5)); err != nil || f.Score < vision.Suspect {
		t.Errorf("%v %+v", err, f)
	}
	if _, err := check.LearnFocus(t.Context(), 0.5, good(0)); !errors.Is(err, check.ErrNothingToGoBy) {
		t.Error(err)
	}
	if _, err := check.LearnExposure(t.Context(), 0, 200, good(0)); !errors.Is(err, check.ErrNothingToGoBy) {
		t.Error(err)
	}
	bare, err := check.LearnExposure(t.Context(), 100, 180, good(0))
	if err != nil {
		t.Fatal(err)
	}
	for light, suspect := range map[float64]bool{1: false, 0.5: true, 1.4: true} {
		if f, err := bare.Inspect(t.Context(), seen(plate(), 0, light, 5)); err != nil || (f.Score >= vision.Suspect) != suspect {
			t.Errorf("light %v: %v %+v", light, err, f)
		}
	}
}

func TestSaysWhatIsWrong(t *testing.T) {
	d, err := focus(t.Context(), good(3))
	if err != nil {
		t.Fatal(err)
	}
	f, err := d.Inspect(t.Context(), seen(plate(), 5, 1, 1))
	want := "As sharp as 38 % of good pictures' sharpness (at least 62 %). Out of focus, moved or a dirty lens."
	if err != nil || f.Explain.EN != want {
		t.Errorf("%v %q", err, f.Explain.EN)
	}
}
