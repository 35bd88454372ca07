package plane

import "image"

// Blob is a set of pixels that touch each other, edge or corner.
type Blob struct {
	Box    image.Rectangle
	Pixels []int32 // offsets y*width + x
}

// Blobs collects the pixels of a mask, row by row and width wide, that are not 0. The mask is 0 everywhere afterwards.
func Blobs(mask []uint8, width int) []Blob {
	var all []Blob
	for i, v := range mask {
		if v != 0 {
			all = append(all, flood(mask, width, int32(i)))
		}
	}
	return all
}

func flood(mask []uint8, width int, from int32) Blob {
	mask[from] = 0
	pixels := []int32{from}
	box := image.Rectangle{}
	for next := 0; next < len(pixels); next++ {
		x, y := int(pixels[next])%width, int(pixels[next])/width
		box = box.Union(image.Rect(x, y, x+1, y+1))
		for ny := max(y-1, 0); ny <= y+1 && ny*width < len(mask); ny++ {
			for nx := max(x-1, 0); nx <= min(x+1, width-1); nx++ {
				if at := ny*width + nx; mask[at] != 0 {
					mask[at] = 0
					pixels = append(pixels, int32(at))
				}
			}
		}
	}
	return Blob{box, pixels}
}
