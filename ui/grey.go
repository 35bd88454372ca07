package ui

import (
	"encoding/binary"
	"image"
)

// spread is the smallest and the largest value of a picture in 16-bit grey.
type spread struct{ low, high uint16 }

func row16(m *image.Gray16, y int) []byte {
	return m.Pix[m.PixOffset(m.Rect.Min.X, y):][:2*m.Rect.Dx()]
}

func spreadOf(m *image.Gray16) spread {
	s := spread{low: 0xffff}
	for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
		for r := row16(m, y); len(r) > 0; r = r[2:] {
			v := binary.BigEndian.Uint16(r)
			s.low, s.high = min(s.low, v), max(s.high, v)
		}
	}
	return s
}

// window8 brings part of a picture to 8 bits: the values that occur are spread over 0..255, a 12-bit camera would be black otherwise.
func (s spread) window8(m *image.Gray16, part image.Rectangle) *image.Gray {
	low, span := uint32(s.low), max(uint32(s.high), uint32(s.low)+1)-uint32(s.low)
	out := image.NewGray(part)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		from, to := m.Pix[m.PixOffset(part.Min.X, y):], out.Pix[out.PixOffset(part.Min.X, y):][:part.Dx()]
		for x := range to {
			to[x] = uint8((uint32(binary.BigEndian.Uint16(from[2*x:])) - low) * 255 / span)
		}
	}
	return out
}

func halveGrey(m *image.Gray) *image.Gray {
	b := m.Rect
	out := image.NewGray(image.Rect(0, 0, (b.Dx()+1)/2, (b.Dy()+1)/2))
	for y := range out.Rect.Dy() {
		upper := m.Pix[m.PixOffset(b.Min.X, b.Min.Y+2*y):][:b.Dx()]
		lower := m.Pix[m.PixOffset(b.Min.X, min(b.Min.Y+2*y+1, b.Max.Y-1)):][:b.Dx()]
		to := out.Pix[y*out.Stride:][:out.Rect.Dx()]
		for x := range to {
			left, right := 2*x, min(2*x+1, b.Dx()-1)
			to[x] = uint8((uint32(upper[left]) + uint32(upper[right]) + uint32(lower[left]) + uint32(lower[right]) + 2) / 4)
		}
	}
	return out
}

func halveGrey16(m *image.Gray16) *image.Gray16 {
	b := m.Rect
	out := image.NewGray16(image.Rect(0, 0, (b.Dx()+1)/2, (b.Dy()+1)/2))
	at := func(r []byte, x int) uint32 { return uint32(binary.BigEndian.Uint16(r[2*x:])) }
	for y := range out.Rect.Dy() {
		upper, lower := row16(m, b.Min.Y+2*y), row16(m, min(b.Min.Y+2*y+1, b.Max.Y-1))
		for x := range out.Rect.Dx() {
			left, right := 2*x, min(2*x+1, b.Dx()-1)
			sum := at(upper, left) + at(upper, right) + at(lower, left) + at(lower, right)
			binary.BigEndian.PutUint16(out.Pix[y*out.Stride+2*x:], uint16((sum+2)/4))
		}
	}
	return out
}
