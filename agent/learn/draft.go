package learn

import (
	"fmt"
	"slices"

	"edgelabel/agent/label"
)

// draft is the label that a place gets: verdict, classes and fault of the one that it looks like, and one region at the place with the
// class that the other has most often.
func (g *giving) draft(row *label.Row, now int64) label.Draft {
	d := label.Draft{
		Verdict: g.of.Verdict, Classes: slices.Clone(g.of.Classes), Fault: g.of.Fault, Origin: label.ByAccepting, Input: label.Propagated,
		Opened: now, Decided: now, Parent: row.Labels, Taxonomy: g.of.Taxonomy,
		Comment: fmt.Sprintf("propagated from item %s, revision %d", g.row.ID, g.of.Rev),
	}
	if r, ok := g.region(row); ok {
		d.Regions = []label.Region{r}
	}
	return d
}

// region is where the place is on its item. It reports false where the first label marks nothing, or the place is the whole item.
func (g *giving) region(row *label.Row) (r label.Region, ok bool) {
	r = label.Region{ID: "r1", Class: commonest(g.of.Regions), Origin: label.ByAccepting}
	switch p := g.place; {
	case len(g.of.Regions) == 0:
		return r, false
	case p.Image != "" && p.Rect != nil:
		r.Kind, r.Image, r.Rect = label.Box, p.Image, p.Rect
	case row.Window != nil && p.From < p.To:
		r.Kind, r.From, r.To = label.Interval, max(p.From, row.Window.From), min(p.To, row.Window.To)
		for _, tag := range p.Tags {
			if slices.Contains(row.Window.Tags, tag) {
				r.Tags = append(r.Tags, tag)
			}
		}
		return r, r.From < r.To && len(r.Tags) > 0
	default:
		return r, false
	}
	return r, true
}

// commonest is the class that most regions have; of equal ones the first.
func commonest(regions []label.Region) string {
	count, best := map[string]int{}, ""
	for i := range regions {
		count[regions[i].Class]++
	}
	for i := range regions {
		if c := regions[i].Class; count[c] > count[best] || best == "" {
			best = c
		}
	}
	return best
}
