package label

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Mapping says what became of a class: merged into one other, or split into several. Labels keep the class they were made with; exports
// and figures follow a merge, while after a split only a person can say which of the new ones is meant.
type Mapping struct {
	From string   `json:"from" yaml:"from"` // a retired class
	To   []string `json:"to" yaml:"to"`
}

// Keys are the function keys of the verdicts. An empty one is the usual: F5, F8, F2 and F9.
type Keys struct {
	OK           string `json:"ok,omitempty" yaml:"ok"`
	NotOK        string `json:"not_ok,omitempty" yaml:"not_ok"`
	NotDecidable string `json:"not_decidable,omitempty" yaml:"not_decidable"`
	Undo         string `json:"undo,omitempty" yaml:"undo"`
}

// Follow is the class that a merged one became, and the class itself where it was not merged.
func (t *Taxonomy) Follow(class string) string {
	for range t.Mappings { // no chain is longer than there are mappings
		n := slices.IndexFunc(t.Mappings, func(m Mapping) bool { return m.From == class })
		if n < 0 || len(t.Mappings[n].To) != 1 {
			break
		}
		class = t.Mappings[n].To[0]
	}
	return class
}

// Followed is the draft with every class as Follow gives it. The draft itself stays as it was.
func (t *Taxonomy) Followed(d Draft) Draft {
	if len(t.Mappings) == 0 {
		return d
	}
	d.Classes = slices.Clone(d.Classes)
	for i, c := range d.Classes {
		d.Classes[i] = t.Follow(c)
	}
	d.Regions = slices.Clone(d.Regions)
	for i := range d.Regions {
		d.Regions[i].Class = t.Follow(d.Regions[i].Class)
	}
	return d
}

// checkMappings reports mappings that lead nowhere or in a circle.
func (t *Taxonomy) checkMappings() error {
	var errs []error
	seen := map[string]bool{}
	for i, m := range t.Mappings {
		wrong := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("mappings[%d]: "+format, append([]any{i}, args...)...))
		}
		if c, ok := t.Class(m.From); !ok || !c.Retired || seen[m.From] {
			wrong("from: %q is no retired class, or mapped twice", m.From)
		}
		seen[m.From] = true
		if len(m.To) == 0 {
			wrong("to: empty")
		}
		for k, to := range m.To {
			if _, ok := t.Class(to); !ok || to == m.From || slices.Contains(m.To[:k], to) {
				wrong("to: %q is no other class, or there twice", to)
			}
		}
		if end := t.Follow(m.From); len(m.To) == 1 && slices.ContainsFunc(t.Mappings, func(x Mapping) bool { return x.From == end && len(x.To) == 1 }) {
			wrong("leads in a circle")
		}
	}
	return errors.Join(errs...)
}

// functionKey is a key that no scanner sends and that stands for no text.
var functionKey = regexp.MustCompile(`^F([1-9]|1[0-2])$`)

func (k Keys) check() error {
	seen := map[string]bool{}
	for _, key := range []struct{ name, given, usual string }{
		{"ok", k.OK, "F5"}, {"not_ok", k.NotOK, "F8"}, {"not_decidable", k.NotDecidable, "F2"}, {"undo", k.Undo, "F9"},
	} {
		if key.given == "" {
			key.given = key.usual
		}
		if !functionKey.MatchString(key.given) || seen[key.given] {
			return fmt.Errorf("keys.%s: %q, want one of F1 to F12 that no other has", key.name, key.given)
		}
		seen[key.given] = true
	}
	return nil
}

// color is how a class writes its colour.
var color = regexp.MustCompile(`^(#[0-9a-f]{6})?$`)
