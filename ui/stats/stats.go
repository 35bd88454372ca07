// Package stats counts what people judged: how much and how alike, which defects, where on the part, and how the defect rate moves.
//
//	rows and labels of a period ─▶ Tally ─▶ Result (Pareto, defect maps, p-chart, one person's own figures)
package stats

import (
	"cmp"
	"slices"

	"edgelabel/agent/export/report"
	"edgelabel/agent/label"
)

// Result is what a period shows. Times are UTC ns.
type Result struct {
	From    int64    `json:"from"` // of what was asked for
	To      int64    `json:"to"`
	Items   int      `json:"items"`
	Judged  int      `json:"judged"`
	NotOK   int      `json:"notOK"`
	Unsure  int      `json:"notDecidable"`
	More    bool     `json:"more"` // the period holds older items that were not counted
	Mine    Mine     `json:"mine"`
	Classes []Count  `json:"classes"` // of items that are not OK, the most frequent first
	Mean    *float64 `json:"mean"`    // share of not OK among what could be decided
	Groups  []Group  `json:"groups"`
	Maps    []Map    `json:"maps"`

	// What the filters can be set to.
	Lines    []string `json:"lines"`
	Stations []string `json:"stations"`
	Assets   []string `json:"assets"`
	Cameras  []string `json:"cameras"`
}

// Count is a class and how many items have it.
type Count struct {
	Class string `json:"class"` // empty: not OK without a class
	N     int    `json:"n"`
}

// Mine is the asking person's own work; nobody else sees it.
type Mine struct {
	Labels  int              `json:"labels"`
	Seconds report.Quantiles `json:"seconds"` // from opening an item to the verdict
	PerHour *float64         `json:"perHour"` // while working: pauses of more than five minutes do not count
	Blind   report.Agreement `json:"blind"`   // with people who did not see each other's label
	Open    report.Rate      `json:"open"`    // reviews that agreed, of those where the first label was seen
}

// Tally takes rows one by one. It is not safe for several goroutines.
type Tally struct {
	me      string
	follow  func(class string) string // what became of a class
	result  Result
	classes map[string]int
	points  []point
	maps    map[string]*Map
	choices [4]map[string]bool
	decided []int64
	taken   []float64
	pairs   [2][2]int // verdict of the first, of the second: 1 is not OK
	open    [2]int    // agreed, all
}

// New returns a tally for one person's view of a period. Classes are counted as what follow says they became.
func New(me string, from, to int64, follow func(class string) string) *Tally {
	t := &Tally{me: me, follow: follow, result: Result{From: from, To: to}, classes: map[string]int{}, maps: map[string]*Map{}}
	for i := range t.choices {
		t.choices[i] = map[string]bool{}
	}
	return t
}

// Offer notes what the filters could be set to; of every row, whether it passes them or not.
func (t *Tally) Offer(row *label.Row) {
	values := []string{row.Place.Line, row.Place.Cell, row.Place.Asset}
	for i, v := range values {
		if v != "" {
			t.choices[i][v] = true
		}
	}
	for _, im := range row.Images {
		t.choices[3][im.Camera] = true
	}
}

// Add counts a row with all its labels, in order of their revisions.
func (t *Tally) Add(row *label.Row, labels []label.Label) {
	t.result.Items++
	t.picture(row)
	if len(labels) == 0 {
		return
	}
	t.result.Judged++
	newest := &labels[len(labels)-1]
	switch newest.Verdict {
	case label.NotOK:
		t.result.NotOK++
		t.defects(row, newest)
	case label.NotDecidable:
		t.result.Unsure++
	}
	if newest.Verdict != label.NotDecidable {
		t.points = append(t.points, point{row.At, newest.Verdict == label.NotOK})
	}
	for i := range labels {
		t.person(&labels[i], labels)
	}
}

func (t *Tally) defects(row *label.Row, l *label.Label) {
	classes := l.AllClasses()
	if len(classes) == 0 {
		classes = []string{""}
	}
	for i := range classes {
		classes[i] = t.follow(classes[i])
	}
	slices.Sort(classes)
	for _, c := range slices.Compact(classes) { // two that became one are one defect
		t.classes[c]++
	}
	for i := range l.Regions {
		t.mark(row, &l.Regions[i])
	}
}

// Result is what was counted so far.
func (t *Tally) Result(more bool) Result {
	r := t.result
	r.More, r.Mine = more, t.mine()
	r.Classes = make([]Count, 0, len(t.classes))
	for class, n := range t.classes {
		r.Classes = append(r.Classes, Count{class, n})
	}
	slices.SortFunc(r.Classes, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Class, b.Class)) })
	r.Mean, r.Groups = chart(t.points)
	r.Maps = t.drawn()
	for i, list := range []*[]string{&r.Lines, &r.Stations, &r.Assets, &r.Cameras} {
		*list = sorted(t.choices[i])
	}
	return r
}

func sorted(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for v := range set {
		list = append(list, v)
	}
	slices.Sort(list)
	return list
}
