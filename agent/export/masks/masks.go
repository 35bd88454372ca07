// Package masks writes one PNG for each picture, of the picture's size: 0 is background, other values are classes by their place in the
// taxonomy from 1. Where regions overlap the later one is on top. classes.json names the values; images/ holds the pictures.
package masks

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"

	"golang.org/x/image/vector"

	"edgelabel/agent/export"
	"edgelabel/agent/export/picture"
	"edgelabel/agent/export/shape"
	"edgelabel/agent/label"
)

// maxPixels bounds the memory for one picture.
const maxPixels = 1 << 28

// Drops is what masks have no place for.
func Drops() []string {
	return append(picture.Drops(), "attributes of regions", "which pixels belong to which of several regions of one class", "what lies below a later region")
}

type value struct {
	Value int        `json:"value"`
	Class string     `json:"class"`
	Name  label.Text `json:"name"`
	Color string     `json:"color"`
}

// Open is the export.Format's.
func Open(job export.Job) (export.Encoder, error) {
	if len(job.Taxonomy.Classes) > 255 {
		return nil, errors.New("masks: more than 255 classes")
	}
	values := []value{{0, "", label.Text{ZH: "背景", EN: "background"}, hex(0)}}
	for i, c := range job.Taxonomy.Classes {
		values = append(values, value{i + 1, c.ID, c.Name, hex(i + 1)})
	}
	body, err := json.MarshalIndent(values, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(job.Dir, "classes.json"), append(body, '\n'), 0o644); err != nil {
		return nil, err
	}
	files := &picture.PerFile{Job: job, Folder: "masks", Ext: ".png"}
	files.Draw = func(x *export.Example, p *picture.Picture) ([]byte, int, error) { return draw(&job, x, p) }
	files.Line = func(p *picture.Picture) string { return picture.Stem(p.File) }
	return files.Open()
}

func draw(job *export.Job, x *export.Example, p *picture.Picture) ([]byte, int, error) {
	if p.Width <= 0 || p.Height <= 0 || p.Width > maxPixels/p.Height {
		const reason = "the size of its image is not known or too large"
		return nil, 0, p.LostMarks(job, x, reason)
	}
	canvas := image.NewPaletted(image.Rect(0, 0, p.Width, p.Height), palette())
	var errs error
	drawn := 0
	for i := range p.Marks {
		m := &p.Marks[i]
		if reason := paint(canvas, m.Region, uint8(m.Class+1)); reason != "" {
			errs = errors.Join(errs, m.Lost(job, x, reason))
			continue
		}
		drawn++
	}
	var out bytes.Buffer
	err := png.Encode(&out, canvas)
	return out.Bytes(), drawn, errors.Join(errs, err)
}

// paint fills a region. A pixel is inside when half of it or more is.
func paint(on *image.Paletted, r *label.Region, v uint8) (reason string) {
	width, height := on.Rect.Dx(), on.Rect.Dy()
	if r.Kind == label.Mask {
		m, reason := shape.Decode(r, width, height)
		if reason != "" {
			return reason
		}
		for y := m.Y; y < m.Y+m.H; y++ {
			for x := m.X; x < m.X+m.W; x++ {
				if m.On(x, y) {
					on.Pix[y*on.Stride+x] = v
				}
			}
		}
		return ""
	}
	points, reason := shape.Outline(r)
	if reason != "" {
		return reason
	}
	if !fill(on, points, v) {
		return "covers no pixel by half"
	}
	return ""
}

func fill(on *image.Paletted, points [][2]float64, v uint8) (any bool) {
	box, ok := shape.Clip(shape.Bounds(points), on.Rect.Dx(), on.Rect.Dy())
	if !ok {
		return false
	}
	x0, y0 := int(box.X), int(box.Y)
	w, h := min(int(box.X+box.W)+1, on.Rect.Dx())-x0, min(int(box.Y+box.H)+1, on.Rect.Dy())-y0
	z := vector.NewRasterizer(w, h)
	for i, p := range points {
		if x, y := float32(p[0]-float64(x0)), float32(p[1]-float64(y0)); i == 0 {
			z.MoveTo(x, y)
		} else {
			z.LineTo(x, y)
		}
	}
	z.ClosePath()
	cover := image.NewAlpha(image.Rect(0, 0, w, h))
	z.Draw(cover, cover.Rect, image.Opaque, image.Point{})
	for i, a := range cover.Pix {
		if a >= 128 {
			on.Pix[(y0+i/w)*on.Stride+x0+i%w] = v
			any = true
		}
	}
	return any
}

func palette() color.Palette {
	out := make(color.Palette, 256)
	for i := range out {
		out[i] = shape.ColorOf(i)
	}
	return out
}

func hex(i int) string {
	const digits = "0123456789abcdef"
	out := []byte("#")
	c := shape.ColorOf(i)
	for _, b := range []uint8{c.R, c.G, c.B} {
		out = append(out, digits[b>>4], digits[b&15])
	}
	return string(out)
}
