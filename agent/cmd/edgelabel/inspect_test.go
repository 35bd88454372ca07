package main

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// draw is a command of the scripts: it writes a picture of a square part, with a spot where one is asked for.
func draw(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: draw FILE [spot]")
	}
	m := image.NewGray(image.Rect(0, 0, 160, 120))
	for i := range m.Pix {
		x, y := i%160, i/160
		if m.Pix[i] = 30; x > 30 && x < 130 && y > 20 && y < 100 {
			m.Pix[i] = 150
		}
		if len(args) > 1 && x >= 80 && x < 90 && y >= 50 && y < 58 {
			m.Pix[i] = 250
		}
	}
	name := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o700))
	f, err := os.Create(name)
	ts.Check(err)
	defer f.Close()
	ts.Check(png.Encode(f, m))
}

func TestInspect(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/inspect", Cmds: map[string]func(*testscript.TestScript, bool, []string){"draw": draw}})
}
