package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/helper"
	"edgelabel/agent/vision/model"
	"edgelabel/agent/vision/onnx"
	"edgelabel/agent/vision/onnx/onnxtest"
)

// missing skips, or fails where peers are wanted.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("EDGELABEL_REQUIRE_PEERS") == "1" {
		t.Fatalf("%s: not installed", what)
	}
	t.Skipf("%s: not installed", what)
}

// onnxRuntime is the library of the peers.
func onnxRuntime(t *testing.T) string {
	t.Helper()
	peers := os.Getenv("EDGELABEL_PEERS")
	if peers == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			t.Fatal(err)
		}
		peers = filepath.Join(home, ".cache", "edgelabel-peers")
	}
	file := onnxtest.Library(peers)
	if _, err := os.Stat(file); err != nil {
		missing(t, "ONNX Runtime")
	}
	return file
}

// build makes the helper.
func build(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("cc"); err != nil {
		missing(t, "C compiler")
	}
	program := filepath.Join(t.TempDir(), "edgelabel-onnx")
	c := exec.Command("go", "build", "-tags", "onnx", "-o", program, ".")
	c.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// write makes a file of a model.
func write(t *testing.T, model []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(file, model, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// line is a camera's model with its helper, as the agent puts them together.
type line struct {
	*model.Model
	problems chan string
}

func start(t *testing.T, program string, s onnx.Settings) line {
	t.Helper()
	l := line{problems: make(chan string, 100)}
	h := helper.New(helper.Config{
		Program: program, Least: 10 * time.Millisecond, Problem: func(text string) { l.problems <- text },
		Settings: func(socket string) ([]byte, error) { s.Socket = socket; return json.Marshal(s) },
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	var err error
	l.Model, err = model.New(model.Config{
		Protocol: model.ONNX, Name: s.Name, Dial: h.Dial, OK: []string{"ok"}, Timeout: time.Minute, Pause: time.Nanosecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// settings are those of a small model.
func settings(t *testing.T, file string) onnx.Settings {
	return onnx.Settings{
		Name: "small", File: file, Library: onnxRuntime(t), Threads: 1, Memory: onnx.DefaultMemory, Timeout: time.Minute, Least: .5,
	}
}

// grey is a picture of one grey value with a bright patch.
func grey(value uint8, patch image.Rectangle) []byte {
	m := image.NewGray(image.Rect(0, 0, 640, 480))
	for i := range m.Pix {
		m.Pix[i] = value
	}
	for y := patch.Min.Y; y < patch.Max.Y; y++ {
		for x := patch.Min.X; x < patch.Max.X; x++ {
			m.SetGray(x, y, color.Gray{Y: 250})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err) // into memory
	}
	return b.Bytes()
}

func (l line) look(t *testing.T, file []byte) vision.Finding {
	t.Helper()
	f, err := l.InspectOriginal(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestRealRuntime lets ONNX Runtime judge by models that are made here.
func TestRealRuntime(t *testing.T) {
	library, program := onnxRuntime(t), build(t)
	t.Run("a score for each pixel", func(t *testing.T) {
		l := start(t, program, settings(t, write(t, onnxtest.Bright(.7))))
		f := l.look(t, grey(90, image.Rect(100, 200, 300, 260)))
		if len(f.Regions) != 1 || f.Regions[0].Box != image.Rect(100, 200, 300, 260) || f.Regions[0].Score < .9 || f.Model != "small" || len(f.Version) != 12 {
			t.Errorf("%+v", f)
		}
		if f := l.look(t, grey(90, image.Rectangle{})); len(f.Regions) != 0 || f.Score != 0 {
			t.Errorf("nothing to see: %+v", f)
		}
	})
	t.Run("a class of the whole picture", func(t *testing.T) {
		s := settings(t, write(t, onnxtest.Dark()))
		s.Width, s.Height = 32, 32
		l := start(t, program, s)
		if f := l.look(t, grey(20, image.Rectangle{})); len(f.Regions) != 0 || f.Score < .9 || !strings.Contains(f.Explain.EN, "dark") {
			t.Errorf("%+v", f)
		}
		if f := l.look(t, grey(220, image.Rectangle{})); f.Score != 0 {
			t.Errorf("a good picture: %+v", f)
		}
	})
	t.Run("a model that takes everything", func(t *testing.T) {
		l := start(t, program, settings(t, write(t, onnxtest.Greedy())))
		if text := <-l.problems; text == "" {
			t.Error("it runs")
		}
	})
	t.Run("a model that does not return", func(t *testing.T) {
		s := settings(t, write(t, onnxtest.Endless()))
		s.Timeout = time.Second
		l := start(t, program, s)
		l.look(t, grey(90, image.Rectangle{}))
		if f, err := l.InspectOriginal(t.Context(), grey(90, image.Rect(0, 0, 300, 300))); err == nil {
			t.Errorf("%+v", f)
		}
		for !strings.Contains(<-l.problems, "did not return within 1s") {
		}
		for <-l.problems != "" { // it is there again
		}
		l.look(t, grey(90, image.Rectangle{}))
	})
	for name, c := range map[string]struct {
		change func(*onnx.Settings)
		want   string
	}{
		"no library":  {func(s *onnx.Settings) { s.Library = "/no/such/libonnxruntime.so" }, "load ONNX Runtime"},
		"no file":     {func(s *onnx.Settings) { s.File = "/no/such.onnx" }, "no such file"},
		"not a model": {func(s *onnx.Settings) { s.File = library }, "model libonnxruntime.so.1"},
		"other size":  {func(s *onnx.Settings) { s.Width, s.Height = 640, 640 }, "does not take 640 by 640"},
		"other form":  {func(s *onnx.Settings) { s.Form = onnx.Rows }, "want rows of 6"},
		"no output":   {func(s *onnx.Settings) { s.Form = onnx.Boxes }, "no output boxes, but heat [1 1 48 64]"},
	} {
		t.Run(name, func(t *testing.T) {
			s := settings(t, write(t, onnxtest.Bright(.7)))
			c.change(&s)
			l := start(t, program, s)
			if _, err := l.InspectOriginal(t.Context(), grey(90, image.Rectangle{})); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q, got %v", c.want, err)
			}
		})
	}
}
