package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
)

// Size of the camera's pictures in pixels, and the part's radius in them.
const (
	Width, Height = 1280, 960
	radius        = 430.0
)

// Camera draws parts as a camera above the line would see them: a turned cover on a dark belt.
type Camera struct {
	rng   *rand.Rand
	clean *image.Gray // the part without defect, drawn once
}

// NewCamera draws the part once. The same seed gives the same pictures.
func NewCamera(seed uint64) *Camera {
	c := &Camera{rng: rand.New(rand.NewPCG(seed, 2)), clean: image.NewGray(image.Rect(0, 0, Width, Height))}
	for y := range Height {
		for x := range Width {
			c.clean.SetGray(x, y, color.Gray{Y: clamp(shade(float64(x)-Width/2, float64(y)-Height/2))})
		}
	}
	return c
}

// Shoot returns a JPEG of the part.
func (c *Camera) Shoot(p Part) ([]byte, error) {
	picture := image.NewGray(c.clean.Rect)
	copy(picture.Pix, c.clean.Pix)
	switch p.Defect {
	case Scratch:
		c.scratch(picture)
	case Dent:
		c.dent(picture)
	case Stain:
		c.stain(picture)
	}
	light := 1 + 0.03*c.rng.NormFloat64()
	for i, v := range picture.Pix {
		picture.Pix[i] = clamp(float64(v)*light + 3*(c.rng.Float64()+c.rng.Float64()-1))
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: 88}); err != nil {
		return nil, fmt.Errorf("draw part %s: %w", p.ID, err)
	}
	return out.Bytes(), nil
}

// pseudoReject is the share of good parts that the camera rejects all the same.
const pseudoReject = 0.04

// Judge is the camera's own verdict: it sees that something is there, not what it is.
func (c *Camera) Judge(p Part) string {
	if p.Defect != None || c.rng.Float64() < pseudoReject {
		return "not_ok"
	}
	return "ok"
}

// shade is the grey value of the clean part at a point relative to its centre.
func shade(x, y float64) float64 {
	r, a := math.Hypot(x, y), math.Atan2(y, x)
	if r > radius {
		belt := 26 + 5*math.Sin(y*0.9) + 3*math.Sin(x*0.13+y*0.05)
		return belt - 14*math.Exp(-(r-radius)/18) // the part's shadow
	}
	for k := range 6 {
		hole := float64(k)*math.Pi/3 + 0.35
		if d := math.Hypot(x-340*math.Cos(hole), y-340*math.Sin(hole)); d < 34 {
			return ring(d, 34, 22)
		}
	}
	if r < 150 {
		return bore(r)
	}
	brushed := 14 * math.Sin(a*2+0.8) * math.Sin(a*2+0.8)               // the light's fan on turned metal
	grooves := 4*math.Sin(r*1.7) + 3*math.Sin(r*0.61+2*math.Sin(a*0.5)) // the tool's spiral
	tone := 150 + brushed*3 + grooves
	switch {
	case r > radius-10:
		tone += 3 * (radius - 10 - r) // chamfer
	case r > 286 && r < 294, r > 226 && r < 230:
		tone -= 48 // turned grooves
	case r < 176:
		tone -= 0.9 * (176 - r)
	}
	return tone
}

func ring(d, outer, inner float64) float64 {
	if d > inner {
		return 190 - 5*(outer-d)
	}
	return 24 + 0.6*d
}

func bore(r float64) float64 {
	if r > 138 {
		return 96 + 6*(r-138)
	}
	return 18 + 0.12*r
}

// spot is a place on the flat of the part, clear of bore and holes.
func (c *Camera) spot() (x, y, angle float64) {
	angle = c.rng.Float64() * 2 * math.Pi
	r := 190 + 80*c.rng.Float64()
	return Width/2 + r*math.Cos(angle), Height/2 + r*math.Sin(angle), angle
}

func (c *Camera) scratch(m *image.Gray) {
	x, y, _ := c.spot()
	direction, bend := c.rng.Float64()*math.Pi, 0.004*c.rng.NormFloat64()
	for range 1 + c.rng.IntN(2) {
		px, py, d := x+10*c.rng.NormFloat64(), y+10*c.rng.NormFloat64(), direction+0.15*c.rng.NormFloat64()
		length := 70 + 110*c.rng.Float64()
		for s := 0.0; s < length; s += 0.5 {
			weight := math.Sin(math.Pi * s / length)
			brush(m, px, py, 1.1+0.8*weight, 70*weight)
			brush(m, px+1.6, py+1.6, 1.0, -64*weight)
			d += bend * 0.5
			px, py = px+0.5*math.Cos(d), py+0.5*math.Sin(d)
		}
	}
}

func (c *Camera) dent(m *image.Gray) {
	x, y, _ := c.spot()
	size := 13 + 11*c.rng.Float64()
	for dy := -2 * size; dy <= 2*size; dy++ {
		for dx := -2 * size; dx <= 2*size; dx++ {
			q := math.Hypot(dx, dy*1.25) / size
			relief := (dx + dy) / size * math.Exp(-q*q) * 78 // lit from the upper left
			add(m, int(x+dx), int(y+dy), relief-34*math.Exp(-q*q*2))
		}
	}
}

func (c *Camera) stain(m *image.Gray) {
	x, y, _ := c.spot()
	for range 26 {
		px, py := x+26*c.rng.NormFloat64(), y+18*c.rng.NormFloat64()
		brush(m, px, py, 7+11*c.rng.Float64(), -17)
	}
}

// brush adds a soft round dab.
func brush(m *image.Gray, x, y, size, by float64) {
	reach := math.Ceil(2 * size)
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			q := math.Hypot(dx, dy) / size
			add(m, int(x+dx), int(y+dy), by*math.Exp(-q*q))
		}
	}
}

func add(m *image.Gray, x, y int, by float64) {
	if (image.Point{X: x, Y: y}).In(m.Rect) {
		i := m.PixOffset(x, y)
		m.Pix[i] = clamp(float64(m.Pix[i]) + by)
	}
}

func clamp(v float64) uint8 { return uint8(max(0, min(255, v))) }
