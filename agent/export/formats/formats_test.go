package formats_test

import (
	"context"
	"crypto/sha256"
	stdcsv "encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
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

type dataset struct {
	Categories []struct {
		ID   int
		Name string
	}
	Images []struct {
		ID            int64
		Width, Height int
		File          string `json:"file_name"`
		Item          string `json:"item_id"`
		Verdict       string
		Captured      string `json:"date_captured"`
	}
	Annotations []struct {
		ID           int64
		Image        int64 `json:"image_id"`
		Category     int   `json:"category_id"`
		Area         float64
		BBox         [4]float64
		Segmentation any
		Crowd        int `json:"iscrowd"`
	}
}

func readJSON(t *testing.T, file string, v any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v\n%s", file, err, b)
	}
}

type loss struct {
	Format  string
	Drops   []string
	Lost    []export.Lost
	Summary export.Summary
}

func readLoss(t *testing.T, dir string) loss {
	var l loss
	readJSON(t, filepath.Join(dir, "loss.json"), &l)
	return l
}

func TestCOCO(t *testing.T) {
	s := newSource()
	box := label.Region{Kind: label.Box, Class: "dent", Rect: &label.Rect{X: 1, Y: 2, W: 3, H: 4}}
	poly := label.Region{Kind: label.Polygon, Class: "scratch", Points: [][2]float64{{0, 0}, {4, 0}, {0, 3}}}
	turned := label.Region{Kind: label.RotatedBox, Class: "dent", Rect: &label.Rect{X: 2, Y: 2, W: 4, H: 2}, Angle: 90}
	mask := label.Region{Kind: label.Mask, Class: "dent", Rect: &label.Rect{X: 1, Y: 1, W: 3, H: 2}, Runs: []uint32{1, 2, 1, 1, 1}}
	s.picture("a", label.NotOK, box, poly, turned, mask)
	s.picture("b", label.OK)
	dir, sum := run(t, s, "coco", export.Options{})
	var d dataset
	readJSON(t, filepath.Join(dir, "annotations.json"), &d)
	if len(d.Images) != 2 || len(d.Annotations) != 4 || sum != (export.Summary{Items: 2, Images: 2}) {
		t.Fatalf("%+v, %+v", sum, d)
	}
	if d.Categories[0].ID != 1 || d.Categories[0].Name != "scratch" || d.Categories[1].ID != 2 || d.Images[1].Verdict != "ok" ||
		d.Images[0].Captured != "2001-09-09T01:46:40.000000005Z" {
		t.Errorf("%+v, %+v", d.Categories, d.Images)
	}
	type shape struct {
		category int
		area     float64
		bbox     [4]float64
		seg      string
	}
	for i, want := range []shape{{2, 12, [4]float64{1, 2, 3, 4}, `[]`}, {1, 6, [4]float64{0, 0, 4, 3}, `[[0,0,4,0,0,3]]`},
		{2, 8, [4]float64{3, 1, 2, 4}, `[[5,1,5,5,3,5,3,1]]`},
		// rows .XX and .X. at 1,1: pixel columns of eight, 2: rows 1 and 2 on, 3: row 1 on
		{2, 3, [4]float64{2, 1, 2, 2}, `{"counts":[17,2,6,1,54],"size":[8,10]}`}} {
		a := d.Annotations[i]
		if seg := rounded(t, a.Segmentation); a.Category != want.category || math.Abs(a.Area-want.area) > 1e-9 || !near(a.BBox, want.bbox) ||
			seg != want.seg || a.Image != d.Images[0].ID || a.Crowd != 0 {
			t.Errorf("%d: %+v with %s, want %+v", i, a, seg, want)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, d.Images[0].File)); err != nil || string(b) != "picture a" {
		t.Errorf("%q, %v", b, err)
	}
}

func near(a, b [4]float64) bool {
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-9 {
			return false
		}
	}
	return true
}

