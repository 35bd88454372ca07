package board

import (
	"cmp"
	"math"
	"slices"
)

// node is a corner's place in the lattice: columns to the right and rows down from where it was begun.
type node struct{ i, j int }

var steps = [4]node{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}

func (n node) plus(d node) node { return node{n.i + d.i, n.j + d.j} }

// lattice is a set of corners that are each other's neighbours.
type lattice struct {
	at    map[node]point
	taken map[point]bool
}

func (l *lattice) add(n node, p point) {
	l.at[n], l.taken[p] = p, true
}

// Corners are looked for so far from where they should be, as a part of the step; and so many are tried to begin with.
const (
	slack = 0.25
	seeds = 60
)

// grown is the largest lattice that grows from one of the points.
func grown(points []point) *lattice {
	best := &lattice{}
	for _, seed := range points[:min(len(points), seeds)] {
		if best.taken[seed] {
			continue
		}
		if l := from(seed, points); len(l.at) > len(best.at) {
			best = l
		}
	}
	return best
}

// from grows a lattice: the two nearest neighbours that lie across each other give the first steps, each corner that is found those
// beyond it.
func from(seed point, points []point) *lattice {
	l := &lattice{at: map[node]point{}, taken: map[point]bool{}}
	right, down, ok := firstSteps(seed, points)
	if !ok {
		return l
	}
	l.add(node{}, seed)
	step := map[node][2]point{{}: {right, down}}
	for todo := []node{{}}; len(todo) > 0; todo = todo[1:] {
		n := todo[0]
		for k, d := range steps {
			next := n.plus(d)
			if _, known := l.at[next]; known {
				continue
			}
			way := step[n][k%2]
			if k > 1 {
				way = way.times(-1)
			}
			want := l.at[n].plus(way)
			p, found := nearest(points, want, slack*way.length())
			if !found || l.taken[p] {
				continue
			}
			l.add(next, p)
			step[next] = turned(step[n], k, p.minus(l.at[n]))
			todo = append(todo, next)
		}
	}
	return l
}

// turned is the two steps at a corner that was reached by one of them.
func turned(steps [2]point, k int, way point) [2]point {
	if k > 1 {
		way = way.times(-1)
	}
	steps[k%2] = way
	return steps
}

// firstSteps finds the nearest point and the nearest one about across from it.
func firstSteps(seed point, points []point) (right, down point, ok bool) {
	by := slices.SortedFunc(slices.Values(points), func(a, b point) int { return cmp.Compare(a.beside(seed), b.beside(seed)) })
	if len(by) < 4 {
		return right, down, false
	}
	right = by[1].minus(seed)
	for _, p := range by[2:min(len(by), 12)] {
		down = p.minus(seed)
		sine := right.cross(down) / (right.length() * down.length())
		if math.Abs(sine) < 0.8 || down.length() > 1.4*right.length() {
			continue
		}
		if sine < 0 {
			down = down.times(-1)
		}
		return right, down, true
	}
	return right, down, false
}

func nearest(points []point, want point, within float64) (best point, ok bool) {
	for _, p := range points {
		if d := p.beside(want); d < within {
			best, within, ok = p, d, true
		}
	}
	return best, ok
}

// scaled is the lattice in pixels of a picture so many times as large.
func (l *lattice) scaled(by float64) *lattice {
	for n, p := range l.at {
		l.at[n] = p.times(by)
	}
	return l
}

// columns and rows are how many corners there are across and down.
func (l *lattice) columns() int { return l.extent(func(n node) int { return n.i }) }
func (l *lattice) rows() int    { return l.extent(func(n node) int { return n.j }) }

func (l *lattice) extent(of func(node) int) int {
	lo, hi := math.MaxInt, math.MinInt
	for n := range l.at {
		lo, hi = min(lo, of(n)), max(hi, of(n))
	}
	if hi < lo {
		return 0
	}
	return hi - lo + 1
}

// sides are the distances between neighbours, all those across first and then all those down.
func (l *lattice) sides() (across, down []float64) {
	for n, p := range l.at {
		if q, ok := l.at[n.plus(node{1, 0})]; ok {
			across = append(across, p.beside(q))
		}
		if q, ok := l.at[n.plus(node{0, 1})]; ok {
			down = append(down, p.beside(q))
		}
	}
	return across, down
}

// side is the median distance between neighbours.
func (l *lattice) side() float64 {
	across, down := l.sides()
	all := append(across, down...)
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}
