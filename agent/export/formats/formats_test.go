package formats_test

import (
	"context"
	"crypto/sha256"
	stdcsv "encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"edgelabel/agent/export"
	"edgelabel/agent/export/formats"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// source is items in memory.
type source struct {
	records []export.Record
	blobs   map[string][]byte
	tax     label.Taxonomy
}

func (s *source) Each(_ context.Context, yield func(export.Record) error) error {
	for _, r := range s.records {
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}

func (s *source) Taxonomy(context.Context) (label.Taxonomy, error) { return s.tax, nil }

func (s *source) OpenBlob(name string) (io.ReadSeekCloser, error) {
	b, ok := s.blobs[name]
	if !ok {
		return nil, fmt.Errorf("blob %s: %w", name, fs.ErrNotExist)
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{strings.NewReader(string(b)), io.NopCloser(nil)}, nil
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func newSource() *source {
	return &source{blobs: map[string][]byte{}, tax: label.Taxonomy{Revision: 3, Classes: []label.Class{{ID: "scratch", Name: label.Text{ZH: "划痕", EN: "scratch"}},
		{ID: "dent", Name: label.Text{ZH: "凹坑", EN: "dent"}}, {ID: "chatter", On: "signal"}}}}
}

// picture adds an item with one image of 10 by 8 pixels.
func (s *source) picture(id string, v label.Verdict, regions ...label.Region) *export.Record {
	bytes := []byte("picture " + id)
	s.blobs[sum(bytes)] = bytes
	for i := range regions {
		if regions[i].Kind.OnImage() && regions[i].Image == "" {
			regions[i].Image = sum(bytes)
		}
		if regions[i].ID == "" {
			regions[i].ID = fmt.Sprint("r", i)
		}
	}
	s.records = append(s.records, export.Record{
		Item: label.Item{ID: id, Kind: label.KindImage, At: 1e18 + 5, Part: label.Part{PartID: "P-" + id},
			Images: []label.Image{{SHA256: sum(bytes), Format: "png", Width: 10, Height: 8, Taken: 1e18 + 5, Camera: "cam"}}},
		Labels: []label.Label{{ID: "L" + id, Item: id, Rev: 1, By: label.Person{ID: "li"}, Draft: label.Draft{Verdict: v, Regions: regions}}},
	})
	return &s.records[len(s.records)-1]
}

func run(t *testing.T, s export.Source, format string, o export.Options) (string, export.Summary) {
	t.Helper()
	o.Out = filepath.Join(t.TempDir(), "out")
	sum, err := export.Run(t.Context(), s, format, formats.All()[format], o)
	if err != nil {
		t.Fatal(err)
	}
	return o.Out, sum
}

func TestSameExportTwice(t *testing.T) {
	for format := range formats.All() {
		s := newSource()
		s.picture("a", label.NotOK, label.Region{Kind: label.Box, Class: "dent", Rect: &label.Rect{W: 1, H: 1}})
		one, _ := run(t, s, format, export.Options{})
		two, _ := run(t, s, format, export.Options{})
		if err := filepath.WalkDir(one, func(p string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			a, err := os.ReadFile(p)
			b, err2 := os.ReadFile(filepath.Join(two, strings.TrimPrefix(p, one)))
			if string(a) != string(b) {
				t.Errorf("%s differs", p)
			}
			return errors.Join(err, err2)
		}); err != nil {
			t.Error(err)
		}
	}
}

func readCSV(t *testing.T, dir, name string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := stdcsv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestCSV(t *testing.T) {
	s := newSource()
	r := s.picture("../a", label.NotOK, label.Region{Kind: label.Polyline, Class: "dent", Points: [][2]float64{{1, 1.5}, {2, 2}}},
		label.Region{Kind: label.Interval, Class: "chatter", From: 1e18, To: 1e18 + 7, Tags: []string{"ns=1;s=V 0", "b"}},
		label.Region{Kind: label.Instant, Class: "chatter"})
	r.Labels[0].Comment = "=HYPERLINK(\"x\")\n二"
	r.Labels[0].Fault = &label.Fault{Mode: "vib", Mechanism: "wear", Cause: "oil", Severity: 700}
	r.Labels = append([]label.Label{r.Labels[0]}, label.Label{ID: "older", Rev: 0, By: label.Person{ID: "li"}, Draft: label.Draft{Verdict: label.OK}})
	r.Window = func(context.Context) (*series.Window, error) {
		return &series.Window{Traces: []series.Trace{{Tag: "b", Unit: "kN", T: []int64{1e18, 1e18 + 1}, V: []float64{1.25, math.NaN()}, Status: []uint32{0, 1 << 31}}}}, nil
	}
	dir, sum := run(t, s, "csv", export.Options{Windows: true})
	if sum.Lost != 1 || sum.Items != 1 {
		t.Errorf("%+v", sum)
	}
	item := readCSV(t, dir, "items.csv")[0]
	if item["verdict"] != "not_ok" || item["mechanism"] != "wear" || item["comment"] != "'=HYPERLINK(\"x\")\n二" || item["part"] != "P-../a" {
		t.Errorf("%v", item)
	}
	image := readCSV(t, dir, "images.csv")[0]
	if b, err := os.ReadFile(filepath.Join(dir, image["file"])); err != nil || string(b) != "picture ../a" {
		t.Errorf("%v: %q, %v", image, b, err)
	}
	if region := readCSV(t, dir, "regions.csv"); len(region) != 1 || region[0]["points"] != "[[1,1.5],[2,2]]" {
		t.Errorf("%v", region)
	}
	spans := readCSV(t, dir, "intervals.csv")
	if len(spans) != 2 || spans[0]["tag"] != "ns=1;s=V 0" || spans[1]["tag"] != "b" || spans[1]["to"] != "2001-09-09T01:46:40.000000007Z" ||
		spans[0]["from"] != "2001-09-09T01:46:40.000000000Z" || spans[0]["cause"] != "oil" || spans[0]["person"] != "li" {
		t.Errorf("%v", spans)
	}
	files, err := os.ReadDir(filepath.Join(dir, "windows"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	w := readCSV(t, filepath.Join(dir, "windows"), files[0].Name())
	if len(w) != 2 || w[0]["value"] != "1.25" || w[1]["value"] != "" || w[1]["quality"] != "bad" {
		t.Errorf("%v", w)
	}
}

func TestSimulatedIsRefused(t *testing.T) {
	s := newSource()
	s.picture("a", label.OK)
	for _, id := range []string{"b", "c"} {
		s.picture(id, label.OK).Item.IsSimulated = true
	}
	for format, f := range formats.All() {
		parent := t.TempDir()
		_, err := export.Run(t.Context(), s, format, f, export.Options{Out: filepath.Join(parent, "out")})
		if !errors.Is(err, export.ErrSimulated) || !strings.Contains(err.Error(), "2 of 3") {
			t.Errorf("%s: %v", format, err)
		}
		if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
			t.Errorf("%s: left behind %v, %v", format, left, err)
		}
		if _, sum := run(t, s, format, export.Options{Simulated: true}); sum.Items != 3 || sum.Simulated != 2 {
			t.Errorf("%s: %+v", format, sum)
		}
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	out := t.TempDir()
	if _, err := export.Run(t.Context(), newSource(), "csv", formats.All()["csv"], export.Options{Out: out}); err != nil {
		t.Errorf("into an empty folder: %v", err)
	}
	if _, err := export.Run(t.Context(), newSource(), "csv", formats.All()["csv"], export.Options{Out: out}); err == nil || !strings.Contains(err.Error(), out) {
		t.Errorf("into a full folder: %v", err)
	}
	if _, err := export.Run(t.Context(), newSource(), "csv", formats.All()["csv"], export.Options{}); err == nil {
		t.Error("into nowhere")
	}
}

// many yields n items that share one picture.
type many struct {
	source
	n    int
	peak uint64
}

func (m *many) Each(_ context.Context, yield func(export.Record) error) error {
	var mem runtime.MemStats
	for i := range m.n {
		r := m.records[0]
		r.Item.ID = fmt.Sprintf("item-%08d", i)
		if err := yield(r); err != nil {
			return err
		}
		if i%250 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&mem)
			m.peak = max(m.peak, mem.HeapAlloc)
		}
	}
	return nil
}

func TestMemoryIsBounded(t *testing.T) {
	moves := []string{"imagefolder", "tfrecord", "webdataset"} // which move the picture on, and get it again
	for format := range formats.All() {
		m := &many{source: *newSource(), n: 1_500}
		m.picture("a", label.NotOK, label.Region{Kind: label.Box, Class: "dent", Rect: &label.Rect{W: 1, H: 1}})
		if _, sum := run(t, m, format, export.Options{}); sum.Items != m.n || sum.Images != 1 && !slices.Contains(moves, format) {
			t.Errorf("%s: %+v", format, sum)
		}
		if m.peak > 16<<20 {
			t.Errorf("%s: %d MB in use", format, m.peak>>20)
		}
	}
}
