package foreign

import (
	"errors"

	"edgelabel/agent/label"
)

var errMask = errors.New("the mask does not fit the picture")

// columns reads COCO's run lengths, column by column.
func columns(counts []int, width, height int) (*label.Region, error) {
	return mask(counts, width, height, func(i int) int { return i%height*width + i/height })
}

// mask sets pixels in the order of place and cuts out the rectangle around them.
func mask(counts []int, width, height int, place func(int) int) (*label.Region, error) {
	if width <= 0 || height <= 0 || width > maxPixels/height {
		return nil, errMask
	}
	bits := make([]bool, width*height)
	at, on := 0, false
	for _, n := range counts {
		if n < 0 || n > len(bits)-at {
			return nil, errMask
		}
		for ; n > 0; n-- {
			bits[place(at)] = on
			at++
		}
		on = !on
	}
	return cutOut(bits, width)
}

// cutOut makes a region of the pixels that are on.
func cutOut(bits []bool, width int) (*label.Region, error) {
	x0, y0, x1, y1 := width, len(bits), -1, -1
	for i, on := range bits {
		if on {
			x0, x1, y0, y1 = min(x0, i%width), max(x1, i%width), min(y0, i/width), max(y1, i/width)
		}
	}
	if x1 < 0 {
		return nil, errors.New("the mask is empty")
	}
	r := &label.Region{Kind: label.Mask, Rect: &label.Rect{X: float64(x0), Y: float64(y0), W: float64(x1 - x0 + 1), H: float64(y1 - y0 + 1)}}
	on := false
	run := uint32(0)
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			if bits[y*width+x] != on {
				r.Runs = append(r.Runs, run)
				on, run = !on, 0
			}
			run++
		}
	}
	r.Runs = append(r.Runs, run)
	return r, nil
}

// decompress reads COCO's text form of run lengths.
func decompress(text string) (counts []int, err error) {
	for p := 0; p < len(text); {
		x := 0
		for shift, more := 0, true; more; shift += 5 {
			if p == len(text) || shift > 50 || text[p] < 48 || text[p] > 48+63 {
				return nil, errMask
			}
			c := int(text[p]) - 48
			p++
			x |= c & 0x1f << shift
			more = c&0x20 != 0
			if !more && c&0x10 != 0 {
				x |= -1 << (shift + 5)
			}
		}
		if len(counts) > 2 {
			x += counts[len(counts)-2]
		}
		counts = append(counts, x)
	}
	return counts, nil
}
