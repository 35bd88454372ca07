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

// TestMeasureBoards judges every board after its own template.
func TestMeasureBoards(t *testing.T) {
	boards(t, func(good *image.Gray) *golden.Model { return learnt(t, good) })
}

// TestMeasureBoardsTogether judges every board after all templates, which lie in one folder as a plant would have them.
func TestMeasureBoardsTogether(t *testing.T) {
	dir := recordings(t, "deeppcb")
	var all []*image.Gray
	for _, r := range table(t, filepath.Join(dir, "pairs.csv")) {
		all = append(all, read(t, filepath.Join(dir, "img", r[0]+"_temp.jpg")))
	}
	model := learnt(t, all...)
	t.Logf("%d templates show %d layouts", model.Pictures(), model.Layouts())
	boards(t, func(*image.Gray) *golden.Model { return model })
}

func learnt(t *testing.T, good ...*image.Gray) *golden.Model {
	t.Helper()
	model, err := golden.Learn(context.Background(), golden.Config{}, each(good...))
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// tally counts what was proposed on boards.
type tally struct {
	hit, typed, wrong, all int
	missed, found, taken   map[string]int // by type; taken for another: "type as other"
}

func (n *tally) f1(hits int) float64 { return 2 * float64(hits) / float64(n.hit+n.wrong+n.all) }

func (n *tally) count(truths []truth, regions []vision.Region) {
	n.all += len(truths)
	for _, p := range regions {
		i := nearest(truths, p.Box)
		if i < 0 {
			n.wrong++
			continue
		}
		truths[i].taken = true
		n.hit++
		n.found[truths[i].kind]++
		if truths[i].kind == p.Type {
			n.typed++
		} else {
			n.taken[truths[i].kind+" as "+p.Type]++
		}
	}
	for _, x := range truths {
		if !x.taken {
			n.missed[x.kind]++
		}
	}
}

func boards(t *testing.T, model func(good *image.Gray) *golden.Model) {
	dir := recordings(t, "deeppcb")
	boxes := defects(t, filepath.Join(dir, "boxes.csv"))
	n := tally{missed: map[string]int{}, found: map[string]int{}, taken: map[string]int{}}
	var took []float64 // ms a megapixel
	falsely := 0
	for _, r := range table(t, filepath.Join(dir, "pairs.csv")) {
		good := read(t, filepath.Join(dir, "img", r[0]+"_temp.jpg"))
		m := model(good)
		began := time.Now()
		picture := read(t, filepath.Join(dir, "img", r[0]+"_test.jpg"))
		f, err := m.Inspect(context.Background(), picture)
		took = append(took, time.Since(began).Seconds()*1e9/float64(len(picture.Pix)))
		if err != nil {
			t.Fatal(err)
		}
		n.count(boxes[r[0]], f.Regions)
		if f, err := m.Inspect(context.Background(), again(good, uint64(n.all))); err != nil || len(f.Regions) > 0 {
			falsely++
		}
	}
	slices.Sort(took)
	t.Logf("%d defects: P %.3f R %.3f F1 %.3f, with the right type F1 %.3f", n.all, float64(n.hit)/float64(n.hit+n.wrong), float64(n.hit)/float64(n.all), n.f1(n.hit), n.f1(n.typed))
	t.Logf("found %v missed %v taken for others %v; false on the good picture, moved, relit and with noise: %d pictures", n.found, n.missed, n.taken, falsely)
	t.Logf("ms per megapixel with decoding: median %.0f p95 %.0f", took[len(took)/2], took[len(took)*95/100])
}

// defects reads the boxes of each board.
func defects(t *testing.T, file string) map[string][]truth {
	t.Helper()
	boxes := map[string][]truth{}
	for _, r := range table(t, file) {
		var n [4]int
		for i := range n {
			n[i], _ = strconv.Atoi(r[2+i])
		}
		boxes[r[0]] = append(boxes[r[0]], truth{box: image.Rect(n[0], n[1], n[2], n[3]), kind: r[6]})
	}
	return boxes
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
