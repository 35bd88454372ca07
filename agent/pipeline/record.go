package pipeline

import (
	"maps"
	"math"
	"slices"
	"time"

	"edgelabel/agent/label"
)

// record is one item while it is being recorded, and for a while after, when pictures may still join it.
type record struct {
	item   label.Item // as the store has it, or is to have it
	stored bool
	dirty  bool // the store lacks the newest change
	frozen bool // the store takes no more changes

	onset    int64           // of the first candidate of a signal; 0 when there is none
	open     map[string]bool // candidates that are open, by id
	ended    int64           // when the last one closed
	after    int64           // recorded after that, ns
	limit    int64           // the window ends here at the latest
	shown    int64           // the window reaches at least here, for the sake of a picture
	hold     int64           // settles no earlier, so that a candidate can join
	patience int64           // gateway's clock at which it settles whatever the signals' clocks say

	settled bool
	failed  bool  // settling it was refused, and logged
	keep    int64 // gateway's clock until which pictures may join
}

// end is where the window ends, as far as is known.
func (r *record) end() int64 {
	end := r.limit
	if len(r.open) == 0 && r.onset != 0 {
		end = min(r.ended+r.after, r.limit)
	}
	if r.onset == 0 {
		end = r.shown
	}
	return max(end, r.shown)
}

// due is the event time at which it settles.
func (r *record) due() int64 { return max(r.end(), r.hold) }

// takesSignal reports whether a candidate of a signal belongs to this item. part is what was in the machine at its onset.
func (r *record) takesSignal(c label.Candidate, part string, before, tolerance int64) bool {
	if r.settled || r.frozen || r.item.Window == nil {
		return false
	}
	if r.onset != 0 {
		return c.From < r.end()
	}
	if p := r.item.Part.PartID; p != "" && part != "" {
		return p == part
	}
	return r.item.At >= c.From-before-tolerance
}

// takesImage reports whether a picture shows the part, or the moment, of this item. Where both say which part they are, that decides.
func (r *record) takesImage(im label.Image, tolerance int64) bool {
	if r.frozen || len(r.item.Images) >= maxImages {
		return false
	}
	if p := r.item.Part.PartID; p != "" && im.Part.PartID != "" {
		return p == im.Part.PartID
	}
	if r.onset == 0 {
		return false // two pictures without a part number are two items
	}
	t := im.Time()
	return t >= r.item.Window.From-tolerance && t <= r.end()+tolerance
}

// has reports whether the candidate is among those that the item kept.
func (r *record) has(c label.Candidate) bool {
	return slices.ContainsFunc(r.item.Candidates, func(o label.Candidate) bool { return o.ID == c.ID })
}

// edit changes an item. It must be harmless to do twice.
type edit func(it *label.Item)

func setCandidate(c label.Candidate) edit {
	return func(it *label.Item) {
		i := slices.IndexFunc(it.Candidates, func(o label.Candidate) bool { return o.ID == c.ID })
		if i < 0 {
			it.Candidates = append(it.Candidates, c)
			return
		}
		next := c
		if next.Spectrum == nil { // only what opens a candidate has one
			next.Spectrum = it.Candidates[i].Spectrum
		}
		it.Candidates[i] = next
	}
}

func addImage(im label.Image) edit {
	return func(it *label.Item) {
		if !slices.ContainsFunc(it.Images, func(o label.Image) bool { return sameImage(o, im) }) {
			it.Images = append(it.Images, im)
		}
		if it.Part == (label.Part{}) || it.Part.PartID == im.Part.PartID {
			it.Part = im.Part
		}
	}
}

func widen(from, to int64) edit {
	return func(it *label.Item) {
		if it.IsPartial && it.Window != nil {
			it.Window.From, it.Window.To = min(it.Window.From, from), to
		}
	}
}

func sameImage(a, b label.Image) bool {
	return a.SHA256 == b.SHA256 && a.Camera == b.Camera && a.Name == b.Name
}

// edited returns a copy of the item with the edits and all that follows from them.
func edited(it label.Item, edits []edit) label.Item {
	it.Candidates, it.Images = slices.Clone(it.Candidates), slices.Clone(it.Images)
	if it.Window != nil {
		w := *it.Window
		it.Window = &w
	}
	for _, e := range edits {
		e(&it)
	}
	conclude(&it)
	return it
}

// conclude derives what depends on candidates and images.
func conclude(it *label.Item) {
	switch {
	case len(it.Images) > 0 && it.Window != nil:
		it.Kind = label.KindJoint
	case len(it.Images) > 0:
		it.Kind = label.KindImage
	default:
		it.Kind = label.KindWindow
	}
	it.Score, it.Machine = 0, label.Undefined
	for _, im := range it.Images {
		if im.Machine == label.NotOK || it.Machine != label.NotOK && im.Machine != label.Undefined {
			it.Machine = im.Machine
		}
	}
	for _, c := range it.Candidates {
		it.Score = max(it.Score, c.Score)
		if c.Detector != detectorSample {
			it.Machine = label.NotOK
		}
	}
}

// merge brings the store's newest revision of an item up to what this record knows. What others added stays.
func merge(it *label.Item, own label.Item) {
	for _, c := range own.Candidates {
		setCandidate(c)(it)
	}
	for _, im := range own.Images {
		addImage(im)(it)
	}
	if it.IsPartial && own.Window != nil {
		w := *own.Window
		it.Window = &w
	}
	it.Part = own.Part
	conclude(it)
}

func (p *Pipeline) newRecord(a *asset, at int64, part label.Part) *record {
	it := label.Item{
		ID: p.cfg.NewID(), Created: p.clock, At: at, Place: a.place, Part: part, IsSimulated: p.cfg.Simulated,
	}
	if len(a.tags) > 0 {
		it.IsPartial = true
		it.Window = &label.WindowRef{From: at, To: at, Tags: slices.Clone(a.tags)}
	}
	return &record{item: it, open: map[string]bool{}, after: int64(a.cfg.After), limit: math.MinInt64, shown: math.MinInt64, hold: math.MinInt64}
}

// keepRecord puts a record among the asset's, in the place of the oldest where there are too many.
func (p *Pipeline) keepRecord(a *asset, r *record) {
	r.patience = max(r.patience, p.patience(r.due()-r.item.At))
	r.keep = p.clock + int64(p.cfg.JoinWithin)
	a.items = append(a.items, r)
	defer a.schedule()
	if len(a.items) <= maxItems {
		return
	}
	if i := slices.IndexFunc(a.items, func(r *record) bool { return r.settled }); i >= 0 {
		a.items = slices.Delete(a.items, i, i+1)
		return
	}
	p.cfg.Log.Error("item is left unfinished until the next start", "item", a.items[0].item.ID, "asset", a.cfg.ID)
	maps.DeleteFunc(a.running, func(_ string, o running) bool { return o.r == a.items[0] })
	a.items = slices.Delete(a.items, 0, 1)
}

// patience is the gateway's clock at which something that takes so long in event time is over even if the signals' clocks say nothing.
func (p *Pipeline) patience(takes int64) int64 {
	return p.clock + max(takes, 0) + int64(p.cfg.Grace+5*time.Second)
}
