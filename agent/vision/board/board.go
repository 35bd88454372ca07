// Package board finds a checkerboard on a picture and measures how large the picture's pixels are.
//
//	picture ─▶ saddles: where four fields meet ─▶ lattice: which of them are neighbours ─▶ fit: the size of a square, or why not
//
// Corners are found on a smaller copy and refined on the picture itself, to a few hundredths of a pixel.
package board

import (
	"image"
	"math"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
)

// What a picture must have. Lengths are in pixels of the picture, or parts of a square's side.
const (
	fewest     = 3     // corners across and down: four squares
	leastSide  = 10.0  // of a square
	leastWhite = 40.0  // grey levels between black and white squares
	mostClip   = 0.9   // part of the white squares that may be as bright as the sensor goes
	mostBlur   = 0.3   // of a square's side that an edge takes from black to white
	mostTilt   = 0.02  // by which the sides may differ, and the tangent by which they may be off a right angle
	mostSpread = 0.01  // standard deviation of the corners about an even lattice
	mostSlope  = 0.004 // by which a square may grow from one to the next
)

// Find looks for the largest checkerboard on a picture; square is the side of one of its squares in mm, above 0. A board that would give a
// wrong scale is refused with the reason, never measured.
func Find(picture image.Image, square float64) label.Board {
	g := levelled(vision.Grey(picture))
	l := largest(g)
	b := label.Board{Columns: l.columns(), Rows: l.rows()}
	if len(l.at) < 4 {
		return label.Board{Refused: label.BoardNone}
	}
	for k, p := range l.at {
		l.at[k] = refined(g, p, l.side())
	}
	f := fitted(l)
	if b.Refused = refused(g, l, f); b.Refused != "" {
		return b
	}
	b.MMPerPx, b.Spread = square/f.side(), f.spread
	return b
}

// refused says why a board cannot be measured, "" when it can. The causes come before their effects.
func refused(g *grey, l *lattice, f fit) string {
	light := lightOf(g, l)
	switch {
	case f.side() < leastSide:
		return label.BoardSmall
	case light.white-light.black < leastWhite:
		return label.BoardFaint
	case light.clipped > mostClip:
		return label.BoardClipped
	case light.edge > mostBlur*f.side():
		return label.BoardBlurred
	case min(l.columns(), l.rows()) < fewest:
		return label.BoardFew
	case f.tilt() > mostTilt || f.slope > mostSlope:
		return label.BoardTilted
	case f.spread > mostSpread:
		return label.BoardUneven
	}
	return ""
}

// largest looks at copies of the picture from fine to coarse: a blurred or noisy board shows its corners only on a coarse one.
func largest(g *grey) *lattice {
	best := &lattice{}
	for scale := 1.0; min(g.w, g.h) >= 48; scale, g = 2*scale, g.halved() {
		if max(g.w, g.h) > mostSearched && scale < 16 {
			continue
		}
		if l := grown(saddles(g)); len(l.at) > len(best.at) {
			best = l.scaled(scale)
		}
	}
	return best
}

// mostSearched is the longest side of a picture in which corners are looked for, pixels.
const mostSearched = 2000

type point struct{ x, y float64 }

func (p point) plus(q point) point     { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point    { return point{p.x - q.x, p.y - q.y} }
func (p point) times(k float64) point  { return point{p.x * k, p.y * k} }
func (p point) length() float64        { return math.Hypot(p.x, p.y) }
func (p point) dot(q point) float64    { return p.x*q.x + p.y*q.y }
func (p point) cross(q point) float64  { return p.x*q.y - p.y*q.x }
func (p point) beside(q point) float64 { return p.minus(q).length() }