// rounded is v as JSON, without the dust of sines and cosines.
func rounded(t *testing.T, v any) string {
	if outer, ok := v.([]any); ok && len(outer) == 1 {
		inner := outer[0].([]any)
		for i := range inner {
			inner[i] = math.Round(inner[i].(float64)*1e6) / 1e6
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Ids do not move when other items come or go.
func TestIDsAreStable(t *testing.T) {
	ids := func(names ...string) map[string]int64 {
		s, out := newSource(), map[string]int64{}
		for _, n := range names {
			s.picture(n, label.NotOK, label.Region{Kind: label.Box, Class: "dent", Rect: &label.Rect{W: 1, H: 1}})
		}
		dir, _ := run(t, s, "coco", export.Options{})
		var d dataset
		readJSON(t, filepath.Join(dir, "annotations.json"), &d)
		for i := range d.Images {
			out[d.Images[i].Item] = d.Images[i].ID
			out[d.Images[i].Item+" region"] = d.Annotations[i].ID
		}
		return out
	}
	few, many := ids("b"), ids("a", "b", "c")
	if few["b"] == 0 || few["b"] != many["b"] || few["b region"] != many["b region"] || many["a"] == many["b"] {
		t.Errorf("%v, %v", few, many)
	}
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

func TestLoss(t *testing.T) {
	s := newSource()
	s.picture("a", label.NotOK,
		label.Region{Kind: label.Point, Class: "dent", Points: [][2]float64{{1, 1}}},
		label.Region{Kind: label.Polyline, Class: "dent", Points: [][2]float64{{1, 1}, {2, 2}}},
		label.Region{Kind: label.Measure, Class: "dent", Points: [][2]float64{{1, 1}, {2, 2}}},
		label.Region{Kind: label.Interval, Class: "chatter", From: 1, To: 2, Tags: []string{"x"}},
		label.Region{Kind: label.Box, Rect: &label.Rect{W: 1, H: 1}},
		label.Region{Kind: label.Box, Class: "gone", Rect: &label.Rect{W: 1, H: 1}},
		label.Region{Kind: label.Box, Class: "dent", Image: "elsewhere", Rect: &label.Rect{W: 1, H: 1}},
		label.Region{Kind: label.Box, Class: "dent"},
		label.Region{Kind: label.RotatedBox, Class: "dent"},
		label.Region{Kind: label.Polygon, Class: "dent", Points: [][2]float64{{1, 1}, {2, 2}}},
		label.Region{Kind: label.Mask, Class: "dent", Rect: &label.Rect{X: 9, W: 2, H: 1}, Runs: []uint32{0, 2}},
		label.Region{Kind: label.Mask, Class: "dent", Rect: &label.Rect{W: 2, H: 1}, Runs: []uint32{0, 1}},
		label.Region{Kind: label.Mask, Class: "dent", Rect: &label.Rect{W: 2, H: 1}, Runs: []uint32{0, 3}},
		label.Region{Kind: label.Mask, Class: "dent", Rect: &label.Rect{W: 2, H: 1}, Runs: []uint32{2}})
	s.picture("b", label.NotDecidable, label.Region{Kind: label.Box, Class: "dent", Rect: &label.Rect{W: 1, H: 1}})
	r := s.picture("c", label.OK)
	r.Item.Images = nil
	gone := s.picture("d", label.OK)
	delete(s.blobs, gone.Item.Images[0].SHA256)
	damaged := s.picture("e", label.OK)
	s.blobs[damaged.Item.Images[0].SHA256] = []byte("other")
	s.picture("f", label.OK).Item.Images[0].SHA256 = "../../../etc/passwd"
	s.picture("g", label.OK).Labels = nil

	dir, sum := run(t, s, "coco", export.Options{})
	l := readLoss(t, dir)
	count := map[string]int{}
	for _, x := range l.Lost {
		count[x.Item]++
		if x.Reason == "" {
			t.Errorf("%+v", x)
		}
	}
	want := map[string]int{"a": 14 + 1, "b": 2, "c": 1, "d": 1, "e": 1, "f": 1}
	if !reflect.DeepEqual(count, want) || sum.Lost != len(l.Lost) || sum.Unlabeled != 1 || l.Summary != sum || l.Format != "coco" || len(l.Drops) == 0 {
		t.Errorf("%v, want %v; %+v", count, want, l)
	}
	var d dataset
	readJSON(t, filepath.Join(dir, "annotations.json"), &d)
	if len(d.Images) != 1 || len(d.Annotations) != 0 {
		t.Errorf("%+v", d)
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
	r.Labels = append([]label.Label{r.Labels[0]}, label.Label{ID: "older", Rev: 0, Draft: label.Draft{Verdict: label.OK}})
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
		if i%5_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&mem)
			m.peak = max(m.peak, mem.HeapAlloc)
		}
	}
	return nil
}

func TestMemoryIsBounded(t *testing.T) {
	for format := range formats.All() {
		m := &many{source: *newSource(), n: 30_000}
		m.picture("a", label.NotOK, label.Region{Kind: label.Box, Class: "dent", Rect: &label.Rect{W: 1, H: 1}})
		if _, sum := run(t, m, format, export.Options{}); sum.Items != m.n || sum.Images != 1 {
			t.Errorf("%s: %+v", format, sum)
		}
		if m.peak > 16<<20 {
			t.Errorf("%s: %d MB in use", format, m.peak>>20)
		}
	}
}
