package detect

import (
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Say words a candidate: c has Value and From, lasted is how long it has been so.
type Say func(c *label.Candidate, lasted time.Duration) label.Text

// Track turns "the value is outside now" into candidates: it applies the rule's delays, keeps the worst value and words the sentence.
type Track struct {
	// Held says that a value lasts until the next sample, so that an on-delay may run out in silence. Where it is false only a sample
	// that is outside itself can open a candidate.
	Held bool

	on, off int64 // ns
	say     Say
	blank   label.Candidate

	phase  phase
	open   label.Candidate // while not idle
	worst  float64         // excess of open.Value
	end    int64           // while closing: when it came back inside
	latest float64         // excess of the newest value
	out    []Event
}

type phase uint8

const (
	idle    phase = iota
	pending       // outside, the on-delay is running
	opened
	closing // inside again, the off-delay is running
)

// NewTrack returns the track of one rule on one tag. limit is the level that it watches, or empty.
func NewTrack(tag series.Tag, r Rule, limit string, say Say) *Track {
	return &Track{
		on: int64(r.OnDelay), off: int64(r.OffDelay), say: say,
		blank: label.Candidate{
			Rule: r.Name, Detector: string(r.Kind), Tags: []string{tag.ID}, Limit: limit, Severity: r.Severity,
		},
	}
}

// Set tells where the value is at time t. excess is its distance in units of the threshold, see Squash.
func (k *Track) Set(t int64, outside bool, value, excess float64) []Event {
	k.latest = excess
	if k.phase == idle && !outside {
		return nil
	}
	k.out = k.out[:0]
	k.advance(t)
	if outside {
		k.goOut(t, value, excess)
	} else {
		k.comeIn(t)
	}
	return k.out
}

// Tick tells that time has reached t without a sample.
func (k *Track) Tick(t int64) []Event {
	k.out = k.out[:0]
	k.advance(t)
	return k.out
}

// Arm starts the on-delay anew at t. It is for detectors whose every sample begins a new wait.
func (k *Track) Arm(t int64, value float64) {
	k.phase, k.open, k.worst = pending, k.blank, 0
	k.open.From, k.open.Value = t, value
}

// Idle reports whether neither a candidate nor the wait for one is going on.
func (k *Track) Idle() bool { return k.phase == idle }

// Open reports whether a candidate is open.
func (k *Track) Open() bool { return k.phase == opened || k.phase == closing }

// Score is the score of the newest value.
func (k *Track) Score() float64 { return Squash(k.latest) }

// advance lets delays run out. Strictly after, so that a sample at the very end of a delay has its say first.
func (k *Track) advance(t int64) {
	if k.phase == pending && k.Held && t > k.open.From+k.on {
		k.begin(k.open.From + k.on)
	}
	if k.phase == closing && t > k.end+k.off {
		k.finish(k.end + k.off)
	}
}

func (k *Track) goOut(t int64, value, excess float64) {
	if k.phase == idle {
		k.Arm(t, value)
	}
	if k.phase == closing {
		k.phase = opened
	}
	if excess > k.worst {
		k.worst, k.open.Value = excess, value
	}
	if k.phase == pending && t-k.open.From >= k.on {
		k.begin(t)
	}
}

func (k *Track) comeIn(t int64) {
	switch k.phase {
	case pending:
		k.phase = idle
	case opened:
		k.phase, k.end = closing, t
	}
	if k.phase == closing && t-k.end >= k.off {
		k.finish(t)
	}
}

func (k *Track) begin(at int64) {
	k.phase = opened
	c := k.open
	c.Score, c.Explain = Squash(k.worst), k.say(&c, time.Duration(at-c.From))
	k.out = append(k.out, Event{At: at, Candidate: c})
}

func (k *Track) finish(at int64) {
	k.phase = idle
	c := k.open
	c.To = k.end
	c.Score, c.Explain = Squash(k.worst), k.say(&c, time.Duration(c.To-c.From))
	k.out = append(k.out, Event{At: at, Closed: true, Candidate: c})
}

// Renew tells at time at what the open candidate has become: say words it anew, and may name another limit and severity.
func (k *Track) Renew(at int64) []Event {
	if k.Open() {
		c := k.open
		c.Score, c.Explain = Squash(k.worst), k.say(&c, time.Duration(at-c.From))
		k.out = append(k.out[:0], Event{At: at, Changed: true, Candidate: c})
		return k.out
	}
	return nil
}

// Drop ends an open candidate at t, outside or not. Its events follow those of the Set just before.
func (k *Track) Drop(t int64) []Event {
	switch k.phase {
	case opened:
		k.end = t
		k.finish(t)
	case closing:
		k.finish(t)
	}
	k.phase = idle
	return k.out
}
