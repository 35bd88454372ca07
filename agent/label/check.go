package label

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// MaxComment is the longest comment, in bytes; MaxRegions the largest number of regions of one label.
const (
	MaxComment = 4096
	MaxRegions = 10_000
)

// Check reports everything that is wrong with a draft for the item under the taxonomy, or nil. A class that was retired is accepted.
func (d *Draft) Check(it *Item, tax *Taxonomy) error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if d.Verdict > NotDecidable || (d.Verdict == Undefined) != (d.Input == Withdrawn) {
		wrong("verdict: want ok, not_ok or not_decidable")
	}
	if len(d.Comment) > MaxComment {
		wrong("comment: %d bytes, at most %d", len(d.Comment), MaxComment)
	}
	if len(d.Regions) > MaxRegions {
		wrong("regions: %d, at most %d", len(d.Regions), MaxRegions)
	}
	for _, id := range d.Classes {
		if _, ok := tax.Class(id); !ok {
			wrong("classes: %q is not in taxonomy revision %d", id, tax.Revision)
		}
	}
	seen := make(map[string]bool, len(d.Regions))
	for i := range d.Regions {
		r := &d.Regions[i]
		if r.ID == "" || seen[r.ID] {
			wrong("regions[%d].id: %q is empty or doubled", i, r.ID)
		}
		seen[r.ID] = true
		if err := r.check(it, tax); err != nil {
			wrong("regions[%d]: %w", i, err)
		}
	}
	for i := range d.Regions {
		for _, link := range d.Regions[i].Links {
			if !seen[link] {
				wrong("regions[%d].links: no region %q", i, link)
			}
		}
	}
	if d.Fault != nil {
		if err := d.Fault.check(tax); err != nil {
			wrong("fault: %w", err)
		}
	}
	return errors.Join(errs...)
}

func (f *Fault) check(tax *Taxonomy) error {
	for _, field := range []struct {
		name, id string
		terms    []Term
	}{{"mode", f.Mode, tax.Modes}, {"mechanism", f.Mechanism, tax.Mechanisms}, {"cause", f.Cause, tax.Causes}} {
		if field.id != "" && !slices.ContainsFunc(field.terms, func(t Term) bool { return t.ID == field.id }) {
			return fmt.Errorf("%s: %q is not in taxonomy revision %d", field.name, field.id, tax.Revision)
		}
	}
	if f.Severity < 0 || f.Severity > 1000 {
		return fmt.Errorf("severity: %d, want 1 to 1000", f.Severity)
	}
	return nil
}

func (r *Region) check(it *Item, tax *Taxonomy) error {
	if r.Class != "" {
		if _, ok := tax.Class(r.Class); !ok {
			return fmt.Errorf("class: %q is not in taxonomy revision %d", r.Class, tax.Revision)
		}
	}
	if r.Origin == ByMachine {
		return errors.New("origin: a label holds no unconfirmed proposal")
	}
	if !r.Kind.OnImage() {
		return r.checkSpan(it)
	}
	n := slices.IndexFunc(it.Images, func(im Image) bool { return im.SHA256 == r.Image })
	if n < 0 {
		return fmt.Errorf("image: %q is not of this item", r.Image)
	}
	return r.checkShape(float64(it.Images[n].Width), float64(it.Images[n].Height))
}

// slack is how far a region may reach over its window, in ns: a browser's double holds UTC nanoseconds to 256 ns.
const slack = 1000

func (r *Region) checkSpan(it *Item) error {
	if it.Window == nil {
		return fmt.Errorf("kind: %s needs signals and this item has none", r.Kind)
	}
	if len(r.Tags) == 0 {
		return errors.New("tags: want at least one signal")
	}
	for _, tag := range r.Tags {
		if !slices.Contains(it.Window.Tags, tag) {
			return fmt.Errorf("tags: %q is not a signal of this item", tag)
		}
	}
	if r.Kind == Instant && r.From != r.To {
		return errors.New("from, to: an instant has both the same")
	}
	if r.Kind == Interval && r.From >= r.To {
		return fmt.Errorf("from, to: %d is not before %d", r.From, r.To)
	}
	if r.From < it.Window.From-slack || r.To > it.Window.To+slack {
		return errors.New("from, to: outside the item's window")
	}
	return nil
}

