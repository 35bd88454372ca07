package board

import "math"

// fit is the even lattice nearest to the corners: a corner lies at origin + i·right + j·down.
type fit struct {
	origin, right, down point
	spread              float64 // standard deviation of the corners about it, as a part of a square's side
	slope               float64 // by which squares grow from one end of the board to the other, for each square
}

// fitted is the least squares solution. The lattice has corners in two directions at least.
func fitted(l *lattice) fit {
	// Normal equations of a plane for x and one for y over the same places, about their middle.
	var m node2
	var mean point
	n := float64(len(l.at))
	for k, p := range l.at {
		m.i, m.j, mean = m.i+float64(k.i)/n, m.j+float64(k.j)/n, mean.plus(p.times(1/n))
	}
	var ii, ij, jj float64
	var ip, jp point
	for k, p := range l.at {
		i, j, d := float64(k.i)-m.i, float64(k.j)-m.j, p.minus(mean)
		ii, ij, jj = ii+i*i, ij+i*j, jj+j*j
		ip, jp = ip.plus(d.times(i)), jp.plus(d.times(j))
	}
	det := ii*jj - ij*ij
	if det <= 0 {
		return fit{}
	}
	f := fit{right: ip.times(jj).minus(jp.times(ij)).times(1 / det), down: jp.times(ii).minus(ip.times(ij)).times(1 / det)}
	f.origin = mean.minus(f.right.times(m.i)).minus(f.down.times(m.j))
	for k, p := range l.at {
		off := p.beside(f.at(k.i, k.j)) / f.side()
		f.spread += off * off / n
	}
	f.spread = math.Sqrt(f.spread)
	f.slope = slope(l, m)
	return f
}

// node2 is a place between the corners.
type node2 struct{ i, j float64 }

func (f fit) at(i, j int) point {
	return f.origin.plus(f.right.times(float64(i))).plus(f.down.times(float64(j)))
}

// side is that of a square as large as the lattice's fields.
func (f fit) side() float64 { return math.Sqrt(math.Abs(f.right.cross(f.down))) }

// tilt is how far the fields are from squares: by how much their sides differ, or the cosine of their angle.
func (f fit) tilt() float64 {
	a, b := f.right.length(), f.down.length()
	skew := math.Abs(f.right.dot(f.down)) / (a * b)
	return max(math.Abs(a-b)/math.Max(a, b), skew)
}

// slope is how steeply the sides of the squares change over the board, in parts of a side for each square: a board that is tilted towards
// the camera is larger there.
func slope(l *lattice, m node2) float64 {
	var n, si, sj, s, ii, jj float64
	mean := l.side()
	for k, p := range l.at {
		for _, d := range [2]node{{1, 0}, {0, 1}} {
			q, ok := l.at[k.plus(d)]
			if !ok {
				continue
			}
			i, j, v := float64(k.i)-m.i, float64(k.j)-m.j, p.beside(q)/mean-1
			n, s, si, sj, ii, jj = n+1, s+v, si+v*i, sj+v*j, ii+i*i, jj+j*j
		}
	}
	if ii == 0 || jj == 0 {
		return 0
	}
	return math.Hypot(si/ii, sj/jj)
}

// light is how the board is lit.
type light struct {
	black, white float64 // grey levels in the middle of the squares
	clipped      float64 // part of the white ones that are as bright as can be
	edge         float64 // pixels from black to white across an edge
}

func lightOf(g *grey, l *lattice) light {
	var out light
	var dark, bright []float64
	edges, n := 0.0, 0.0
	for k, p := range l.at {
		q, isQ := l.at[k.plus(node{1, 0})]
		r, isR := l.at[k.plus(node{0, 1})]
		if !isQ || !isR {
			continue
		}
		across, down := q.minus(p), r.minus(p)
		middle := p.plus(across.plus(down).times(0.5))
		here, above := g.at(middle), g.at(middle.minus(down))
		dark, bright = append(dark, min(here, above)), append(bright, max(here, above))
		edges, n = edges+edgeWidth(g, p.plus(across.times(0.5)), down), n+1
	}
	if n == 0 {
		return out
	}
	out.black, out.white, out.edge = mean(dark), mean(bright), edges/n
	for _, v := range bright {
		if v >= 254 {
			out.clipped += 1 / n
		}
	}
	return out
}

// edgeWidth is the length over which an edge through p goes from black to white, if it went all the way as steeply as at its steepest.
func edgeWidth(g *grey, p, across point) float64 {
	const samples = 40
	reach := across.length() * 0.45
	way := across.times(reach / across.length())
	lo, hi, steepest := math.Inf(1), math.Inf(-1), 0.0
	last := math.NaN()
	for k := range samples + 1 {
		v := g.at(p.plus(way.times(2*float64(k)/samples - 1)))
		lo, hi = min(lo, v), max(hi, v)
		if k > 0 {
			steepest = max(steepest, math.Abs(v-last))
		}
		last = v
	}
	if steepest == 0 {
		return 2 * reach
	}
	return (hi - lo) / steepest * 2 * reach / samples
}

func mean(v []float64) (sum float64) {
	for _, x := range v {
		sum += x / float64(len(v))
	}
	return sum
}
