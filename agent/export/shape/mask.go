package shape

import "edgelabel/agent/label"

// maxMask bounds the memory for one mask, in pixels.
const maxMask = 1 << 28

// Bitmap is a decoded mask: a rectangle of whole pixels on its image.
type Bitmap struct {
	X, Y, W, H int
	Area       int // pixels that are on, at least one
	bits       []uint64
	low, high  [2]int
}

// Decode reads a mask's runs, on an image of that size. reason says why it cannot.
func Decode(r *label.Region, width, height int) (m *Bitmap, reason string) {
	x, y, w, h, ok := pixels(r.Rect, width, height)
	if !ok {
		return nil, "mask reaches outside its image or is too large"
	}
	m = &Bitmap{X: x, Y: y, W: w, H: h, bits: make([]uint64, (w*h+63)/64), low: [2]int{w, h}}
	at, on := 0, false
	for _, run := range r.Runs {
		n := int(run)
		if n > w*h-at {
			return nil, "mask does not fit its rectangle"
		}
		if on {
			m.fill(at, n)
		}
		at += n
		on = !on
	}
	switch {
	case at != w*h:
		return nil, "mask does not fill its rectangle"
	case m.Area == 0:
		return nil, "mask is empty"
	}
	return m, ""
}

func (m *Bitmap) fill(at, n int) {
	for i := at; i < at+n; i++ {
		m.bits[i/64] |= 1 << (i % 64)
		m.low = [2]int{min(m.low[0], i%m.W), min(m.low[1], i/m.W)}
		m.high = [2]int{max(m.high[0], i%m.W+1), max(m.high[1], i/m.W+1)}
	}
	m.Area += n
}

// On reports whether a pixel of the image is on.
func (m *Bitmap) On(x, y int) bool {
	x, y = x-m.X, y-m.Y
	if x < 0 || y < 0 || x >= m.W || y >= m.H {
		return false
	}
	i := y*m.W + x
	return m.bits[i/64]>>(i%64)&1 == 1
}

// Bounds is the rectangle around the pixels that are on.
func (m *Bitmap) Bounds() label.Rect {
	return label.Rect{X: float64(m.X + m.low[0]), Y: float64(m.Y + m.low[1]), W: float64(m.high[0] - m.low[0]), H: float64(m.high[1] - m.low[1])}
}

// Columns is the mask over an image of that size in COCO's order: lengths of off, on, off … pixels, column by column.
func (m *Bitmap) Columns(width, height int) []int {
	c := runs{}
	c.add(false, m.X*height)
	for x := m.X; x < m.X+m.W; x++ {
		c.add(false, m.Y)
		for y := m.Y; y < m.Y+m.H; y++ {
			c.add(m.On(x, y), 1)
		}
		c.add(false, height-m.Y-m.H)
	}
	c.add(false, (width-m.X-m.W)*height)
	return c.lengths
}

// Rows is the mask over an image of that size, row by row: lengths of off, on, off … pixels.
func (m *Bitmap) Rows(width, height int) []int {
	c := runs{}
	c.add(false, m.Y*width)
	for y := m.Y; y < m.Y+m.H; y++ {
		c.add(false, m.X)
		for x := m.X; x < m.X+m.W; x++ {
			c.add(m.On(x, y), 1)
		}
		c.add(false, width-m.X-m.W)
	}
	c.add(false, (height-m.Y-m.H)*width)
	return c.lengths
}

// Compressed is COCO's text form of run lengths: differences to the length two before, five bits a character (cocoapi, rleToString).
func Compressed(lengths []int) string {
	var out []byte
	for i, x := range lengths {
		if i > 2 {
			x -= lengths[i-2]
		}
		for more := true; more; {
			c := x & 0x1f
			x >>= 5
			more = x != 0
			if c&0x10 != 0 {
				more = x != -1
			}
			if more {
				c |= 0x20
			}
			out = append(out, byte(c+48))
		}
	}
	return string(out)
}

// runs merges stretches of pixels; the first is of pixels that are off.
type runs struct {
	lengths []int
	on      bool
}

func (c *runs) add(on bool, n int) {
	if n == 0 {
		return
	}
	if len(c.lengths) == 0 {
		c.lengths = append(c.lengths, 0)
	}
	if on != c.on {
		c.lengths = append(c.lengths, 0)
		c.on = on
	}
	c.lengths[len(c.lengths)-1] += n
}

// pixels is a rectangle of whole pixels inside the image.
func pixels(b *label.Rect, width, height int) (x, y, w, h int, ok bool) {
	if b == nil || !(b.X >= 0 && b.Y >= 0 && b.W >= 1 && b.H >= 1 && b.X+b.W <= float64(width) && b.Y+b.H <= float64(height)) {
		return 0, 0, 0, 0, false
	}
	x, y, w, h = int(b.X), int(b.Y), int(b.W), int(b.H)
	return x, y, w, h, w <= maxMask/h
}
