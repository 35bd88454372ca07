package formats_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"edgelabel/agent/export"
	"edgelabel/agent/export/formats"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

var update = flag.Bool("update", false, "write the golden files anew")

// plant is one item of each sort: marked, good, undecided, without a picture, judged by two people.
func plant() *source {
	s := newSource()
	marked := s.picture("01MARKED", label.NotOK, kinds()...)
	marked.Labels[0].Classes = []string{"scratch"}
	marked.Labels[0].Comment = "a < b & \"c\" 二"
	marked.Labels[0].Opened, marked.Labels[0].Decided = 1e18, 1e18+2_500_000_000
	marked.Item.Window = &label.WindowRef{From: 1e18, To: 1e18 + 2e9, Tags: []string{"force"}}
	marked.Window = func(context.Context) (*series.Window, error) {
		return &series.Window{Traces: []series.Trace{{Tag: "force", Unit: "kN", T: []int64{1e18, 1e18 + 1e9}, V: []float64{1.25, math.NaN()}, Status: []uint32{0, 1 << 31}}}}, nil
	}
	s.picture("02GOOD", label.OK)
	s.picture("03DOUBT", label.NotDecidable)
	s.picture("04BARE", label.NotOK)
	two := s.picture("05TWO", label.OK)
	gauged := &two.Item.Images[0]
	gauged.MMPerPx, gauged.MMPerCount, gauged.Calibrated, gauged.Datum = 0.5, 0.002, 1e18, &label.Datum{X: 2, Y: 1}
	two.Labels = append(two.Labels, label.Label{ID: "Lwang", Item: "05TWO", Rev: 2, By: label.Person{ID: "wang"}, Draft: label.Draft{Verdict: label.NotOK,
		Regions: []label.Region{{ID: "r", Kind: label.Box, Class: "dent", Image: two.Item.Images[0].SHA256, Rect: &label.Rect{X: 0, Y: 0, W: 5, H: 4}}}}})
	s.records = append(s.records, export.Record{Item: label.Item{ID: "06WINDOW", Kind: label.KindWindow, At: 1e18, Window: &label.WindowRef{From: 1e18, To: 1e18 + 1e9, Tags: []string{"force"}}},
		Labels: []label.Label{{ID: "L06", Item: "06WINDOW", Rev: 1, By: label.Person{ID: "li"}, Draft: label.Draft{Verdict: label.OK}}}})
	s.records = append(s.records, export.Record{Item: label.Item{ID: "07OPEN", Kind: label.KindImage}})
	return s
}

// kinds is one region of every kind, each with the kind as its id.
func kinds() []label.Region {
	regions := []label.Region{
		{Kind: label.Box, Rect: &label.Rect{X: 1, Y: 2, W: 3, H: 4}, Attributes: map[string]string{"depth": "深"}},
		{Kind: label.RotatedBox, Rect: &label.Rect{X: 2, Y: 2, W: 4, H: 2}, Angle: 90},
		{Kind: label.Polygon, Points: [][2]float64{{0, 0}, {4, 0}, {0, 4}}},
		{Kind: label.Mask, Rect: &label.Rect{X: 7, Y: 6, W: 3, H: 2}, Runs: []uint32{1, 2, 1, 1, 1}},
		{Kind: label.Polyline, Points: [][2]float64{{0, 0}, {1, 1}, {2, 0.5}}},
		{Kind: label.Point, Points: [][2]float64{{5, 4}}},
		{Kind: label.Measure, Points: [][2]float64{{1, 1}, {4, 5}}},
		{Kind: label.Interval, From: 1e18, To: 1e18 + 1e9, Tags: []string{"force"}},
		{Kind: label.Instant, From: 1e18 + 5e8, To: 1e18 + 5e8, Tags: []string{"force"}},
	}
	for i := range regions {
		regions[i].ID = string(regions[i].Kind)
		regions[i].Class = map[bool]string{true: "dent", false: "chatter"}[regions[i].Kind.OnImage()]
	}
	return regions
}

// TestGolden holds every byte of every format.
func TestGolden(t *testing.T) {
	for name := range formats.All() {
		t.Run(name, func(t *testing.T) {
			split, err := export.ParseSplit("60/40", 7, export.ByPart)
			if err != nil {
				t.Fatal(err)
			}
			dir, _ := run(t, plant(), name, export.Options{Windows: true, Split: split})
			golden(t, name+".txt", dump(t, dir))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update writes it anew. Got\n%s", file, got)
	}
}

// dump is a folder as text: pictures that encoders draw as digits, tables as JSON lines, copied pictures by name alone.
func dump(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "README.md" || e.Name() == "croissant.json" { // the same for all formats
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		fmt.Fprintf(&out, "-- %s --\n%s", filepath.ToSlash(rel), text(t, rel, b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func text(t *testing.T, name string, b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("picture ")):
		return string(b) + "\n"
	case strings.HasSuffix(name, ".png"):
		im, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return digits(im.(*image.Paletted))
	case strings.HasSuffix(name, ".tar"), strings.HasSuffix(name, ".tfrecord"):
		return dumpRecords(t, name, b)
	case strings.HasSuffix(name, ".parquet"):
		return strings.Join(parquetRows(t, b), "\n") + "\n"
	}
	return string(b)
}

func digits(im *image.Paletted) string {
	var out strings.Builder
	for y := range im.Rect.Dy() {
		fmt.Fprintf(&out, "%x\n", im.Pix[y*im.Stride:y*im.Stride+im.Rect.Dx()])
	}
	return out.String()
}

func parquetRows(t *testing.T, b []byte) (rows []string) {
	t.Helper()
	r := parquet.NewGenericReader[any](bytes.NewReader(b))
	defer r.Close()
	for {
		page := make([]any, 16)
		n, err := r.Read(page)
		for _, row := range page[:n] {
			line, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, string(line))
		}
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
