package learn

import (
	"cmp"
	"slices"

	"edgelabel/agent/label"
)

// place is what recall is estimated for: the signals of an asset, or the images of a camera.
type place struct{ asset, camera string }

// draws is what was flagged at a place, and what was drawn at random there.
type draws struct {
	drawn, judged, missed int
	first, length         int64 // of the drawn windows, ns
	flagged               int
	decided, confirmed    int // of the flagged
}

// draw counts an item for recall. Where an image belongs to it, the camera is what is judged.
func (c *counting) draw(e *entry) {
	drawn := e.drawn()
	if !drawn && !e.flagged() {
		return
	}
	at := place{asset: e.asset}
	if e.camera != "" {
		at = place{camera: e.camera}
	}
	d := c.draws[at]
	if d == nil {
		d = &draws{}
		c.draws[at] = d
	}
	sure := e.verdict == label.OK || e.verdict == label.NotOK
	if !drawn {
		d.flagged++
		d.decided += count(sure)
		d.confirmed += count(e.verdict == label.NotOK)
		return
	}
	if d.drawn == 0 || e.from < d.first {
		d.first = e.from
	}
	d.drawn++
	d.length += e.to - e.from
	d.judged += count(sure)
	d.missed += count(e.verdict == label.NotOK)
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// recall estimates, for each place where something was drawn, the share of what is wrong that was flagged:
//
//	flagged and wrong / (flagged and wrong + unflagged × share of the wrong among those drawn)
//
// Its interval is that of the drawn ones; flagged ones that nobody judged yet count like those that were.
func (c *counting) recall(every map[string]int) []label.Recall {
	list := []label.Recall{}
	for at, d := range c.draws {
		if d.drawn == 0 {
			continue
		}
		r := label.Recall{Asset: at.asset, Camera: at.camera, Drawn: d.drawn, Judged: d.judged, Missed: d.missed, Flagged: d.confirmed}
		if at.camera != "" {
			r.Each = float64(max(every[at.camera], 1))
		} else {
			r.Each = c.windows(d)
		}
		r.Recall = estimate(d, r.Each)
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b label.Recall) int {
		return cmp.Or(cmp.Compare(a.Asset, b.Asset), cmp.Compare(a.Camera, b.Camera))
	})
	return list
}

// windows is how many windows of the drawn ones' length each of them stands for, since the first was drawn.
func (c *counting) windows(d *draws) float64 {
	length := float64(d.length) / float64(d.drawn)
	if length <= 0 {
		return 1
	}
	all := float64(c.to-max(c.from, d.first))/length - float64(d.flagged)
	return max(1, all/float64(d.drawn))
}

func estimate(d *draws, each float64) *label.Estimate {
	wrong := Wilson(d.missed, d.judged)
	hits := float64(d.confirmed)
	if d.decided > 0 {
		hits *= float64(d.flagged) / float64(d.decided)
	}
	if wrong == nil || hits == 0 && d.missed == 0 {
		return nil
	}
	share := func(p float64) float64 {
		if hits == 0 {
			return 0
		}
		return hits / (hits + float64(d.drawn)*each*p)
	}
	return &label.Estimate{Value: share(wrong.Value), Low: share(wrong.High), High: share(wrong.Low), N: d.judged}
}
