package golden

import (
	"image"

	"edgelabel/agent/vision/plane"
)

// Types of regions on pictures of two tones: conductor on an insulator, as boards, films and stencils are.
const (
	Open      = "open"      // a conductor is cut
	Short     = "short"     // two conductors touch
	Mousebite = "mousebite" // a conductor lacks a piece at its edge
	Spur      = "spur"      // a conductor has a piece too much
	Copper    = "copper"    // conductor where none is near
	PinHole   = "pin-hole"  // a hole inside a conductor
)

// The ring around a region on which pieces of conductor are counted, in pixels from it.
const (
	ringInner = 1
	ringOuter = 3
	ringBare  = 2 // pixels from it: insulator further away does not make a hole a bite
	crumb     = 3 // pixels of ring: what is smaller is no piece
)

// kind tells the type of a region of a picture with two tones by how many pieces of conductor touch it, and is empty for other pictures.
func (m *Model) kind(l *layout, picture view, b plane.Blob) string {
	if !l.twoTone {
		return ""
	}
	middle := uint8((l.lowTone + l.highTone) / 2)
	conducts := func(i int32) bool { return (picture.Pix[i] > middle) == m.cfg.BrightConductor }
	added := 0
	for _, i := range b.Pixels {
		if conducts(i) {
			added++
		}
	}
	pieces, bare := ring(b, l.first.Rect, conducts)
	if 2*added > len(b.Pixels) {
		return [...]string{Copper, Spur, Short}[min(pieces, 2)]
	}
	switch {
	case bare == 0:
		return PinHole
	case pieces >= 2:
		return Open
	}
	return Mousebite
}

// ring counts the pieces of conductor on the ring around a blob, and its pixels of insulator.
func ring(b plane.Blob, size image.Rectangle, conducts func(i int32) bool) (pieces, bare int) {
	box := b.Box.Inset(-ringOuter).Intersect(size)
	w := box.Dx()
	distance := distances(b, box, size.Dx())
	mask := make([]uint8, len(distance))
	for i, d := range distance {
		if d <= ringInner || d > ringOuter {
			continue
		}
		if conducts(int32((box.Min.Y+i/w)*size.Dx() + box.Min.X + i%w)) {
			mask[i] = 1
		} else if d <= ringBare {
			bare++
		}
	}
	for _, piece := range plane.Blobs(mask, w) {
		if len(piece.Pixels) >= crumb {
			pieces++
		}
	}
	return pieces, bare
}

// distances is how far each pixel of box is from the blob, in steps to any of eight neighbours, up to ringOuter and one more.
func distances(b plane.Blob, box image.Rectangle, width int) []uint8 {
	w, h := box.Dx(), box.Dy()
	out := make([]uint8, w*h)
	for i := range out {
		out[i] = ringOuter + 1
	}
	for _, p := range b.Pixels {
		x, y := int(p)%width-box.Min.X, int(p)/width-box.Min.Y
		for dy := -ringOuter; dy <= ringOuter; dy++ {
			for dx := -ringOuter; dx <= ringOuter; dx++ {
				if nx, ny := x+dx, y+dy; nx >= 0 && ny >= 0 && nx < w && ny < h {
					out[ny*w+nx] = min(out[ny*w+nx], uint8(max(dx, -dx, dy, -dy)))
				}
			}
		}
	}
	return out
}
