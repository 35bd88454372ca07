package ui

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"

	"golang.org/x/image/draw"
)

const (
	tileSize    = 512  // pixels
	previewSize = 1024 // pixels, longest side
	quality     = 88   // of JPEG: scratches must survive it
	stripRows   = 64   // source rows that are converted at once while halving; even
)

// pyramid is an image at every scale: level n is the picture itself and each level below is half as large, rounded up. Levels are made
// when they are first asked for.
type pyramid struct {
	levels []image.Image // by z; nil until made
	spread spread        // of grey with 16 bits
}

func newPyramid(m image.Image) *pyramid {
	n := topLevel(m.Bounds().Dx(), m.Bounds().Dy())
	p := &pyramid{levels: make([]image.Image, n+1)}
	if grey, ok := m.(*image.Gray16); ok {
		p.spread = spreadOf(grey)
	}
	p.levels[n] = m
	return p
}

// topLevel is ceil(log2(max(w, h)/512)), at least 0.
func topLevel(w, h int) int {
	n := 0
	for max(w, h) > tileSize<<n {
		n++
	}
	return n
}

func (p *pyramid) level(z int) image.Image {
	if p.levels[z] == nil {
		p.levels[z] = halve(p.level(z + 1))
	}
	return p.levels[z]
}

// tile is one tile of a level as a JPEG.
func (p *pyramid) tile(at place) ([]byte, error) {
	m, cut, err := p.cut(at)
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, cut.Dx(), cut.Dy()))
	draw.Draw(out, out.Bounds(), p.shown(m, cut), cut.Min, draw.Src)
	return encodeJPEG(out)
}

// cut finds the level of a place and the tile's part of it.
func (p *pyramid) cut(at place) (image.Image, image.Rectangle, error) {
	if at.z >= len(p.levels) {
		return nil, image.Rectangle{}, refuse(http.StatusNotFound, "no such tile")
	}
	m := p.level(at.z)
	b := m.Bounds()
	corner := b.Min.Add(image.Pt(at.x*tileSize, at.y*tileSize))
	cut := image.Rectangle{Min: corner, Max: corner.Add(image.Pt(tileSize, tileSize))}.Intersect(b)
	if cut.Empty() {
		return nil, cut, refuse(http.StatusNotFound, "no such tile")
	}
	return m, cut, nil
}

// shown is part of a level as a screen shows it: grey with 16 bits is spread over 8.
func (p *pyramid) shown(m image.Image, part image.Rectangle) image.Image {
	if grey, ok := m.(*image.Gray16); ok {
		return p.spread.window8(grey, part)
	}
	return m
}

// preview is the picture as a page shows it at first.
func (p *pyramid) preview() ([]byte, error) { return p.scaled(previewSize) }

func longest(m image.Image) int { return max(m.Bounds().Dx(), m.Bounds().Dy()) }

// fit shrinks a size until its longest side is at most most.
func fit(w, h, most int) (int, int) {
	long := max(w, h)
	if long <= most {
		return w, h
	}
	return max(w*most/long, 1), max(h*most/long, 1)
}

// halve averages two by two pixels; at an odd edge it averages what there is. Grey stays grey, with as many bits. Strips keep the
// converted copy small.
func halve(m image.Image) image.Image {
	switch m := m.(type) {
	case *image.Gray:
		return halveGrey(m)
	case *image.Gray16:
		return halveGrey16(m)
	}
	b := m.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, (b.Dx()+1)/2, (b.Dy()+1)/2))
	strip := image.NewRGBA(image.Rect(0, 0, b.Dx(), stripRows))
	for y := 0; y < b.Dy(); y += stripRows {
		rows := min(stripRows, b.Dy()-y)
		draw.Draw(strip, image.Rect(0, 0, b.Dx(), rows), m, b.Min.Add(image.Pt(0, y)), draw.Src)
		for k := 0; k < rows; k += 2 {
			upper := strip.Pix[k*strip.Stride:][:4*b.Dx()]
			lower := strip.Pix[min(k+1, rows-1)*strip.Stride:][:4*b.Dx()]
			halveRows(out.Pix[(y+k)/2*out.Stride:], upper, lower)
		}
	}
	return out
}

func halveRows(to, upper, lower []byte) {
	for i := 0; i < len(upper); i += 8 {
		right := min(i+4, len(upper)-4)
		for c := range 4 {
			sum := uint32(upper[i+c]) + uint32(upper[right+c]) + uint32(lower[i+c]) + uint32(lower[right+c])
			to[i/2+c] = uint8((sum + 2) / 4)
		}
	}
}

func encodeJPEG(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("jpeg: %w", err)
	}
	return b.Bytes(), nil
}
