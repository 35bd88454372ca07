package pipeline

import (
	"math"
	"slices"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Bounds of what is remembered of one asset.
const (
	maxItems  = 256 // being recorded, or open for late pictures
	maxShots  = 64  // pictures that no rule chose
	maxParts  = 256
	maxGaps   = 64
	maxImages = 16 // of one item

	// maxCandidates of one item are kept. A signal that goes in and out of its limit all the time prolongs the item with every further
	// one, and is counted.
	maxCandidates = 64
)

// asset is what belongs to one machine: signals, recent past, part numbers, and the items of this moment.
type asset struct {
	cfg     Asset
	place   label.Place
	ring    *ring
	streams []*stream
	tags    []string
	board   *board // nil where the signals are not watched together
	purse   *purse // nil where there is no budget

	parts []stamp // newest last
	gaps  []series.Gap
	shots []waiting // pictures that no rule chose, oldest first

	items   []*record                  // oldest first
	running map[string]running         // open candidates by tag and detect.Event.Key
	rests   map[string]int64           // by tag and rule: event time until which it rests
	resting map[string]label.Candidate // open candidates whose rule rests, by the same
	shelved map[string]label.Candidate // open candidates whose rule is shelved or out of service

	due int64 // event time at which there is something to settle
}

// running is an open candidate and the item that it is in.
type running struct {
	r  *record
	id string
}

func ruleOf(c label.Candidate) string { return c.Tags[0] + "/" + c.Rule }

type stamp struct {
	t    int64
	part string
}

type waiting struct {
	im    label.Image
	until int64 // gateway's clock
}

func newAsset(c Asset, tags []series.Tag, cfg Config) *asset {
	a := &asset{
		cfg: c, place: cfg.Place, running: map[string]running{}, rests: map[string]int64{}, resting: map[string]label.Candidate{},
		shelved: map[string]label.Candidate{}, due: math.MaxInt64,
	}
	if c.ID != "" {
		a.place.Asset = c.ID
	}
	a.place.Cell = or(c.Cell, cfg.Place.Cell)
	a.ring = newRing(int64(c.Before+c.MaxDuration+c.After+cfg.JoinWithin), c.Ring, tags)
	for _, t := range tags {
		a.tags = append(a.tags, t.ID)
	}
	return a
}

// join adds a signal. One that was not there when the asset was made gets a track now.
func (a *asset) join(st *stream) {
	st.asset = a
	a.streams = append(a.streams, st)
	if st.tag.Kind == series.Text || a.cfg.ID == "" && len(st.rules)+len(st.several) == 0 {
		return // no item will ever show its recent past
	}
	if st.track = a.ring.track(st.tag.ID); st.track == nil {
		st.track = &track{tag: st.tag.Tag}
		a.ring.tracks = append(a.ring.tracks, st.track)
		a.tags = append(a.tags, st.tag.ID)
	}
}

func (a *asset) notePart(s series.Sample) {
	part := partOf(s)
	if part == "" || s.Quality() == series.Bad {
		return
	}
	if n := len(a.parts); n > 0 && a.parts[n-1].part == part {
		return
	}
	a.parts = append(a.parts, stamp{s.Time(), part})
	if len(a.parts) > maxParts {
		a.parts = slices.Delete(a.parts, 0, 1)
	}
}

// part is the number of the part that was in the machine at t, empty when unknown.
func (a *asset) part(t int64) string {
	for _, p := range slices.Backward(a.parts) {
		if p.t <= t {
			return p.part
		}
	}
	return ""
}

// reached is the event time up to which the signals are known. One that is quiet holds nothing up: its newest sample may be from long
// ago because its value is. Where all are quiet the one that got furthest counts, and where none has begun the gateway's clock.
func (a *asset) reached(clock, grace int64) int64 {
	return reachedOf(a.streams, clock, func(st *stream) bool { return st.quiet(clock, grace) })
}

func reachedOf(streams []*stream, clock int64, quiet func(*stream) bool) int64 {
	slowest, furthest := int64(math.MaxInt64), int64(math.MinInt64)
	for _, st := range streams {
		if st.newest == math.MinInt64 {
			continue
		}
		furthest = max(furthest, st.reached)
		if !quiet(st) {
			slowest = min(slowest, st.reached)
		}
	}
	switch {
	case slowest != math.MaxInt64:
		return slowest
	case furthest != math.MinInt64:
		return furthest
	}
	return clock
}

// schedule finds out when there is something to settle next.
func (a *asset) schedule() {
	a.due = math.MaxInt64
	for _, r := range a.items {
		if !r.settled {
			a.due = min(a.due, r.due())
		}
	}
	for _, c := range a.resting {
		a.due = min(a.due, a.rests[ruleOf(c)])
	}
}

// tidy forgets what no picture and no candidate can join any more.
func (a *asset) tidy(clock int64) {
	a.shots = slices.DeleteFunc(a.shots, func(w waiting) bool { return w.until < clock })
	a.items = slices.DeleteFunc(a.items, func(r *record) bool { return r.settled && r.keep < clock })
}

func (a *asset) remember(im label.Image, until int64) {
	if slices.ContainsFunc(a.shots, func(w waiting) bool { return sameImage(w.im, im) }) {
		return
	}
	a.shots = append(a.shots, waiting{im, until})
	if len(a.shots) > maxShots {
		a.shots = slices.Delete(a.shots, 0, 1)
	}
}
