package board

import (
	"cmp"
	"math"
	"slices"
)

// Where four fields of a checkerboard meet, the grey levels form a saddle: the determinant of their second derivatives is strongly
// negative there and nowhere along an edge.
const (
	sigma      = 1.5  // of the smoothing before derivatives are taken, pixels
	apart      = 4    // pixels between two corners at least
	weakest    = 0.08 // of the strongest response: a corner of the same board is no weaker
	mostPoints = 4000 // candidates that are looked at, the strongest first
	ringRadius = 4.5  // pixels, of the circle on which black and white must change four times
	ringSteps  = 32
)

// saddles finds the places of a picture that look like the corners of a checkerboard.
func saddles(g *grey) []point {
	strength := responses(g.blurred(sigma))
	var all []int
	top := float32(0)
	for i, s := range strength {
		if s > 0 && isPeak(strength, g.w, g.h, i) {
			all = append(all, i)
			top = max(top, s)
		}
	}
	slices.SortFunc(all, func(a, b int) int { return cmp.Compare(strength[b], strength[a]) })
	var out []point
	for _, i := range all[:min(len(all), mostPoints)] {
		p := point{float64(i%g.w) + 0.5, float64(i/g.w) + 0.5}
		if strength[i] >= weakest*top && hasFourFields(g, p) {
			out = append(out, p)
		}
	}
	return out
}

// responses is how much of a saddle each pixel is the middle of, 0 for none.
func responses(g *grey) []float32 {
	out := make([]float32, len(g.v))
	for y := 1; y < g.h-1; y++ {
		for x := 1; x < g.w-1; x++ {
			i := y*g.w + x
			v := g.v
			xx := v[i-1] + v[i+1] - 2*v[i]
			yy := v[i-g.w] + v[i+g.w] - 2*v[i]
			xy := (v[i+g.w+1] + v[i-g.w-1] - v[i+g.w-1] - v[i-g.w+1]) / 4
			out[i] = max(0, xy*xy-xx*yy)
		}
	}
	return out
}

// isPeak reports whether a pixel is the strongest within reach; of two that are alike the first is.
func isPeak(v []float32, w, h, i int) bool {
	x, y := i%w, i/w
	for ny := max(y-apart, 0); ny <= min(y+apart, h-1); ny++ {
		for nx := max(x-apart, 0); nx <= min(x+apart, w-1); nx++ {
			if n := ny*w + nx; v[n] > v[i] || v[n] == v[i] && n < i {
				return false
			}
		}
	}
	return true
}

// hasFourFields reports whether a circle around p crosses from black to white and back twice, with opposite fields alike.
func hasFourFields(g *grey, p point) bool {
	var ring [ringSteps]float64
	mean := 0.0
	for k := range ring {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / ringSteps)
		ring[k] = g.at(point{p.x + ringRadius*cos, p.y + ringRadius*sin})
		mean += ring[k] / ringSteps
	}
	changes, between, opposite := 0, 0.0, 0.0
	for k, v := range ring {
		if (v > mean) != (ring[(k+1)%ringSteps] > mean) {
			changes++
		}
		between += math.Abs(v - mean)
		opposite += math.Abs(v-ring[(k+ringSteps/2)%ringSteps]) / 2
	}
	return changes == 4 && opposite < 0.5*between
}

// refined is the place where the edges through p meet: of all places in a window, the one that lies on the line of each grey step best
// (Förstner and Gülch, ISPRS Intercommission Workshop 1987). side is that of a square, pixels.
func refined(g *grey, p point, side float64) point {
	reach := int(min(max(side*0.3, 2), 12))
	start := p
	for range 20 {
		next, ok := meeting(g, p, reach)
		if !ok || next.beside(start) > side*0.3 {
			return start
		}
		moved := next.beside(p)
		p = next
		if moved < 0.003 {
			break
		}
	}
	return p
}

func meeting(g *grey, p point, reach int) (point, bool) {
	var xx, xy, yy, bx, by float64
	for j := -reach; j <= reach; j++ {
		for i := -reach; i <= reach; i++ {
			q := point{p.x + float64(i), p.y + float64(j)}
			gx := (g.at(point{q.x + 1, q.y}) - g.at(point{q.x - 1, q.y})) / 2
			gy := (g.at(point{q.x, q.y + 1}) - g.at(point{q.x, q.y - 1})) / 2
			weight := math.Exp(-float64(i*i+j*j) / float64(reach*reach))
			xx, xy, yy = xx+weight*gx*gx, xy+weight*gx*gy, yy+weight*gy*gy
			bx += weight * (gx*gx*q.x + gx*gy*q.y)
			by += weight * (gx*gy*q.x + gy*gy*q.y)
		}
	}
	det := xx*yy - xy*xy
	if det < 1e-6*(xx+yy)*(xx+yy) {
		return p, false
	}
	return point{(yy*bx - xy*by) / det, (xx*by - xy*bx) / det}, true
}
