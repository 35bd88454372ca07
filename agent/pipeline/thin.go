package pipeline

import (
	"math"
	"time"

	"edgelabel/agent/series"
)

// thinner chooses which samples of a tag are stored. Between two stored ones it may hold the newest back, until a later one tells whether
// it is needed.
//
//	Swing: the lines from the pivot that pass within the bound of every sample since form a fan, low to high. A sample in the fan is held
//	back in place of the one before; one outside it lets that one be stored and begins a fan there. The line to the held sample was in the
//	fan when it came, so that what was left out is within the bound.
type thinner struct {
	history History
	pivot   series.Sample // stored last
	held    series.Sample
	begun   bool
	holds   bool
	low     float64 // slopes of the fan, per ns
	high    float64
}

func (h History) thins() bool { return h.Deadband > 0 || h.Exception > 0 || h.Swing > 0 }

// newThinner is nil where everything is stored.
func newThinner(t Tag) *thinner {
	if !t.Cleaning.History.thins() || t.Kind != series.Number {
		return nil
	}
	h := t.Cleaning.History
	h.Every = or(h.Every, DefaultEvery)
	return &thinner{history: h}
}

// take appends what is to be stored now. left tells that the sample itself is not among it.
func (t *thinner) take(s series.Sample, out []series.Sample) (_ []series.Sample, left bool) {
	switch {
	case t.begun && s.Time() <= t.pivot.Time() || t.holds && s.Time() <= t.held.Time():
		return append(out, s), false // late: nothing is known of its neighbours
	case !t.begun || s.Status != t.pivot.Status || math.IsNaN(s.Value-t.pivot.Value) || math.IsInf(s.Value-t.pivot.Value, 0):
		return t.store(s, t.release(out)), false
	case s.Time()-t.pivot.Time() >= int64(t.history.Every):
		return t.overdue(s, out)
	case t.history.Swing > 0:
		return t.swing(s, out)
	}
	return t.dead(s, out)
}

// overdue stores a sample because it is time. Under Swing the line to it has to fit what was left out.
func (t *thinner) overdue(s series.Sample, out []series.Sample) (_ []series.Sample, left bool) {
	if t.history.Swing > 0 && t.holds && !t.inFan(s) || t.history.Exception > 0 && t.far(s) {
		out = t.release(out)
	}
	return t.store(s, out), false
}

func (t *thinner) far(s series.Sample) bool {
	return math.Abs(s.Value-t.pivot.Value) > t.history.Deadband+t.history.Exception
}

func (t *thinner) dead(s series.Sample, out []series.Sample) (_ []series.Sample, left bool) {
	if !t.far(s) {
		t.hold(s)
		return out, true
	}
	if t.history.Exception > 0 {
		out = t.release(out)
	}
	return t.store(s, out), false
}

func (t *thinner) swing(s series.Sample, out []series.Sample) (_ []series.Sample, left bool) {
	if t.holds && !t.inFan(s) {
		out = t.release(out)
	}
	low, high := t.fan(s)
	if !t.holds {
		t.low, t.high = low, high
	} else {
		t.low, t.high = max(t.low, low), min(t.high, high)
	}
	t.hold(s)
	return out, true
}

// fan is the slopes of the lines from the pivot that pass within the bound of a sample.
func (t *thinner) fan(s series.Sample) (low, high float64) {
	dt := float64(s.Time() - t.pivot.Time())
	return (s.Value - t.history.Swing - t.pivot.Value) / dt, (s.Value + t.history.Swing - t.pivot.Value) / dt
}

func (t *thinner) inFan(s series.Sample) bool {
	slope := (s.Value - t.pivot.Value) / float64(s.Time()-t.pivot.Time())
	return slope >= t.low && slope <= t.high
}

func (t *thinner) hold(s series.Sample) {
	t.held, t.holds = s, true
}

// end is what is held where the history would lose its bound without it. Held values stay within theirs: under Swing alone the samples
// that were left out lie about the line to the one that is held. nil has none.
func (t *thinner) end() (series.Sample, bool) {
	if t == nil {
		return series.Sample{}, false
	}
	return t.held, t.holds && t.history.Swing > 0
}

// restart stores the newest sample that is known, whether it is on disk already or not, and goes on from there. What comes again is late
// then, and stored as it is.
func (t *thinner) restart(out []series.Sample) []series.Sample {
	if t.begun && !t.holds {
		return append(out, t.pivot)
	}
	return t.release(out)
}

// release stores what is held.
func (t *thinner) release(out []series.Sample) []series.Sample {
	if !t.holds {
		return out
	}
	return t.store(t.held, out)
}

func (t *thinner) store(s series.Sample, out []series.Sample) []series.Sample {
	t.pivot, t.begun, t.holds = s, true, false
	return append(out, s)
}

// due reports whether something has been held for too long. now is the gateway's clock.
func (t *thinner) due(now int64) bool {
	return t != nil && t.holds && now-t.held.Receive >= int64(t.history.Every+time.Second)
}
