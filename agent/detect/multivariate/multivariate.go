// Package multivariate watches all signals of an asset together and flags what their usual interplay does not explain:
//
//	rows on a grid ─▶ smoothed (EWMA) ─▶ with the rows before ─▶ principal components ─▶ T² inside, Q off their plane ─┬─▶ quick level ─┬─▶ candidate
//	                                                                                                                 └─▶ slow level ──┘
//
// (Kourti and MacGregor 1996; dynamic: Ku, Storer and Georgakis 1995; levels: Lowry and others 1992.) The first rows with all signals
// are what it learns on. The limits come from parts of these rows that were held out, so that a restless asset gets wider ones. The
// centre follows slow drift. A change that outlasts three such warm-ups ends the candidate and is learned as the new normal, beginning
// with a new warm-up.
package multivariate

import (
	"cmp"
	"math"
	"slices"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// How rows are prepared and judged.
const (
	lags  = 2 // earlier rows that count as features too
	named = 3 // signals that a candidate names, at most
	tired = 3 // warm-ups after which a lasting change is the new normal
)

// Detector watches the signals of one asset. It is not safe for concurrent use.
type Detector struct {
	tags  []series.Tag
	set   *Settings
	track *detect.Track
	learn int // rows

	normal [][]float64 // features of the rows to learn on; nil once the model stands
	model  model
	limits limits
	levels levels
	drift  drift
	watch  watch
	open   int // rows since the candidate opened

	last     []float64 // newest value of each signal
	smooth   []float64 // NaN before the first value
	features []float64 // smoothed rows, newest first
	rows     int

	scores, parts []float64 // scratch
	blame         []string  // signals that the open candidate names, most to blame first
	worst         float64
	distance      float64
	factor        float64 // of the threshold
}

// New returns a detector for a complete, checked rule on an asset's signals. Its rows hold one value for each of tags.
func New(asset series.Tag, tags []series.Tag, r detect.Rule) *Detector {
	return With(Default(), asset, tags, r)
}

// With is New with other settings than the default.
func With(set Settings, asset series.Tag, tags []series.Tag, r detect.Rule) *Detector {
	n := len(tags)
	d := &Detector{
		tags: tags, set: &set, watch: watch{set: &set}, factor: 1, learn: max(r.Warmup, lags+2), last: make([]float64, n), smooth: make([]float64, n),
		features: make([]float64, n*(lags+1)), parts: make([]float64, n*(lags+1)),
	}
	for i := range n {
		d.last[i], d.smooth[i] = math.NaN(), math.NaN()
	}
	d.track = detect.NewTrack(asset, r, "", func(c *label.Candidate, lasted time.Duration) label.Text {
		return d.sentence(detect.Named(asset), lasted)
	})
	return d
}

// Row judges the signals' values at time t (UTC ns). NaN and infinity are no value: the signal keeps its last one. The answer is valid
// until the next call.
func (d *Detector) Row(t int64, values []float64) []detect.Event {
	if d.take(values) {
		d.forget()
		d.track.Tick(t)
		return d.named(d.track.Drop(t))
	}
	if d.learning() {
		d.remember()
		return d.named(d.track.Tick(t))
	}
	t2, q := d.drift.judge(&d.model, d.features, d.scores)
	d.levels.add(index(t2, q), d.set)
	beyond := max(d.levels.quick-d.limits.quick, d.levels.slow-d.limits.slow)
	d.distance = math.Exp(min(beyond, furthest))
	beyond -= math.Log(d.factor)
	excess := d.distance / d.factor
	if d.track.Idle() {
		d.worst = 0
	}
	if excess > max(d.worst, 1) && !d.track.Open() { // an open candidate keeps the names that it was opened with
		d.worst = excess
		d.accuse(math.Log(t2+tiny)-d.limits.usualT2 > math.Log(q+tiny)-d.limits.usualQ)
	}
	events := d.track.Set(t, d.watch.see(beyond), d.distance, excess)
	if !d.track.Open() {
		d.open = 0
	} else if d.open++; d.open > tired*d.learn {
		events = d.track.Drop(t)
		d.forget()
	}
	return d.named(events)
}

// furthest bounds the logarithm of the excess.
const furthest = 100

// forget begins to learn anew, with the row at hand as the first.
func (d *Detector) forget() {
	d.normal, d.model, d.rows, d.open, d.watch, d.distance = nil, model{}, 1, 0, watch{set: d.set}, 0
}

// Learn takes a row that is known to be normal. Once the model stands it only moves time on.
func (d *Detector) Learn(values []float64) {
	if d.take(values) {
		d.forget()
	} else if d.learning() {
		d.remember()
	}
}

// Tick says that time has reached now (UTC ns) although no row came.
func (d *Detector) Tick(now int64) []detect.Event { return d.named(d.track.Tick(now)) }

// Score is how far the newest row was from normal: 0 to 1, one half where a candidate opens.
func (d *Detector) Score() float64 { return detect.Squash(d.distance / d.factor) }

// Scale implements detect.Scalable.
func (d *Detector) Scale(factor float64) { d.factor = factor }

// Distance implements detect.Scalable.
func (d *Detector) Distance() float64 { return d.distance }

func (d *Detector) learning() bool { return d.model.mean == nil }

// take smooths a row and moves the rows before by one. It reports whether a signal was heard of for the first time.
func (d *Detector) take(values []float64) (first bool) {
	n := len(d.tags)
	copy(d.features[n:], d.features[:n*lags])
	for i := range n {
		if i < len(values) && !math.IsNaN(values[i]) && !math.IsInf(values[i], 0) {
			d.last[i] = max(-reach, min(reach, values[i]))
		}
		switch {
		case math.IsNaN(d.last[i]):
			d.features[i] = 0 // it has never been heard of
			continue
		case math.IsNaN(d.smooth[i]):
			d.smooth[i], first = d.last[i], true
		default:
			d.smooth[i] += d.set.Weight * (d.last[i] - d.smooth[i])
		}
		d.features[i] = d.smooth[i]
	}
	d.rows++
	return first
}

// reach bounds values so that squares of differences stay finite.
const reach = 1e150

func (d *Detector) remember() {
	if d.rows > lags {
		d.normal = append(d.normal, slices.Clone(d.features))
	}
	if d.rows < d.learn {
		return
	}
	d.limits, d.model, d.drift = hold(d.normal, d.set), fit(d.normal, d.set.Kept), newDrift(len(d.features), d.set)
	d.levels = levels{d.limits.usual, d.limits.usual}
	d.scores = make([]float64, len(d.model.spread))
	d.normal = nil
}

// accuse finds the signals that the newest row's distance comes from.
func (d *Detector) accuse(inside bool) {
	if inside {
		d.model.inside(d.drift.x, d.scores, d.parts)
	} else {
		d.model.off(d.drift.x, d.scores, d.parts)
	}
	n := len(d.tags)
	type part struct {
		id     string
		amount float64
	}
	all := make([]part, n)
	total := 0.0
	for i := range n {
		sum := 0.0
		for lag := range lags + 1 {
			sum += d.parts[lag*n+i]
		}
		all[i] = part{d.tags[i].ID, max(sum, 0)}
		total += all[i].amount
	}
	slices.SortStableFunc(all, func(a, b part) int { return cmp.Compare(b.amount, a.amount) })
	d.blame = d.blame[:0]
	for i, p := range all {
		if i > 0 && (i >= named || p.amount < total/10) {
			break
		}
		d.blame = append(d.blame, p.id)
	}
}
