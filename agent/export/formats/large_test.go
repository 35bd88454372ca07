package formats_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"edgelabel/agent/export"
	"edgelabel/agent/export/formats"
	"edgelabel/agent/label"
)

// generated yields n items of a line, each with its own picture of 16 by 16 pixels and two regions, and keeps none of them.
type generated struct {
	tax     label.Taxonomy
	n       int
	picture []byte // of the item that is being exported
	peak    uint64 // bytes of heap in use, at every thousandth item
}

func (g *generated) Taxonomy(context.Context) (label.Taxonomy, error) { return g.tax, nil }

func (g *generated) Each(_ context.Context, yield func(export.Record) error) error {
	var mem runtime.MemStats
	for i := range g.n {
		if i%1000 == 0 {
			runtime.ReadMemStats(&mem)
			g.peak = max(g.peak, mem.HeapAlloc)
		}
		if err := yield(g.record(i)); err != nil {
			return err
		}
	}
	return nil
}

func (g *generated) record(i int) export.Record {
	g.picture = numbered(i)
	id, sha := fmt.Sprintf("01JD%022d", i), sum(g.picture)
	return export.Record{
		Item: label.Item{ID: id, Kind: label.KindImage, At: 1e18 + int64(i)*1e9, Place: label.Place{Site: "plant", Line: "line-1", Asset: "press"},
			Part:   label.Part{PartID: fmt.Sprint("P-", i)},
			Images: []label.Image{{SHA256: sha, Format: "png", Width: 16, Height: 16, Taken: 1e18 + int64(i)*1e9, Camera: "cam"}}},
		Labels: []label.Label{{ID: "L" + id, Item: id, Rev: 1, By: label.Person{ID: "li"}, Saved: 1e18 + int64(i)*1e9 + 5, Draft: label.Draft{
			Verdict: label.NotOK, Regions: []label.Region{
				{ID: "r0", Kind: label.Box, Class: "dent", Image: sha, Rect: &label.Rect{X: 1, Y: 1, W: 4, H: 3}},
				{ID: "r1", Kind: label.Polygon, Class: "scratch", Image: sha, Points: [][2]float64{{2, 2}, {9, 2}, {9, 9}}}}}}},
	}
}

// OpenBlob opens the picture of the item that is being exported: no other is there.
func (g *generated) OpenBlob(sha string) (io.ReadSeekCloser, error) {
	if sha != sum(g.picture) {
		return nil, fmt.Errorf("blob %s: %w", sha, fs.ErrNotExist)
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(g.picture), io.NopCloser(nil)}, nil
}

// numbered is a small PNG with a number in its pixels.
func numbered(n int) []byte {
	m := image.NewGray(image.Rect(0, 0, 16, 16))
	for k := range 32 {
		m.SetGray(k%16, k/16, color.Gray{Y: uint8(n >> k & 1 * 255)})
	}
	var b bytes.Buffer
	_ = png.Encode(&b, m) // a buffer takes everything
	return b.Bytes()
}

// resident is the largest resident memory of this process since the last forget, in MiB; 0 where the system does not say.
func resident() (peak float64) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for row := range strings.Lines(string(status)) {
		if n, _ := fmt.Sscanf(row, "VmHWM: %f kB", &peak); n == 1 {
			return peak / 1024
		}
	}
	return 0
}

// forget gives free memory back and begins a new largest.
func forget() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // elsewhere than on Linux there is none, and resident is 0
}

// bound is what an export of a hundred thousand items may take, in MiB.
const bound = 300

// BenchmarkExport100k exports ten thousand and, when benchmarks may take minutes, a hundred thousand items in each format.
func BenchmarkExport100k(b *testing.B) {
	for _, format := range sortedKeys(formats.All()) {
		for _, n := range []int{10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/items=%d", format, n), func(b *testing.B) {
				if n > 10_000 && os.Getenv("EDGELABEL_BENCH_LARGE") != "1" {
					b.Skip("a hundred thousand files: EDGELABEL_BENCH_LARGE is not 1")
				}
				exportLarge(b, format, n)
			})
		}
	}
}

func exportLarge(b *testing.B, format string, n int) {
	g := &generated{tax: newSource().tax, n: n}
	split := &export.Split{Train: 80, Val: 10, Test: 10, By: export.ByPart}
	forget()
	before, i := resident(), 0
	for b.Loop() {
		out := filepath.Join(b.TempDir(), "out")
		i++
		s, err := export.Run(b.Context(), g, format, formats.All()[format], export.Options{Out: out, Split: split})
		if err != nil || s.Items != n {
			b.Fatalf("%+v, %v", s, err)
		}
	}
	peak := resident()
	b.ReportMetric(float64(n*i)/b.Elapsed().Seconds(), "items/s")
	b.ReportMetric(float64(g.peak)/(1<<20), "heap-MiB")
	b.ReportMetric(peak, "RSS-MiB")
	b.ReportMetric(peak-before, "growth-MiB")
	if peak > bound {
		b.Errorf("%.0f MiB resident, at most %d wanted", peak, bound)
	}
}
