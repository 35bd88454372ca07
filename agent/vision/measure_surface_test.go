package vision_test

import (
	"context"
	"image"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/texture"
)

// TestMeasureSurfaces learns from the good pictures of all positions but one and judges that one, for each in turn: no picture of a
// position is judged by another of it.
func TestMeasureSurfaces(t *testing.T) {
	dir := recordings(t, "bsdata")
	at := map[string][]string{} // good and pitted ones by position
	bad := map[string]bool{}
	for _, r := range table(t, filepath.Join(dir, "index.csv")) {
		at[r[2]], bad[r[0]] = append(at[r[2]], r[0]), r[1] != "ok"
	}
	load := func(name string) *image.Gray { return read(t, filepath.Join(dir, "img", name)) }
	var good, pitted []float64
	var took []time.Duration
	pixels, flagged := 0, 0
	for position, names := range at {
		if position == "" {
			continue
		}
		var others []*image.Gray
		for p, names := range at {
			for _, n := range names {
				if p != position && !bad[n] {
					others = append(others, load(n))
				}
			}
		}
		model, err := texture.Learn(context.Background(), each(others...))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			picture := load(n)
			began := time.Now()
			found, err := model.Inspect(context.Background(), picture)
			if err != nil {
				t.Fatal(err)
			}
			took, pixels = append(took, time.Since(began)), pixels+len(picture.Pix)
			if bad[n] {
				pitted = append(pitted, found.Score)
			} else if good = append(good, found.Score); found.Score >= vision.Suspect {
				flagged++
			}
		}
	}
	var sum time.Duration
	for _, d := range took {
		sum += d
	}
	caught := len(pitted) - len(slices.DeleteFunc(slices.Clone(pitted), func(s float64) bool { return s >= vision.Suspect }))
	t.Logf("%d good, %d pitted: AUROC %.3f; flagged %d good and %d pitted; %.0f ms per megapixel without decoding",
		len(good), len(pitted), auroc(good, pitted), flagged, caught, sum.Seconds()*1e9/float64(pixels))
}

// auroc is the share of pairs in which the bad one has the higher score.
func auroc(good, bad []float64) (area float64) {
	for _, g := range good {
		for _, b := range bad {
			switch {
			case b > g:
				area++
			case b == g:
				area += 0.5
			}
		}
	}
	return area / float64(len(good)*len(bad))
}
