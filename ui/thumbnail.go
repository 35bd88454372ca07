package ui

import (
	"context"
	"image"

	"golang.org/x/image/draw"
)

// thumbnailSize is the longest side of a thumbnail, in pixels.
const thumbnailSize = 320

// Thumbnail is a stored picture as a small JPEG, by the picture's SHA-256. The same picture gives the same bytes. It waits for its turn among
// the pictures that people look at.
func (s *Server) Thumbnail(ctx context.Context, sha string) ([]byte, error) {
	return s.pictures.make(ctx, "thumbnail/"+sha, sha, func(p *pyramid) ([]byte, error) { return p.scaled(thumbnailSize) })
}

// scaled shrinks the smallest level that is large enough.
func (p *pyramid) scaled(longestSide int) ([]byte, error) {
	z := len(p.levels) - 1
	for z > 0 && longest(p.level(z)) >= 2*longestSide {
		z--
	}
	m := p.shown(p.level(z), p.level(z).Bounds())
	w, h := fit(m.Bounds().Dx(), m.Bounds().Dy(), longestSide)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(out, out.Bounds(), m, m.Bounds(), draw.Src, nil)
	return encodeJPEG(out)
}
