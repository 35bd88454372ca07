package label

import (
	"errors"
	"fmt"
	"slices"
)

// Kinds of limit pictures: they show where the line between OK and not OK runs.
const (
	LimitGood       = "good"
	LimitBorderline = "borderline"
	LimitBad        = "bad"
)

// Most that one class may have.
const (
	MaxLimits     = 9
	MaxAttributes = 8
)

// LimitPicture is a place in a stored picture that everybody should judge alike. It does not keep the picture: once that is dropped for
// space, only the words are left.
type LimitPicture struct {
	Kind  string `json:"kind" yaml:"kind"` // good, borderline, bad
	Item  string `json:"item" yaml:"item"`
	Image string `json:"image" yaml:"image"`         // sha256
	Rect  *Rect  `json:"rect,omitempty" yaml:"rect"` // what to look at; nil is the whole picture
	Note  Text   `json:"note,omitzero" yaml:"note"`  // why
}

// Attribute is a question about a region of a class, with the answers to choose from. A region carries id → answer's id.
type Attribute struct {
	ID     string `json:"id" yaml:"id"`
	Name   Text   `json:"name" yaml:"name"`
	Values []Term `json:"values" yaml:"values"`
}

// check reports what is wrong with a class's limit pictures and attributes.
func (c *Class) check() error {
	if len(c.Limits) > MaxLimits || len(c.Attributes) > MaxAttributes {
		return fmt.Errorf("limits, attributes: %d and %d, at most %d and %d", len(c.Limits), len(c.Attributes), MaxLimits, MaxAttributes)
	}
	var errs []error
	for i, l := range c.Limits {
		if !slices.Contains([]string{LimitGood, LimitBorderline, LimitBad}, l.Kind) || l.Item == "" || !hexSHA256(l.Image) {
			errs = append(errs, fmt.Errorf("limits[%d]: want kind good, borderline or bad, an item and an image's sha256", i))
		}
		if r := l.Rect; r != nil && (!finite(r.X, r.Y, r.W, r.H) || r.W <= 0 || r.H <= 0) {
			errs = append(errs, fmt.Errorf("limits[%d].rect: want finite numbers, w and h above 0", i))
		}
	}
	seen := map[string]bool{}
	for i, a := range c.Attributes {
		if !validID(a.ID) || seen[a.ID] || a.Name.ZH == "" || a.Name.EN == "" || len(a.Values) == 0 {
			errs = append(errs, fmt.Errorf("attributes[%d]: want an id of its own, both names and values", i))
		}
		seen[a.ID] = true
		errs = append(errs, checkTerms(fmt.Sprintf("attributes[%d].values", i), a.Values))
	}
	return errors.Join(errs...)
}

func checkTerms(name string, terms []Term) error {
	var errs []error
	seen := map[string]bool{}
	for i, term := range terms {
		if !validID(term.ID) || seen[term.ID] {
			errs = append(errs, fmt.Errorf("%s[%d].id: %q is malformed or there twice", name, i, term.ID))
		}
		seen[term.ID] = true
		for _, e := range term.Equipment {
			if !validID(e) {
				errs = append(errs, fmt.Errorf("%s[%d].equipment: %q is no id", name, i, e))
			}
		}
	}
	return errors.Join(errs...)
}

// checkEquipment reports assets whose kind of equipment is no id.
func (t *Taxonomy) checkEquipment() error {
	var errs []error
	for asset, kind := range t.Equipment {
		if asset == "" || !validID(kind) {
			errs = append(errs, fmt.Errorf("equipment[%q]: %q is no id", asset, kind))
		}
	}
	return errors.Join(errs...)
}

func hexSHA256(s string) bool {
	return len(s) == 64 && !slices.ContainsFunc([]byte(s), func(c byte) bool { return (c < '0' || c > '9') && (c < 'a' || c > 'f') })
}
