package demo_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/demo"
)

var began = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func TestConfigParses(t *testing.T) {
	line, err := demo.NewLine(began, 1, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	text, err := line.Config("/tmp/data", "127.0.0.1:0", "/tmp/with space/bucket")
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Parse("demo.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	if !cfg.Gateway.Simulated {
		t.Error("the demo's items are not marked as simulated")
	}
}

// TestPressShowsEveryFault holds what the demo promises: a part every three seconds, a fault within seconds, each of them in ten minutes.
func TestPressShowsEveryFault(t *testing.T) {
	press := demo.NewPress(began, 7)
	parts, defects := 0, map[demo.Defect]int{}
	var force, vibration, temperature, firstOver float64
	lowest := 1000.0
	for range 12_000 {
		r := press.Next()
		if firstOver == 0 && r.Force > 480 {
			firstOver = r.At.Sub(began).Seconds()
		}
		force, vibration, temperature = max(force, r.Force), max(vibration, r.Vibration), max(temperature, r.Temperature)
		lowest = min(lowest, r.Pressure)
		if r.Ejected != nil {
			parts++
			defects[r.Ejected.Defect]++
		}
	}
	if parts != 200 {
		t.Errorf("%d parts in ten minutes, want 200", parts)
	}
	if force < 520 || vibration < 5 || temperature < 60 || lowest > 145 {
		t.Errorf("a fault is missing: force %.0f kN, vibration %.1f mm/s, temperature %.0f °C, pressure %.0f bar", force, vibration, temperature, lowest)
	}
	if firstOver == 0 || firstOver > 12 {
		t.Errorf("first overload after %.0f s", firstOver)
	}
	if len(defects) != 4 || defects[demo.None] < 120 {
		t.Errorf("defects: %v", defects)
	}
}

func TestPicturesShowTheirDefect(t *testing.T) {
	camera := demo.NewCamera(3)
	clean, err := camera.Shoot(demo.Part{ID: "a"})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []demo.Defect{demo.Scratch, demo.Dent, demo.Stain} {
		marked, err := camera.Shoot(demo.Part{ID: "a", Defect: d})
		if err != nil {
			t.Fatal(err)
		}
		if n := different(t, clean, marked); n < 150 || n > 20_000 {
			t.Errorf("%s: %d pixels differ clearly from the clean part", d, n)
		}
		if dir := os.Getenv("EDGELABEL_PICTURES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, string(d)+".jpg"), marked, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func different(t *testing.T, a, b []byte) int {
	t.Helper()
	x, err := jpeg.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	y, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for py := range demo.Height {
		for px := range demo.Width {
			i := x.(*image.Gray).PixOffset(px, py)
			if d := int(x.(*image.Gray).Pix[i]) - int(y.(*image.Gray).Pix[i]); d > 35 || d < -35 {
				n++
			}
		}
	}
	return n
}
