package shutter

import (
	"math"
	"sync"
	"time"

	"edgelabel/agent/series"
)

// clockSet is for how long samples have to lag behind before that is believed to be a clock that was set, and not history being read back.
const clockSet = 3 * time.Second

// detector finds edges in the samples of one tag.
type detector struct {
	cfg Config

	mu    sync.Mutex
	last  series.Sample
	known bool          // last is one
	fired int64         // receive time of the last edge that counted, ns
	lag   time.Duration // of receive time behind event time, while the source delivers live
	since int64         // receive time from which on the lag was longer; 0 when it is not

	bounces, old, lost uint64 // since counts
}

// fires reports whether a sample asks for a picture. The first sample of all says only how things stand, and so does one without quality.
func (d *detector) fires(x series.Sample) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if x.Quality() != series.Good || math.IsNaN(x.Value) && x.Text == "" {
		return false
	}
	before, known := d.last, d.known
	if known && x.Time() < before.Time() {
		return false // history that is read back behind the newest sample
	}
	d.last, d.known = x, true
	if !known {
		d.lag = time.Duration(x.Receive - x.Time())
	}
	live := d.live(x)
	switch {
	case !known || !d.edge(before, x):
		return false
	case !live:
		d.old++
		return false
	case d.fired != 0 && x.Receive-d.fired < int64(d.cfg.Debounce):
		d.bounces++
		return false
	}
	d.fired = x.Receive
	return true
}

func (d *detector) edge(before, x series.Sample) bool {
	switch d.cfg.Edge {
	case Rising:
		return before.Value == 0 && x.Value != 0
	case Falling:
		return before.Value != 0 && x.Value == 0
	}
	return math.Float64bits(before.Value) != math.Float64bits(x.Value) || before.Text != x.Text
}

// live tells samples of now from those of a history that is read back, which come much later than the source's samples do otherwise. The
// source's clock may be wrong by years: only that it changes is told.
func (d *detector) live(x series.Sample) bool {
	lag := time.Duration(x.Receive - x.Time())
	switch {
	case lag <= d.lag+d.cfg.Stale:
		d.lag, d.since = lag, 0
		return true
	case d.since == 0:
		d.since = x.Receive
	case x.Receive-d.since > int64(clockSet):
		d.lag, d.since = lag, 0
		return true
	}
	return false
}

func (d *detector) lose() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lost++
}

// counts returns what came to nothing since the last call.
func (d *detector) counts() (bounces, old, lost uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	bounces, old, lost = d.bounces, d.old, d.lost
	d.bounces, d.old, d.lost = 0, 0, 0
	return bounces, old, lost
}
