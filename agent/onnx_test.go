package agent

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/control"
	"edgelabel/agent/label"
	"edgelabel/agent/vision/onnx"
)

const helped = `gateway: {id: gw-test}
data: {dir: DIR/data, keep_free: 1MiB}
web: {listen: "127.0.0.1:0"}
assets: [{id: press}]
cameras:
  - name: top
    asset: press
    model: {protocol: onnx, input: {width: 64}, output: {names: [dent]}, onnx: {file: FILE, program: PROGRAM, memory: 2GiB}}
`

// TestAHelperThatEndsCostsNothingElse hands in a picture while the helper ends again and again: it is stored, and the status has the helper's
// last words. What the helper was told is what the configuration says.
func TestAHelperThatEndsCostsNothingElse(t *testing.T) {
	dir := t.TempDir()
	program, file, told := filepath.Join(dir, "helper"), filepath.Join(dir, "defects.onnx"), filepath.Join(dir, "told")
	script := "#!/bin/sh\nread -r line\nprintf '%s' \"$line\" >'" + told + "'\necho 'the model is of paper' >&2\nexit 1\n"
	for name, text := range map[string]string{program: script, file: "paper"} {
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.NewReplacer("FILE", file, "PROGRAM", program).Replace(helped)
	a := runWith(t, text)
	handIn(t, a, heights(1))
	eventually(t, "the picture is passed over", func() bool { return a.models[0].Stats()["top"].Failed == 1 })
	if got := a.sources.CameraStatus()["top"].Snapshot().Problems["model"]; !strings.Contains(got, "the model is of paper") {
		t.Errorf("problem %q", got)
	}
	var s onnx.Settings
	line, err := os.ReadFile(told)
	if err != nil || json.Unmarshal(line, &s) != nil {
		t.Fatalf("%s, %v", line, err)
	}
	if s.File != file || s.Name != "defects.onnx" || s.Width != 64 || s.Memory != 2<<30 || len(s.Names) != 1 || s.Least != .5 || s.Socket == "" {
		t.Errorf("%+v", s)
	}
	cfg, err := config.Parse("c.yaml", []byte(strings.ReplaceAll(text, "DIR", dir)))
	if err != nil {
		t.Fatal(err)
	}
	probes, err := Probes(cfg, a.opt.Log)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range probes {
		if p.Kind == "model" {
			if err := p.Try(context.Background()); err == nil || !strings.Contains(err.Error(), "the model is of paper") {
				t.Errorf("probe: %v", err)
			}
			return
		}
	}
	t.Error("the model is not probed")
}

// TestModelOfTheCentreThatCannotBeUsed tries what the centre sent: the helper is told where it lies and what goes with it, and its last
// words, or that there is no helper, are the reason. The status of the camera is about the model that holds.
func TestModelOfTheCentreThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	program, file, told := filepath.Join(dir, "helper"), filepath.Join(dir, "first.onnx"), filepath.Join(dir, "told")
	script := "#!/bin/sh\nread -r line\nprintf '%s' \"$line\" >'" + told + "'\necho 'no layers' >&2\nexit 1\n"
	for name, text := range map[string]string{program: script, file: "paper"} {
		if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Parse("c.yaml", []byte(strings.NewReplacer("DIR", dir, "FILE", file, "PROGRAM", program).Replace(helped)))
	if err != nil {
		t.Fatal(err)
	}
	a := &Agent{cfg: cfg, opt: Options{Log: slog.New(slog.DiscardHandler), Now: time.Now}}
	sent := control.Model{Camera: "top", Kind: control.ONNX, Files: []control.File{{Name: "next.onnx"}},
		Settings: &control.ModelSettings{Threshold: .25, Names: []string{"ok", "crack"}}}
	if err := a.tryModel(t.Context(), sent, "/sent"); err == nil || !strings.Contains(err.Error(), "no layers") {
		t.Errorf("%v", err)
	}
	var s onnx.Settings
	line, err := os.ReadFile(told)
	if err != nil || json.Unmarshal(line, &s) != nil {
		t.Fatalf("%s, %v", line, err)
	}
	if s.File != "/sent/next.onnx" || s.Name != "next.onnx" || s.Least != .25 || !slices.Equal(s.Names, sent.Settings.Names) || s.Width != 64 || s.Memory != 2<<30 {
		t.Errorf("%+v", s)
	}
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	if err := a.tryModel(t.Context(), sent, "/sent"); err == nil || !strings.Contains(err.Error(), program) {
		t.Errorf("without a helper: %v", err)
	}
	sent.Camera = "gone"
	if err := a.tryModel(t.Context(), sent, "/sent"); !errors.Is(err, label.ErrNotFound) {
		t.Errorf("another camera: %v", err)
	}
}
