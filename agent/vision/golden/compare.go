package golden

import (
	"image"
	"math"
	"slices"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/plane"
)

// What counts as different, in grey values: a share of the part's contrast, or a multiple of the noise, whichever is more.
const (
	leastDifference = 12
	contrastShare   = 0.1
	toneShare       = 0.4 // on pictures of two tones: what is nearer to the other tone
	noiseTimes      = 6
	speck           = 4   // pixels: what is smaller counts for less
	apart           = 6   // pixels between pieces of one region
	mostPieces      = 400 // the strongest are kept
)

// comparison is what a picture has outside the tolerance. worst is its largest deviation in units of the tolerance.
type comparison struct {
	worst      float64
	deviations []deviation
}

// area is how many pixels differ.
func (c *comparison) area() (n int) {
	for _, d := range c.deviations {
		n += d.area
	}
	return n
}

// deviation is one region, in the frame of the layout.
type deviation struct {
	box    image.Rectangle
	area   int
	pixels []int32
	times  float64 // of the tolerance
	kind   string
}

// compare judges a picture that was brought into the layout's frame.
func (m *Model) compare(l *layout, picture view) comparison {
	r := l.tolerance(m.cfg)
	excess := excessOf(l, picture, r)
	limit := l.limit(picture) * m.slack
	c := comparison{worst: float64(slices.Max(excess)) / limit}
	mask := make([]uint8, len(excess))
	var seeds []int32
	for i, v := range excess {
		if float64(v) >= limit {
			mask[i] = 1
			seeds = append(seeds, int32(i))
		}
	}
	if len(seeds) == 0 {
		return c
	}
	grow(mask, seeds, l, picture, limit/2, r+1)
	c.worst = 0
	for _, b := range plane.Blobs(mask, l.first.Rect.Dx()) {
		d := weigh(b, excess, limit)
		c.worst = max(c.worst, d.times)
		if d.times >= 1 {
			d.kind = m.kind(l, picture, b)
			c.deviations = append(c.deviations, d)
		}
	}
	c.deviations = join(c.deviations)
	return c
}

// excessOf is how far each pixel lies outside of what the layout has within r pixels, or what the layout has there outside of the picture.
func excessOf(l *layout, picture view, r int) []uint8 {
	var low, high, darkest, brightest *image.Gray
	done := make(chan struct{})
	go func() {
		defer close(done)
		low, high = plane.Darkest(l.darkest, r), plane.Brightest(l.brightest, r)
	}()
	darkest, brightest = plane.Darkest(picture.Gray, r), plane.Brightest(picture.Gray, r)
	<-done
	excess := make([]uint8, len(picture.Pix))
	for y, s := range picture.rows {
		for i := y*picture.Stride + s.from; i < y*picture.Stride+s.to; i++ {
			v := int(picture.Pix[i])
			added := max(v-int(high.Pix[i]), int(low.Pix[i])-v)
			lost := max(int(l.darkest.Pix[i])-int(brightest.Pix[i]), int(darkest.Pix[i])-int(l.brightest.Pix[i]))
			excess[i] = uint8(max(added, lost, 0))
		}
	}
	return excess
}

// outside is how far a pixel lies outside of what the layout has at this very place.
func (l *layout) outside(i int32, v uint8) float64 {
	return float64(max(int(v)-int(l.brightest.Pix[i]), int(l.darkest.Pix[i])-int(v), 0))
}

// limit is the difference that counts, from contrast and noise.
func (l *layout) limit(picture view) float64 {
	contrast := float64(l.highTone - l.lowTone)
	if l.twoTone {
		return toneShare * contrast
	}
	var seen [256]int
	n := 0
	for i := 0; i < len(picture.Pix); i += 7 {
		seen[int(l.outside(int32(i), picture.Pix[i]))]++
		n++
	}
	median, below := 0, 0
	for v, count := range seen {
		if below += count; 2*below >= n {
			median = v
			break
		}
	}
	return math.Max(leastDifference, math.Max(contrastShare*contrast, noiseTimes*1.48*float64(median)))
}

// grow takes into the mask what differs and is joined to a seed within a few steps: the tolerance hides that much of a fault's edge.
func grow(mask []uint8, front []int32, l *layout, picture view, limit float64, steps int) {
	w := l.first.Rect.Dx()
	for range steps {
		var next []int32
		for _, at := range front {
			x := int(at) % w
			for _, d := range [...]int{-w, -1, 1, w} {
				i := int(at) + d
				if i < 0 || i >= len(mask) || mask[i] != 0 || d == -1 && x == 0 || d == 1 && x == w-1 {
					continue
				}
				if l.outside(int32(i), picture.Pix[i]) >= limit {
					mask[i] = 1
					next = append(next, int32(i))
				}
			}
		}
		front = next
	}
}

func weigh(b plane.Blob, excess []uint8, limit float64) deviation {
	peak, seeds := 0.0, 0.0
	for _, i := range b.Pixels {
		v := float64(excess[i])
		peak = max(peak, v)
		if v >= limit {
			seeds++
		}
	}
	times := peak / limit * math.Sqrt(min(1, seeds/speck))
	return deviation{box: b.Box, area: len(b.Pixels), pixels: b.Pixels, times: times}
}

// score puts the larger of two equally strong deviations first.
func (d deviation) score() float64 {
	return vision.Squash(d.times * (1 + math.Log10(max(1, float64(d.area)/speck))))
}

// join makes one region of pieces that lie close together. It takes the kind of the largest.
func join(pieces []deviation) []deviation {
	slices.SortStableFunc(pieces, func(a, b deviation) int { return b.area - a.area })
	pieces = pieces[:min(len(pieces), mostPieces)]
	for merged := true; merged; {
		merged = false
		var out []deviation
		for _, p := range pieces {
			i := slices.IndexFunc(out, func(o deviation) bool { return o.box.Inset(-apart).Overlaps(p.box) })
			if i < 0 {
				out = append(out, p)
				continue
			}
			o := &out[i]
			o.box, o.area, o.times, merged = o.box.Union(p.box), o.area+p.area, max(o.times, p.times), true
			o.pixels = append(o.pixels, p.pixels...)
		}
		pieces = out
	}
	return pieces
}
