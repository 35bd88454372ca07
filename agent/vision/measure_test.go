package vision_test

import (
	"context"
	"encoding/csv"
	"image"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/golden"
)

// The measurements want recordings that are not part of the repository: EDGELABEL_IMAGES names the folder that holds deeppcb.
// They report figures and hold no targets.
//
//	EDGELABEL_IMAGES=… go test -run Measure -v ./agent/vision
func recordings(t *testing.T, set string) string {
	root := os.Getenv("EDGELABEL_IMAGES")
	if root == "" {
		t.Skip("EDGELABEL_IMAGES is not set")
	}
	return filepath.Join(root, set)
}

func table(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%s: %v", file, err)
	}
	return rows[1:]
}

func read(t *testing.T, file string) *image.Gray {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := vision.Decode(data, 0)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
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

type truth struct {
	box   image.Rectangle
	kind  string
	taken bool
}

const leastOverlap = 0.33 // intersection over union at which a proposal has found a defect, as the set's authors count

func TestMeasureBoards(t *testing.T) {
	dir := recordings(t, "deeppcb")
	boxes := map[string][]truth{}
	for _, r := range table(t, filepath.Join(dir, "boxes.csv")) {
		var n [4]int
		for i := range n {
			n[i], _ = strconv.Atoi(r[2+i])
		}
		boxes[r[0]] = append(boxes[r[0]], truth{box: image.Rect(n[0], n[1], n[2], n[3]), kind: r[6]})
	}
	var hit, typed, wrong, all int
	missed, found := map[string]int{}, map[string]int{}
	var took []time.Duration
	clean, pixels := 0, 0
	for _, r := range table(t, filepath.Join(dir, "pairs.csv")) {
		good := read(t, filepath.Join(dir, "img", r[0]+"_temp.jpg"))
		model, err := golden.Learn(context.Background(), golden.Config{}, each(good))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		picture := read(t, filepath.Join(dir, "img", r[0]+"_test.jpg"))
		f, err := model.Inspect(context.Background(), picture)
		took = append(took, time.Since(began))
		pixels = picture.Rect.Dx() * picture.Rect.Dy()
		if err != nil {
			t.Fatal(err)
		}
		truths := boxes[r[0]]
		all += len(truths)
		for _, p := range f.Regions {
			i := nearest(truths, p.Box)
			if i < 0 {
				wrong++
				continue
			}
			truths[i].taken = true
			hit++
			found[truths[i].kind]++
			if truths[i].kind == p.Type {
				typed++
			}
		}
		for _, x := range truths {
			if !x.taken {
				missed[x.kind]++
			}
		}
		if f, err := model.Inspect(context.Background(), again(good, uint64(all))); err != nil || len(f.Regions) > 0 {
			clean++
		}
	}
	slices.Sort(took)
	ms := func(q float64) float64 {
		return took[int(q*float64(len(took)-1))].Seconds() * 1e3 / (float64(pixels) / 1e6)
	}
	f1 := func(tp int) float64 { return 2 * float64(tp) / float64(hit+wrong+all) }
	t.Logf("%d defects: P %.3f R %.3f F1 %.3f, with the right type F1 %.3f", all, float64(hit)/float64(hit+wrong), float64(hit)/float64(all), f1(hit), f1(typed))
	t.Logf("found %v missed %v; false on the good picture, moved, relit and with noise: %d pictures", found, missed, clean)
	t.Logf("ms per megapixel with decoding: median %.0f p95 %.0f", ms(0.5), ms(0.95))
}

// nearest is the free defect that a box overlaps most, -1 when none enough.
func nearest(truths []truth, box image.Rectangle) int {
	best, at := leastOverlap, -1
	for i, x := range truths {
		if o := overlap(x.box, box); !x.taken && o > best {
			best, at = o, i
		}
	}
	return at
}

func overlap(a, b image.Rectangle) float64 {
	area := func(r image.Rectangle) float64 { return float64(r.Dx() * r.Dy()) }
	shared := area(a.Intersect(b))
	return shared / (area(a) + area(b) - shared)
}

// again is the picture as a camera might take it once more: moved by up to three pixels, one per cent brighter, with noise of sigma 3.
func again(m *image.Gray, seed uint64) *image.Gray {
	rng := rand.New(rand.NewPCG(seed, 1))
	w, h := m.Rect.Dx(), m.Rect.Dy()
	dx, dy := rng.IntN(7)-3, rng.IntN(7)-3
	out := image.NewGray(m.Rect)
	for i := range out.Pix {
		x, y := min(max(i%w+dx, 0), w-1), min(max(i/w+dy, 0), h-1)
		out.Pix[i] = uint8(min(255, max(0, 1.01*float64(m.Pix[y*w+x])+3*rng.NormFloat64())))
	}
	return out
}
