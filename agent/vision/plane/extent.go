package plane

import "math"

// Extent is how large a set of pixels is, which way it lies and where, all in pixels.
type Extent struct {
	Length, Width float64 // along and across the axis about which it is narrowest
	Angle         float64 // of that axis in degrees from the x axis, clockwise as seen, -90 exclusive to 90
	X, Y          float64 // centre of gravity; that of the first pixel of a picture is 0.5, 0.5
}

// Measure measures pixels that are given as offsets y*width + x. A single one is 1 by 1.
func Measure(pixels []int32, width int) (e Extent) {
	if len(pixels) == 0 {
		return e
	}
	n := float64(len(pixels))
	for _, i := range pixels {
		e.X, e.Y = e.X+float64(int(i)%width)/n, e.Y+float64(int(i)/width)/n
	}
	var xx, xy, yy float64
	for _, i := range pixels {
		dx, dy := float64(int(i)%width)-e.X, float64(int(i)/width)-e.Y
		xx, xy, yy = xx+dx*dx, xy+dx*dy, yy+dy*dy
	}
	turn := math.Atan2(2*xy, xx-yy) / 2
	sin, cos := math.Sincos(turn)
	along, across := ruler{math.Inf(1), math.Inf(-1)}, ruler{math.Inf(1), math.Inf(-1)}
	for _, i := range pixels {
		dx, dy := float64(int(i)%width)-e.X, float64(int(i)/width)-e.Y
		along.take(dx*cos + dy*sin)
		across.take(dy*cos - dx*sin)
	}
	e.Length, e.Width, e.Angle = along.size(), across.size(), turn*180/math.Pi
	if e.Length < e.Width {
		e.Length, e.Width, e.Angle = e.Width, e.Length, e.Angle+90
	}
	if e.Angle > 90 {
		e.Angle -= 180
	} else if e.Angle <= -90 {
		e.Angle += 180
	}
	e.X, e.Y = e.X+0.5, e.Y+0.5
	return e
}

// ruler is from the least to the most along a line.
type ruler struct{ least, most float64 }

func (s *ruler) take(v float64) { s.least, s.most = min(s.least, v), max(s.most, v) }

// size counts both end pixels whole.
func (s *ruler) size() float64 { return s.most - s.least + 1 }

// Round is the diameter of the circle that has an area.
func Round(area float64) float64 { return 2 * math.Sqrt(area/math.Pi) }
