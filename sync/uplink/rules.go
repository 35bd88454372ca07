package uplink

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
)

// Level grades data, as GB/T 43697 does: the higher one wins.
type Level int

// Levels. What no grade speaks of is General.
const (
	General Level = iota + 1
	Important
	Core
)

// ParseLevel reads core, important or general.
func ParseLevel(s string) (Level, error) {
	for _, l := range []Level{General, Important, Core} {
		if l.String() == s {
			return l, nil
		}
	}
	return 0, fmt.Errorf("%q: want core, important or general", s)
}

func (l Level) String() string {
	switch l {
	case Core:
		return "core"
	case Important:
		return "important"
	}
	return "general"
}

// Grade gives items a level: those of a line, of an asset and with a class in one of their labels. An empty field fits all.
type Grade struct {
	Line, Asset, Class string
	Level              Level
}

// Filter picks items. An empty list fits all; within a list one has to fit. Verdicts and classes are those of one label.
type Filter struct {
	Lines, Stations []string // stations are assets
	Kinds           []label.Kind
	Verdicts        []label.Verdict
	Classes         []string
}

// Rules say what may leave for a target. Line is that of items that name none.
type Rules struct {
	Line      string
	Clearance Level // items above it stay here
	Grades    []Grade
	Filter    Filter
}

// decision is what becomes of an entry.
type decision int

const (
	pass    decision = iota
	bring            // a label, and its item with it
	above            // graded above the clearance
	unasked          // not what the filter asks for
)

// decide judges one entry by its item as it stands now. What is not about an item passes; what is about an item that cannot be looked at
// stays here as if it were of the highest level.
func (r *Rules) decide(ctx context.Context, items Items, e *journal.Entry) (decision, error) {
	id, rev, ok := subject(e)
	if !ok {
		return pass, nil
	}
	row, labels, err := items.Item(ctx, id)
	if errors.Is(err, label.ErrNotFound) {
		return above, nil
	}
	if err != nil {
		return pass, fmt.Errorf("look at item %s: %w", id, err)
	}
	switch first := r.first(&row.Item, labels); {
	case r.level(&row.Item, labels) > r.Clearance:
		return above, nil
	case first < 0 || rev < first:
		return unasked, nil
	case rev > 0 && rev == first:
		return bring, nil
	}
	return pass, nil
}

// subject is the item that an entry speaks of, and the revision of its label: 0 for the item itself.
func subject(e *journal.Entry) (item string, rev int, ok bool) {
	var v struct {
		ID   string `json:"id"`
		Item string `json:"item"`
		Rev  int    `json:"rev"`
	}
	if e.Kind != journal.Item && e.Kind != journal.Label || json.Unmarshal(e.Body, &v) != nil {
		return "", 0, false
	}
	if e.Kind == journal.Item {
		return v.ID, 0, true
	}
	return v.Item, v.Rev, true
}

// level is the highest that a grade gives to the item.
func (r *Rules) level(it *label.Item, labels []label.Label) Level {
	level := General
	for _, g := range r.Grades {
		fits := (g.Line == "" || g.Line == r.line(it)) && (g.Asset == "" || g.Asset == it.Place.Asset)
		if g.Class != "" {
			fits = fits && slices.ContainsFunc(labels, func(l label.Label) bool { return hasClass(&l, []string{g.Class}) })
		}
		if fits {
			level = max(level, g.Level)
		}
	}
	return level
}

// first is the revision of the label with which the item fits the filter: 0 when it needs none, less than 0 while there is none.
func (r *Rules) first(it *label.Item, labels []label.Label) int {
	f := &r.Filter
	if !fits(f.Lines, r.line(it)) || !fits(f.Stations, it.Place.Asset) || !fits(f.Kinds, it.Kind) {
		return -1
	}
	if len(f.Verdicts) == 0 && len(f.Classes) == 0 {
		return 0
	}
	first := -1
	for i := range labels {
		l := &labels[i]
		if fits(f.Verdicts, l.Verdict) && (len(f.Classes) == 0 || hasClass(l, f.Classes)) && (first < 0 || l.Rev < first) {
			first = l.Rev
		}
	}
	return first
}

func (r *Rules) line(it *label.Item) string { return cmp.Or(it.Place.Line, r.Line) }

func fits[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }

func hasClass(l *label.Label, classes []string) bool {
	return slices.ContainsFunc(l.Classes, func(c string) bool { return slices.Contains(classes, c) }) ||
		slices.ContainsFunc(l.Regions, func(r label.Region) bool { return slices.Contains(classes, r.Class) })
}
