package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"edgelabel/agent/label"
)

// tally counts rows. Its memory grows with pictures, people, lines and weeks.
type tally struct {
	head     head
	r        Report
	verdicts groups
	lines    groups
	weeks    groups
	people   groups
	classes  map[string]*Class
	pairs    map[[2]string]*Pair
	meet     coincidences
	pictures map[string]*picture
	delays   []float64 // s, from the event to the first judgement
	fields   map[string]*[2]int
	loss     map[string]int
	from, to int64
}

// picture remembers what was said about the same bytes.
type picture struct {
	times int
	ok    bool
	notOK bool
}

type groups map[string]*Group

func (g groups) add(name string, v label.Verdict, seconds float64) {
	if g[name] == nil {
		g[name] = &Group{Name: name}
	}
	one := g[name]
	one.Items++
	switch v {
	case label.OK:
		one.OK++
	case label.NotOK:
		one.NotOK++
	case label.NotDecidable:
		one.Undecided++
	}
	if seconds > 0 {
		one.seconds = append(one.seconds, seconds)
	}
}

func (g groups) list() []Group {
	out := []Group{}
	for _, name := range slices.Sorted(maps.Keys(g)) {
		g[name].Decision = QuantilesOf(g[name].seconds)
		out = append(out, *g[name])
	}
	return out
}

func newTally(h head) *tally {
	t := &tally{head: h, verdicts: groups{}, lines: groups{}, weeks: groups{}, people: groups{}, classes: map[string]*Class{},
		pairs: map[[2]string]*Pair{}, pictures: map[string]*picture{}, fields: map[string]*[2]int{}, loss: map[string]int{}}
	t.r.Items.Kinds = map[string]int{}
	for _, c := range h.Taxonomy.Classes {
		t.classes[c.ID] = &Class{ID: c.ID, Name: c.Name, Known: true}
	}
	return t
}

func (t *tally) add(r *row) {
	t.r.Items.All++
	if r.Simulated && !t.head.Simulated {
		t.loss["simulated"]++
		return
	}
	t.r.Items.Counted++
	t.r.Items.Kinds[string(r.Kind)]++
	if t.from == 0 || r.At < t.from {
		t.from = r.At
	}
	t.to = max(t.to, r.At)
	if r.Partial {
		t.loss["partial"]++
	}
	if len(r.Labels) == 0 {
		t.loss["unlabelled"]++
		return
	}
	t.loss["superseded"] += r.Revisions - len(r.Labels)
	t.labelled(r)
	t.agree(r)
	t.images(r)
}

// labelled counts an item with its newest judgement, and each person's.
func (t *tally) labelled(r *row) {
	newest := &r.Labels[len(r.Labels)-1]
	t.r.Items.Labelled++
	t.verdicts.add(newest.Verdict.String(), newest.Verdict, newest.Seconds)
	t.lines.add(r.Line, newest.Verdict, newest.Seconds)
	year, week := time.Unix(0, r.At).UTC().ISOWeek()
	t.weeks.add(fmt.Sprintf("%d-W%02d", year, week), newest.Verdict, newest.Seconds)
	if r.Machine <= label.NotDecidable && newest.Verdict <= label.NotDecidable {
		t.r.Machine.Table[r.Machine][newest.Verdict]++
	}
	for id, regions := range newest.Classes {
		if t.classes[id] == nil {
			t.classes[id] = &Class{ID: id}
		}
		t.classes[id].Items++
		t.classes[id].Regions += regions
	}
	t.field("at", r.At > 0)
	t.field("line", r.Line != "")
	t.field("asset", r.Asset != "")
	t.field("part", r.HasPart)
	if newest.Verdict == label.NotOK {
		t.field("class", len(newest.Classes) > 0)
	}
	first := r.Labels[0].Saved
	for i := range r.Labels {
		j := &r.Labels[i]
		first = min(first, j.Saved)
		t.people.add(j.Person, j.Verdict, j.Seconds)
		t.field("valid", j.Valid)
		if j.Taxonomy != t.head.Taxonomy.Revision {
			t.loss["older taxonomy"]++
		}
	}
	if first > r.At && r.At > 0 {
		t.delays = append(t.delays, float64(first-r.At)/1e9)
	}
}

func (t *tally) field(name string, filled bool) {
	if t.fields[name] == nil {
		t.fields[name] = &[2]int{}
	}
	t.fields[name][1]++
	if filled {
		t.fields[name][0]++
	}
}

// agree compares every two people on the item.
func (t *tally) agree(r *row) {
	if len(r.Labels) < 2 {
		return
	}
	t.r.Agreement.Items++
	values := make([]int, 0, len(r.Labels))
	for i := range r.Labels {
		if v := r.Labels[i].Verdict; v <= label.NotDecidable {
			values = append(values, int(v))
		}
		for k := range r.Labels[:i] {
			t.pair(&r.Labels[k], &r.Labels[i])
		}
	}
	if len(values) > 1 {
		t.meet.add(values)
	}
}

// pair counts one item of two people; b is the later of the two.
func (t *tally) pair(a, b *judgement) {
	seen := b.Parent >= a.Rev
	if cmp.Or(cmp.Compare(len(a.Person), len(b.Person)), cmp.Compare(a.Person, b.Person)) > 0 {
		a, b = b, a
	}
	key := [2]string{a.Person, b.Person}
	if t.pairs[key] == nil {
		t.pairs[key] = &Pair{People: key}
	}
	for _, p := range []*Pair{t.pairs[key], &t.r.Agreement.All} {
		p.count(a.Verdict, b.Verdict, seen)
	}
}

func (p *Pair) count(a, b label.Verdict, seen bool) {
	if seen {
		p.Seen++
	}
	switch {
	case a != label.OK && a != label.NotOK || b != label.OK && b != label.NotOK:
		p.Undecided++
	case a == label.NotOK && b == label.NotOK:
		p.Both++
	case a == label.NotOK:
		p.First++
	case b == label.NotOK:
		p.Second++
	default:
		p.Neither++
	}
}

func (p *Pair) finish() Pair {
	p.Agreement = AgreementOf(p.Both, p.First, p.Second, p.Neither)
	return *p
}

func (t *tally) images(r *row) {
	v := r.Labels[len(r.Labels)-1].Verdict
	for _, sha := range r.Images {
		if t.pictures[sha] == nil {
			t.pictures[sha] = &picture{}
		}
		p := t.pictures[sha]
		p.times++
		p.ok = p.ok || v == label.OK
		p.notOK = p.notOK || v == label.NotOK
	}
}