func (r *Region) checkShape(width, height float64) error {
	switch r.Kind {
	case Box, RotatedBox, Mask:
		if r.Rect == nil || !finite(r.Rect.X, r.Rect.Y, r.Rect.W, r.Rect.H, r.Angle) || r.Rect.W <= 0 || r.Rect.H <= 0 {
			return errors.New("rect: want finite x, y and positive w, h")
		}
		inside := r.Rect.X >= 0 && r.Rect.Y >= 0 && r.Rect.X+r.Rect.W <= width && r.Rect.Y+r.Rect.H <= height
		if r.Kind != RotatedBox && !inside {
			return fmt.Errorf("rect: reaches outside the image of %g by %g pixels", width, height)
		}
		if r.Kind == Mask {
			return r.checkRuns()
		}
	case Polygon, Polyline, Point, Measure:
		least := map[RegionKind]int{Polygon: 3, Polyline: 2, Point: 1, Measure: 2}[r.Kind]
		exact := r.Kind == Point || r.Kind == Measure
		if len(r.Points) < least || exact && len(r.Points) != least {
			return fmt.Errorf("points: %s with %d", r.Kind, len(r.Points))
		}
		for _, p := range r.Points {
			if !finite(p[0], p[1]) || p[0] < 0 || p[1] < 0 || p[0] > width || p[1] > height {
				return fmt.Errorf("points: %g, %g is outside the image of %g by %g pixels", p[0], p[1], width, height)
			}
		}
	default:
		return fmt.Errorf("kind: %q is not known", r.Kind)
	}
	return nil
}

func (r *Region) checkRuns() error {
	if r.Rect.W != math.Trunc(r.Rect.W) || r.Rect.H != math.Trunc(r.Rect.H) {
		return errors.New("rect: of a mask is in whole pixels")
	}
	var sum uint64
	for _, n := range r.Runs {
		sum += uint64(n)
	}
	if want := uint64(r.Rect.W) * uint64(r.Rect.H); sum != want {
		return fmt.Errorf("runs: cover %d pixels, want %d", sum, want)
	}
	return nil
}

func finite(values ...float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

// Check reports everything that is wrong with the taxonomy, or nil.
func (t *Taxonomy) Check() error {
	var errs []error
	ids, keys := map[string]bool{}, map[string]string{}
	for i, c := range t.Classes {
		if !validID(c.ID) {
			errs = append(errs, fmt.Errorf("classes[%d].id: %q, want lower-case letters, digits, dots and dashes", i, c.ID))
		}
		if ids[c.ID] {
			errs = append(errs, fmt.Errorf("classes[%d].id: %q is there twice", i, c.ID))
		}
		ids[c.ID] = true
		if c.Name.ZH == "" || c.Name.EN == "" {
			errs = append(errs, fmt.Errorf("classes[%d].name: want both zh-CN and en", i))
		}
		if !color.MatchString(c.Color) {
			errs = append(errs, fmt.Errorf("classes[%d].color: %q, want #rrggbb", i, c.Color))
		}
		errs = append(errs, doubledKey(i, c, keys))
		if !slices.Contains([]string{"", "image", "signal", "both"}, c.On) {
			errs = append(errs, fmt.Errorf("classes[%d].on: %q, want image, signal or both", i, c.On))
		}
		if err := c.check(); err != nil {
			errs = append(errs, fmt.Errorf("classes[%d]: %w", i, err))
		}
	}
	for name, terms := range map[string][]Term{"modes": t.Modes, "mechanisms": t.Mechanisms, "causes": t.Causes} {
		errs = append(errs, checkTerms(name, terms))
	}
	errs = append(errs, t.checkEquipment(), t.checkTask(), t.checkMappings(), t.Keys.check())
	return errors.Join(errs...)
}

// MaxTask is the longest task, in bytes of one language.
const MaxTask = 4096

func (t *Taxonomy) checkTask() error {
	if n := max(len(t.Task.ZH), len(t.Task.EN)); n > MaxTask {
		return fmt.Errorf("task: %d bytes, at most %d", n, MaxTask)
	}
	if (t.Task.ZH == "") != (t.Task.EN == "") {
		return errors.New("task: want both zh-CN and en, or none")
	}
	return nil
}

// doubledKey reports a hotkey that another class on the same kind of item has. keys remembers those seen.
func doubledKey(i int, c Class, keys map[string]string) error {
	if c.Hotkey == "" || c.Retired {
		return nil
	}
	for _, on := range []string{"image", "signal"} {
		if c.On != on && c.On != "" && c.On != "both" {
			continue
		}
		if other := keys[on+c.Hotkey]; other != "" {
			return fmt.Errorf("classes[%d].hotkey: %q is also that of %q", i, c.Hotkey, other)
		}
		keys[on+c.Hotkey] = c.ID
	}
	return nil
}

func validID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.' {
			return false
		}
	}
	return true
}
