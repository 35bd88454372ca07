package export

import (
	"maps"
	"slices"
	"time"

	"edgelabel/agent/label"
)

// facts is what the dataset card and the Croissant file say about what went in.
type facts struct {
	verdicts map[string]int // examples by verdict
	classes  map[string]int // by class id: regions, and whole items where no region has it
	lines    map[string]int // items by site/area/line
	cameras  map[string]int // pictures by camera
	tags     map[string]bool
	people   map[string]bool
	origins  map[label.Origin]int // regions by where they came from
	reviewed int                  // examples that a second person agreed with, corrected or settled
	windows  int                  // items with signals
	first    int64                // UTC ns, event times
	last     int64
	saved    int64 // UTC ns, newest label
}

func newFacts() *facts {
	return &facts{
		verdicts: map[string]int{}, classes: map[string]int{}, lines: map[string]int{}, cameras: map[string]int{},
		tags: map[string]bool{}, people: map[string]bool{}, origins: map[label.Origin]int{},
	}
}

// item notes an item that is in the dataset.
func (f *facts) item(it *label.Item) {
	f.lines[place(it.Place)]++
	for _, im := range it.Images {
		f.cameras[im.Camera]++
	}
	if it.Window != nil {
		f.windows++
		for _, tag := range it.Window.Tags {
			f.tags[tag] = true
		}
	}
	if f.first == 0 || it.At < f.first {
		f.first = it.At
	}
	f.last = max(f.last, it.At)
}

// example notes one person's judgement that is in the dataset.
func (f *facts) example(l *label.Label) {
	f.verdicts[l.Verdict.String()]++
	f.people[l.By.ID] = true
	f.saved = max(f.saved, l.Saved)
	if open(l.Review.State()) == "" {
		f.reviewed++
	}
	marked := map[string]bool{}
	for i := range l.Regions {
		r := &l.Regions[i]
		f.origins[r.Origin]++
		if r.Class != "" {
			f.classes[r.Class]++
			marked[r.Class] = true
		}
	}
	for _, c := range l.Classes {
		if !marked[c] {
			f.classes[c]++
		}
	}
}

func place(p label.Place) string {
	name := ""
	for _, part := range []string{p.Site, p.Area, p.Line} {
		if part == "" {
			continue
		}
		if name != "" {
			name += "/"
		}
		name += part
	}
	return name
}

// byCount lists names, the most frequent first.
func byCount(m map[string]int) []string {
	names := slices.Sorted(maps.Keys(m))
	slices.SortStableFunc(names, func(a, b string) int { return m[b] - m[a] })
	return names
}

func day(ns int64) string {
	if ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format(time.DateOnly)
}
