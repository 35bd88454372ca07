package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"edgelabel/agent/label"
)

// finish computes the report of what was counted.
func (t *tally) finish(rows string) *Report {
	r := &t.r
	r.Version, r.RowsSHA256, r.Taxonomy, r.Simulated = rowsVersion, rows, t.head.Taxonomy.Revision, t.head.Simulated
	if r.Items.Counted > 0 {
		r.From, r.To = moment(t.from), moment(t.to)
	}
	r.Verdicts, r.Lines, r.Weeks, r.People = t.verdicts.list(), t.lines.list(), t.weeks.list(), t.people.list()
	slices.SortFunc(r.People, func(a, b Group) int { return cmp.Or(len(a.Name)-len(b.Name), strings.Compare(a.Name, b.Name)) })
	r.Classes = t.classList()
	m := &r.Machine
	m.Slip = RateOf(m.Table[label.OK][label.NotOK], m.Table[label.OK][label.NotOK]+m.Table[label.NotOK][label.NotOK])
	m.PseudoReject = RateOf(m.Table[label.NotOK][label.OK], m.Table[label.OK][label.OK]+m.Table[label.NotOK][label.OK])
	t.agreements()
	t.indicators()
	return r
}

func moment(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339) }

// classList is in the order of the taxonomy; what is not in it comes last.
func (t *tally) classList() []Class {
	out := []Class{}
	for _, c := range t.head.Taxonomy.Classes {
		out = append(out, *t.classes[c.ID])
	}
	for _, id := range slices.Sorted(maps.Keys(t.classes)) {
		if !t.classes[id].Known {
			out = append(out, *t.classes[id])
		}
	}
	return out
}

func (t *tally) agreements() {
	a := &t.r.Agreement
	a.Pairs = []Pair{}
	for _, p := range t.pairs {
		a.Pairs = append(a.Pairs, p.finish())
	}
	slices.SortFunc(a.Pairs, func(x, y Pair) int { return slices.Compare(x.People[:], y.People[:]) })
	a.All.finish()
	a.Alpha = t.meet.alpha()
	t.loss["pairs undecided"] = a.All.Undecided
}

// required are the fields whose presence is completeness.
var required = [...]string{"at", "line", "asset", "part", "class"}

func (t *tally) indicators() {
	add := func(id string, count, of int) {
		rate := RateOf(count, of)
		t.r.Indicators = append(t.r.Indicators, Indicator{ID: id, Rate: &rate})
	}
	valid := t.counted("valid")
	add("conformity", valid[0], valid[1])
	filled, wanted := 0, 0
	for _, name := range required {
		f := t.counted(name)
		filled, wanted = filled+f[0], wanted+f[1]
	}
	add("completeness", filled, wanted)
	for _, name := range required {
		f := t.counted(name)
		add("completeness."+name, f[0], f[1])
	}
	shown, doubled, torn := 0, 0, 0
	for _, p := range t.pictures {
		shown += p.times
		if p.times > 1 {
			doubled++
		}
		if p.ok && p.notOK {
			torn++
		}
	}
	t.r.Items.Pictures = len(t.pictures)
	add("uniqueness", len(t.pictures), shown)
	add("consistency", doubled-torn, doubled)
	delay := QuantilesOf(t.delays)
	t.r.Indicators = append(t.r.Indicators, Indicator{ID: "timeliness", Seconds: &delay}, Indicator{ID: "accuracy"}, Indicator{ID: "accessibility"})
	t.loss["machine undefined"] = sum(t.r.Machine.Table[label.Undefined])
	class := t.counted("class")
	t.loss["not_ok without class"] = class[1] - class[0]
	t.r.Loss = []Count{}
	for _, id := range slices.Sorted(maps.Keys(t.loss)) {
		t.r.Loss = append(t.r.Loss, Count{id, t.loss[id]})
	}
}

func (t *tally) counted(field string) [2]int {
	if f := t.fields[field]; f != nil {
		return *f
	}
	return [2]int{}
}

func sum(row [4]int) int { return row[0] + row[1] + row[2] + row[3] }
