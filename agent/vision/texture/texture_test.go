package texture_test

import (
	"context"
	"errors"
	"image"
	"iter"
	"slices"
	"testing"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/texture"
	"edgelabel/agent/vision/visiontest"
)

func learn(ctx context.Context, good iter.Seq2[*image.Gray, error]) (vision.Detector, error) {
	m, err := texture.Learn(ctx, good)
	if err != nil { // a nil *Model in an interface would not be nil
		return nil, err
	}
	return m, nil
}

func TestConforms(t *testing.T) { visiontest.Run(t, learn) }

func surfaces(n int) []*image.Gray {
	var all []*image.Gray
	for i := range n {
		all = append(all, visiontest.Surface(240, 160, uint64(i)))
	}
	return all
}

func model(t *testing.T, n int) *texture.Model {
	t.Helper()
	m, err := texture.Learn(t.Context(), visiontest.Each(surfaces(n)...))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestFindsTheScar(t *testing.T) {
	m := model(t, 12)
	scar := image.Rect(200, 100, 230, 130)
	for seed := range uint64(6) {
		good := visiontest.Surface(240, 160, 500+seed)
		if f, err := m.Inspect(t.Context(), good); err != nil || f.Score >= vision.Suspect {
			t.Errorf("good: %v %+v", err, f)
		}
		f, err := m.Inspect(t.Context(), visiontest.Scarred(good, scar))
		if err != nil || f.Score < vision.Suspect || len(f.Regions) == 0 || !f.Regions[0].Box.Overlaps(scar) {
			t.Errorf("scarred: %v %+v", err, f)
		}
	}
}

func TestMarksOnAPictureOfAnotherSize(t *testing.T) {
	m := model(t, 12)
	scar := image.Rect(300, 200, 360, 260)
	large := image.NewGray(image.Rect(0, 0, 480, 320))
	small := visiontest.Surface(240, 160, 77)
	for i := range large.Pix {
		large.Pix[i] = small.GrayAt(i%480/2, i/480/2).Y
	}
	f, err := m.Inspect(t.Context(), visiontest.Scarred(large, scar))
	if err != nil || len(f.Regions) == 0 || !f.Regions[0].Box.Overlaps(scar) {
		t.Errorf("%v %+v", err, f)
	}
}

func TestFewPictures(t *testing.T) {
	if _, err := texture.Learn(t.Context(), visiontest.Each(surfaces(texture.MinPictures-1)...)); !errors.Is(err, texture.ErrTooFew) {
		t.Error(err)
	}
	tiny := slices.Repeat([]*image.Gray{visiontest.Surface(20, 20, 1)}, 10)
	if _, err := texture.Learn(t.Context(), visiontest.Each(tiny...)); err == nil {
		t.Error("learnt the texture of 20 x 20 pixels")
	}
}

func TestManyPicturesAreThinned(t *testing.T) {
	small := func(yield func(*image.Gray, error) bool) {
		for i := range 3 * texture.MaxPictures {
			if !yield(visiontest.Surface(64, 48, uint64(i)), nil) {
				return
			}
		}
	}
	m, err := texture.Learn(t.Context(), small)
	if err != nil || m.Pictures() != 3*texture.MaxPictures {
		t.Fatal(err)
	}
	if f, err := m.Inspect(t.Context(), visiontest.Surface(64, 48, 5)); err != nil || f.Score >= vision.Suspect {
		t.Errorf("a picture that was learnt: %v %+v", err, f)
	}
}

func TestOneBadPictureAmongTheGoodHidesNothing(t *testing.T) {
	good := surfaces(14)
	scar := image.Rect(200, 100, 230, 130)
	good[3] = visiontest.Scarred(good[3], scar)
	m, err := texture.Learn(t.Context(), visiontest.Each(good...))
	if err != nil {
		t.Fatal(err)
	}
	if f, err := m.Inspect(t.Context(), visiontest.Scarred(visiontest.Surface(240, 160, 900), scar)); err != nil || f.Score < vision.Suspect {
		t.Errorf("%v %+v", err, f)
	}
}
