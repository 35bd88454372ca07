package golden

import (
	"image"

	"edgelabel/agent/vision/plane"
)

// Illumination: lamps age and daylight comes in. The picture gets the reference's contrast as a whole, and its brightness in each of a few
// large cells. A difference that fills more than half of a cell is taken for light.
const (
	lightCells = 6 // in each direction
	thin       = 3 // every third pixel of every third row is looked at
	leastGain  = 0.5
	mostGain   = 2.0
)

// relight changes the picture, which is in the reference's frame, to be lit like the reference.
func relight(reference, picture *image.Gray) {
	w, h := plane.Size(reference)
	gain, offset := contrast(reference, picture)
	for i, v := range picture.Pix {
		picture.Pix[i] = clamp(int(gain*float64(v) + offset + 0.5))
	}
	var by [lightCells * lightCells][2]float64
	for j := range lightCells {
		for i := range lightCells {
			cell := image.Rect(i*w/lightCells, j*h/lightCells, (i+1)*w/lightCells, (j+1)*h/lightCells)
			by[j*lightCells+i][0] = brighter(reference, picture, cell)
		}
	}
	field := drift{nx: lightCells, ny: lightCells, by: by[:]}
	if field.still() {
		return
	}
	const run = 16
	for y := range h {
		row := picture.Pix[y*picture.Stride:][:w]
		for x := 0; x < w; x += run {
			lift, _ := field.at(x+run/2, y, reference.Rect)
			add(row[x:min(x+run, w)], int(lift+512.5)-512)
		}
	}
}

func add(row []uint8, lift int) {
	if lift == 0 {
		return
	}
	for i, v := range row {
		row[i] = clamp(int(v) + lift)
	}
}

func clamp(v int) uint8 { return uint8(min(max(v, 0), 255)) }

// contrast fits reference = gain*picture + offset, twice: the second time without what was far off, which may be a defect.
func contrast(reference, picture *image.Gray) (gain, offset float64) {
	gain, offset = 1, 0
	far := 256.0
	for range 2 {
		var n, sa, sb, saa, sab, off float64
		for y := 0; y < reference.Rect.Dy(); y += thin {
			a, b := picture.Pix[y*picture.Stride:], reference.Pix[y*reference.Stride:]
			for x := 0; x < reference.Rect.Dx(); x += thin {
				u, v := float64(a[x]), float64(b[x])
				d := max(gain*u+offset-v, v-gain*u-offset)
				if d > far {
					continue
				}
				n, sa, sb, saa, sab, off = n+1, sa+u, sb+v, saa+u*u, sab+u*v, off+d
			}
		}
		if spread := saa - sa*sa/n; n < 16 || spread < 4*n {
			return 1, 0 // nothing there to fit
		} else {
			gain = min(max((sab-sa*sb/n)/spread, leastGain), mostGain)
			offset = (sb - gain*sa) / n
		}
		far = max(8, 3*off/n)
	}
	return gain, offset
}

// brighter is the median of what the reference is brighter than the picture within a cell.
func brighter(reference, picture *image.Gray, cell image.Rectangle) float64 {
	var seen [511]int
	n := 0
	for y := cell.Min.Y; y < cell.Max.Y; y += thin {
		a, b := reference.Pix[y*reference.Stride:], picture.Pix[y*picture.Stride:]
		for x := cell.Min.X; x < cell.Max.X; x += thin {
			seen[int(a[x])-int(b[x])+255]++
			n++
		}
	}
	below := 0
	for v, count := range seen {
		if below += count; 2*below > n {
			return float64(v - 255)
		}
	}
	return 0
}
