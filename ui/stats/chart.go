package stats

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// point is one decided item.
type point struct {
	at  int64 // UTC ns, event time
	bad bool
}

// Group is one point of the p-chart: the items of a stretch of time, and the control limits that their number gives. Shewhart's limits
// after ISO 7870-2: the mean share ± 3 standard deviations of a share of n, cut off at 0 and 1.
type Group struct {
	From  int64   `json:"from"` // UTC ns
	To    int64   `json:"to"`
	N     int     `json:"n"`
	NotOK int     `json:"notOK"`
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"`
}

const mostGroups = 30

// steps are lengths of a group that people think in.
var steps = [...]time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 8 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 28 * 24 * time.Hour,
}

// chart groups the points by the shortest step that gives no more than mostGroups. Groups without items are left out.
func chart(points []point) (mean *float64, groups []Group) {
	groups = []Group{}
	if len(points) == 0 {
		return nil, groups
	}
	slices.SortFunc(points, func(a, b point) int { return cmp.Compare(a.at, b.at) })
	step := stepFor(points[len(points)-1].at - points[0].at)
	total := 0
	for _, p := range points {
		from := p.at - p.at%step
		if len(groups) == 0 || groups[len(groups)-1].From != from {
			groups = append(groups, Group{From: from, To: from + step})
		}
		g := &groups[len(groups)-1]
		g.N++
		if p.bad {
			g.NotOK++
			total++
		}
	}
	share := float64(total) / float64(len(points))
	for i := range groups {
		g := &groups[i]
		wide := 3 * math.Sqrt(share*(1-share)/float64(g.N))
		g.Lower, g.Upper = max(share-wide, 0), min(share+wide, 1)
	}
	return &share, groups
}

func stepFor(span int64) int64 {
	for _, s := range steps {
		if span/int64(s) < mostGroups {
			return int64(s)
		}
	}
	return span/mostGroups + 1
}
