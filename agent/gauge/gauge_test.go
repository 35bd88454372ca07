package gauge_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"edgelabel/agent/gauge"
	"edgelabel/agent/label"
)

func open(t *testing.T, dir string) *gauge.Book {
	t.Helper()
	b, err := gauge.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
	return b
}

func TestTheNewestScaleHoldsAndAllStay(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	for _, mm := range []float64{0.05, 0.051} {
		if err := b.SetScale("cam1", label.Scale{MMPerPx: mm, How: label.ByRuler, By: "li", At: 7}); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if s, ok := open(t, dir).Scale("cam1"); !ok || s.MMPerPx != 0.051 || s.By != "li" {
		t.Errorf("%+v, %v", s, ok)
	}
	if _, ok := b.Scale("cam2"); ok {
		t.Error("a camera of which nobody said anything has a scale")
	}
	text, err := os.ReadFile(filepath.Join(dir, "cameras.jsonl"))
	if err != nil || strings.Count(string(text), "\n") != 2 || !strings.Contains(string(text), `"mmPerPx":0.05,`) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestGoldenOutlivesItsItem(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	set := func(sha, text string) {
		t.Helper()
		if err := b.SetGolden("cam1", label.Golden{Image: label.Image{SHA256: sha}, Item: "i", By: "li"}, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	set("aa", "first")
	set("bb", "second")
	b = open(t, dir)
	g, ok := b.Golden("cam1")
	if !ok || g.Image.SHA256 != "bb" {
		t.Fatalf("%+v, %v", g, ok)
	}
	f, err := b.OpenBlob("bb")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if text, err := io.ReadAll(f); string(text) != "second" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := b.OpenBlob("aa"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the one before: %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "golden")); len(left) != 1 || err != nil {
		t.Errorf("%v, %v", left, err)
	}
}

func TestACutLineIsTakenAway(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	if err := b.SetScale("cam1", label.Scale{MMPerPx: 0.05}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "cameras.jsonl")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(whole, `{"camera":"cam2","sca`...), 0o600); err != nil {
		t.Fatal(err)
	}
	b = open(t, dir)
	if err := b.SetScale("cam3", label.Scale{MMPerPx: 0.07}); err != nil {
		t.Fatal(err)
	}
	b = open(t, dir)
	for camera, want := range map[string]float64{"cam1": 0.05, "cam2": 0, "cam3": 0.07} {
		if s, _ := b.Scale(camera); s.MMPerPx != want {
			t.Errorf("%s: %v", camera, s)
		}
	}
}

func TestWhatIsNoBookIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "cameras.jsonl"), []byte("{}\nnot json\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := gauge.Open(dir); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("%v", err)
	}
}
