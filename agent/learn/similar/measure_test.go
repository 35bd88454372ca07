package similar_test

import (
	"encoding/csv"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"edgelabel/agent/learn/similar"
	"edgelabel/agent/vision"
)

// TestMeasureImages reports how many of the nearest k regions are of the query's own type, on pictures that are not part of the
// repository, and the share that blind guessing would reach. It holds no target.
//
//	EDGELABEL_IMAGES=… go test -run Measure -v ./agent/learn/similar
func TestMeasureImages(t *testing.T) {
	root := os.Getenv("EDGELABEL_IMAGES")
	if root == "" {
		t.Skip("EDGELABEL_IMAGES is not set")
	}
	report(t, "deeppcb", table(t, root, "deeppcb/boxes.csv"), func(r []string) (string, string, []string) {
		return filepath.Join(root, "deeppcb/img", r[0]+"_test.jpg"), r[6], r[2:6]
	})
	report(t, "magnetic_tile", table(t, root, "magnetic_tile/index.csv"), func(r []string) (string, string, []string) {
		return filepath.Join(root, "magnetic_tile", r[0]), r[1], r[8:12]
	})
}

func table(t *testing.T, root, file string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %v", file, err)
	}
	return rows[1:]
}

// known is a region whose type is known.
type known struct {
	file, class string
	self        any
	apart       func(any) float64
}

func report(t *testing.T, set string, rows [][]string, of func([]string) (file, class string, box []string)) {
	var all []known
	var open string
	var m *image.Gray
	var spent time.Duration
	for _, r := range rows {
		file, class, corners := of(r)
		if corners[0] == "" {
			continue // a good one
		}
		if file != open {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if m, err = vision.Decode(data, 0); err != nil {
				t.Fatal(err)
			}
			open = file
		}
		var at [4]int
		for i, c := range corners {
			at[i], _ = strconv.Atoi(c)
		}
		begun := time.Now()
		k := known{file: file, class: class}
		if k.self, k.apart = similar.Describe(m, image.Rect(at[0], at[1], at[2], at[3])); k.self != nil {
			all = append(all, k)
		}
		spent += time.Since(begun)
	}
	t.Logf("%s: %d regions, %v each", set, len(all), spent/time.Duration(len(all)))
	for _, k := range []int{1, 5, 10, 20} {
		right, chance, mean := precision(all, k)
		t.Logf("%s: precision@%d %.3f, mean of the types %.3f, by chance %.3f", set, k, right, mean, chance)
	}
}

// precision looks for each region on other pictures than its own.
func precision(all []known, k int) (right, chance, mean float64) {
	hits, asked := map[string]float64{}, map[string]float64{}
	for i := range all {
		type other struct {
			distance float64
			class    string
		}
		var others []other
		same := 0.0
		for j := range all {
			if all[j].file != all[i].file {
				others = append(others, other{all[i].apart(all[j].self), all[j].class})
				if all[j].class == all[i].class {
					same++
				}
			}
		}
		slices.SortFunc(others, func(a, b other) int {
			if a.distance < b.distance {
				return -1
			}
			return 1
		})
		for _, o := range others[:k] {
			if o.class == all[i].class {
				hits[all[i].class] += 1 / float64(k)
			}
		}
		asked[all[i].class]++
		chance += same / float64(len(others)) / float64(len(all))
	}
	for class, n := range hits {
		right += n / float64(len(all))
		mean += n / asked[class] / float64(len(asked))
	}
	return right, chance, mean
}
