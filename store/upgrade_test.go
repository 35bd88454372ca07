package store_test

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
)

// archived is a data directory as each version of this program left it, one file a version: testdata/data-v<version>.zip. With
// EDGELABEL_WRITE_GOLDEN=1 that of the present version is written where there is none.
func archived(version int) string { return fmt.Sprintf("testdata/data-v%d.zip", version) }

// goldenSamples are a force with one spike, late in part, a wave and a text.
func goldenSamples() (list []series.Sample) {
	for i := range 3000 {
		at := t0 + int64(i)*second/10
		v := float64(i%50) / 10
		if i == 1234 {
			v = 99
		}
		list = append(list, series.Sample{Tag: "force", Source: at, Receive: at, Value: v})
	}
	return append(list,
		series.Sample{Tag: "force", Source: t0 + second/20, Receive: t0 + 400*second, Value: -7, Status: series.StatusBad},
		series.Sample{Tag: "vibration", Source: t0, Receive: t0, Wave: []float64{1, -3, 2}},
		series.Sample{Tag: "state", Source: t0, Receive: t0, Text: "夹具"})
}

func goldenOptions() store.Options {
	return store.Options{Segment: 400, Targets: []string{"s3"}, Tags: []series.Tag{{ID: "vibration", Rate: 1000}, {ID: "force", Source: "plc"}}}
}

// fillGolden makes what every later version must still find, and leaves samples sealed as well as raw.
func fillGolden(t *testing.T, dir string) {
	t.Helper()
	x := open(t, dir, goldenOptions())
	all := goldenSamples()
	for k := 0; k < len(all); k += 500 {
		appendAll(t, x.Store, all[k:min(k+500, len(all))]...)
	}
	check(t, addItem(t, x.Store, 1, 0.5))
	addLabel(t, x.Store, 1)
	sendAll(t, x.Store, "s3")
	check(t, addItem(t, x.Store, 2, 0.7))
	addLabel(t, x.Store, 2)
	it := item(3)
	it.Kind, it.IsPartial = label.KindWindow, true
	it.Window = &label.WindowRef{From: t0, To: t0 + second, Tags: []string{"force"}}
	check(t, x.CreateItem(t.Context(), it))
	check(t, x.SettleItem(t.Context(), it.ID, must(x.Window(t.Context(), []string{"force"}, t0, t0+second))(t)))
	check(t, x.AddGap(t.Context(), series.Gap{Source: "plc", From: t0, To: t0 + second, Reason: series.GapSilent}))
	waitFor(t, func() bool { return must(filepath.Glob(filepath.Join(dir, "series", "*.seg")))(t) != nil })
	x.close()
}

// expectGolden checks that everything fillGolden made is there and as it was.
func expectGolden(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	if r := s.Recovery(); len(r.Sentences) > 0 && !r.Rebuilt {
		t.Errorf("opening it said %q", r.Sentences)
	}
	w := must(s.Window(ctx, []string{"force", "vibration"}, t0, t0+500*second))(t)
	f, v := w.Traces[0], w.Traces[1]
	if len(f.T) != 3001 || f.V[1] != -7 || f.Status[1] != series.StatusBad || f.V[1235] != 99 || f.T[1235] != t0+1234*second/10 {
		t.Errorf("%d samples of force", len(f.T))
	}
	if len(v.T) != 3 || v.V[1] != -3 || v.T[2] != t0+second/500 || len(w.Gaps) != 1 {
		t.Errorf("wave %+v, gaps %+v", v, w.Gaps)
	}
	for n, want := range map[int]label.State{1: label.StateSynced, 2: label.StateLabeled, 3: label.StateOpen} {
		row, labels, err := s.Item(ctx, newID(n))
		check(t, err)
		if row.State != want || len(labels) != min(1, 3-n) {
			t.Errorf("item %d: %+v, %d labels", n, row.Standing, len(labels))
		}
	}
	if !present(s, 1) || !present(s, 2) {
		t.Error("a picture is gone")
	}
	if last, ok, err := s.Last(ctx, "s3"); err != nil || !ok || last.Epoch != 1 {
		t.Errorf("newest batch: %+v %v %v", last, ok, err)
	}
	if left := must(s.Pending(ctx, "s3", 10))(t); len(left) != 3 || left[0].Kind != journal.Item {
		t.Errorf("pending: %+v", left)
	}
}

// TestDirectoriesOfAllVersionsOpen holds the promise that no update loses data: as it is, and once more without the index.
func TestDirectoriesOfAllVersionsOpen(t *testing.T) {
	for version := 1; version <= store.DataVersion; version++ {
		for _, how := range []string{"as it is", "without its index"} {
			t.Run(fmt.Sprintf("version %d %s", version, how), func(t *testing.T) {
				dir := t.TempDir()
				unpack(t, version, dir)
				if how != "as it is" {
					check(t, os.Remove(filepath.Join(dir, "index.db")))
				}
				x := open(t, dir, goldenOptions())
				expectGolden(t, x.Store)
				x.close()
				if b := must(os.ReadFile(filepath.Join(dir, "version")))(t); strings.TrimSpace(string(b)) != fmt.Sprint(store.DataVersion) {
					t.Errorf("says version %q after it was opened", b)
				}
				x = open(t, dir, goldenOptions())
				expectGolden(t, x.Store)
			})
		}
	}
}

func unpack(t *testing.T, version int, dir string) {
	t.Helper()
	path := archived(version)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) && os.Getenv("EDGELABEL_WRITE_GOLDEN") == "1" {
		from := t.TempDir()
		fillGolden(t, from)
		pack(t, from, path)
	}
	z, err := zip.OpenReader(path)
	check(t, err)
	defer z.Close()
	for _, f := range z.File {
		to := filepath.Join(dir, f.Name)
		if f.FileInfo().IsDir() {
			check(t, os.MkdirAll(to, 0o700))
			continue
		}
		check(t, os.MkdirAll(filepath.Dir(to), 0o700))
		r := must(f.Open())(t)
		check(t, os.WriteFile(to, must(io.ReadAll(r))(t), 0o600))
		check(t, r.Close())
	}
}

func pack(t *testing.T, dir, to string) {
	t.Helper()
	f := must(os.Create(to))(t)
	z := zip.NewWriter(f)
	check(t, z.AddFS(os.DirFS(dir)))
	check(t, z.Close())
	check(t, f.Close())
}
