// Package tail says how far one has to go so that something is exceeded only so often: peaks over threshold (Pickands 1975, Davison and
// Smith 1990) on what a detector says about a signal.
//
//	distance of each sample ─▶ clusters above a level ─▶ the peak of each ─▶ generalised Pareto distribution ─▶ rate beyond any distance
//
// The level follows the signal, so that clusters take a small part of the time and yet there are some.
package tail

import (
	"slices"

	"edgelabel/agent/detect/keep"
)

const (
	peaks = 256 // that are remembered
	Least = 20  // of them to say anything

	firstLevel = .5
	leastLevel = .2
	crowded    = .2  // of the time in clusters: the level is too low
	lonely     = .02 // less: it is too high
	lower      = .9
	ahead      = 16 // times the wanted rate is enough at the level: more would be of too short a time
	higher     = 1.1
)

// Tail is the tail of one row of distances. Times are in seconds of which each counts once, see Add.
type Tail struct {
	gap   float64 // seconds below the level that end a cluster
	level float64
	begun bool
	since float64 // time from which peaks count

	inside bool
	peak   float64
	until  float64 // newest time above the level
	from   float64 // of the cluster

	ring []float64 // peaks, oldest first
	ends []float64 // when their clusters ended

	busy    float64 // seconds in clusters since the level was looked at
	checked float64 // when that was

	fitted GPD
	n      int // peaks that the fit rests on
	rate   float64
}

// New returns a tail whose clusters end after so many seconds below the level.
func New(gap float64) *Tail { return &Tail{gap: max(gap, 0), level: firstLevel} }

// Add takes the distance at a time, which does not go back. Nothing counts before the first distance above zero.
func (t *Tail) Add(now, distance float64) {
	if !t.begun {
		if distance <= 0 {
			return
		}
		t.begun, t.since, t.checked = true, now, now
	}
	if t.inside && now-t.until > t.gap {
		t.end()
	}
	if distance <= t.level {
		return
	}
	if !t.inside {
		t.inside, t.from, t.peak = true, now, distance
	}
	t.peak, t.until = max(t.peak, distance), now
}

// Inside reports whether a cluster is going on.
func (t *Tail) Inside() bool { return t.inside }

func (t *Tail) end() {
	t.inside = false
	t.busy += t.until - t.from
	if len(t.ring) == peaks {
		t.since = t.ends[0]
		t.ring, t.ends = slices.Delete(t.ring, 0, 1), slices.Delete(t.ends, 0, 1)
	}
	t.ring, t.ends = append(t.ring, t.peak), append(t.ends, t.until)
}

// Fit works out the distribution of the peaks until now, for one who wants about so many clusters a second. It reports false while there
// are too few.
func (t *Tail) Fit(now, wanted float64) bool {
	t.follow(now, wanted)
	beyond := make([]float64, 0, peaks)
	for _, p := range t.ring {
		if p > t.level {
			beyond = append(beyond, p-t.level)
		}
	}
	t.n = len(beyond)
	if time := now - t.since; t.begun && time > 0 {
		t.rate = float64(t.n) / time
	}
	if t.n < Least {
		return false
	}
	t.fitted = Fit(beyond)
	return true
}

// follow moves the level where clusters take too much of the time, or none.
func (t *Tail) follow(now, wanted float64) {
	span := now - t.checked
	if !t.begun || span < 10*t.gap {
		return
	}
	busy := t.busy
	if t.inside {
		busy += now - max(t.from, t.checked)
	}
	t.busy, t.checked = 0, now
	switch {
	case busy > crowded*span:
		t.level *= higher
		if n := len(t.ring); n >= Least {
			t.level = max(t.level, middle(t.ring))
		}
		if t.inside { // what went on so long is no peak of the new level
			t.inside = t.peak > t.level
			t.from = now
		}
	case len(t.ring) == peaks && t.rate > ahead*wanted:
		t.level = max(t.level, middle(t.ring))
	case busy < lonely*span && t.n < Least:
		t.level = max(leastLevel, t.level*lower)
	}
}

func middle(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// Level is the distance above which anything is known.
func (t *Tail) Level() float64 { return t.level }

// Rate is how many clusters a second go beyond a distance, by the newest Fit; below the level it is that of the level.
func (t *Tail) Rate(distance float64) float64 { return t.rate * t.fitted.Beyond(distance-t.level) }

// Distance is what only so many clusters a second go beyond, by the newest Fit; the level where fewer go that far.
func (t *Tail) Distance(rate float64) float64 {
	if rate >= t.rate {
		return t.level
	}
	return t.level + t.fitted.Quantile(max(rate/t.rate, 1e-9))
}

// Seen counts the clusters beyond a distance that are remembered, and over how many seconds.
func (t *Tail) Seen(distance, now float64) (n int, seconds float64) {
	for _, p := range t.ring {
		if p > distance {
			n++
		}
	}
	return n, max(now-t.since, 0)
}

// Keep keeps what was seen; see keep.Book.
func (t *Tail) Keep(b *keep.Book) {
	for _, v := range []*float64{&t.level, &t.since, &t.peak, &t.until, &t.from, &t.busy, &t.checked, &t.rate, &t.fitted.Scale, &t.fitted.Shape} {
		b.Float(v)
	}
	b.Check(t.level >= leastLevel && t.level < 1e300, "the level cannot be")
	b.Flag(&t.begun)
	b.Flag(&t.inside)
	b.Floats(&t.ring, 0, peaks)
	b.Floats(&t.ends, len(t.ring), len(t.ring))
	b.Int(&t.n, 0, peaks)
}
