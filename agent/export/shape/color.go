package shape

import "image/color"

// ColorOf is a class's colour in the colour map of Pascal VOC: the bits of its number spread over red, green and blue.
func ColorOf(i int) color.RGBA {
	c := color.RGBA{A: 255}
	for shift := 7; i > 0; shift, i = shift-1, i>>3 {
		c.R |= uint8(i&1) << shift
		c.G |= uint8(i>>1&1) << shift
		c.B |= uint8(i>>2&1) << shift
	}
	return c
}
