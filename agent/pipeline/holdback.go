package pipeline

import "edgelabel/agent/detect"

// Judged is a row of a replay with all that was made of it.
type Judged struct {
	T       int64
	Whole   Score
	Signals []Score

	alone bool // the score of the whole is that of a signal
}

// mostHeld bounds how many rows wait for detectors that look back.
const mostHeld = 1 << 14

// Holdback gives the rows of a replay back when the detectors that look back have judged them too. The score of a signal that is watched
// by such a detector is what that one says: it knows more. Candidates begin where they became known, as live.
type Holdback struct {
	replay *Replay
	rows   []Judged // those that wait, oldest first
	first  int      // number of the oldest one
	next   int      // number of the next row
	late   []lookback
	ready  []Judged
}

// lookback is a signal with a detector that looks back.
type lookback struct {
	signal int
	by     detect.Late
	waits  []int // numbers of the rows with a sample whose score is still to come; none while it learns
}

// NewHoldback takes over the replay; its Row is not to be called any more.
func NewHoldback(r *Replay) *Holdback {
	h := &Holdback{replay: r}
	for i, st := range r.streams {
		for _, d := range st.detectors {
			if by, ok := d.(detect.Late); ok {
				h.late = append(h.late, lookback{signal: i, by: by})
			}
		}
	}
	return h
}

// Row judges a row as Replay.Row does and returns the rows that are done, in order. They are valid until the next call.
func (h *Holdback) Row(t int64, values []float64) []Judged {
	row := Judged{T: t, Signals: make([]Score, len(h.replay.streams))}
	row.Whole = h.replay.Row(t, values, row.Signals)
	row.alone = row.Whole.Score <= most(row.Signals)
	h.rows = append(h.rows, row)
	h.next++
	for i := range h.late {
		h.look(&h.late[i])
	}
	return h.release(h.waiting())
}

// Rest returns the rows that nothing more will be known about.
func (h *Holdback) Rest() []Judged { return h.release(h.next) }

// look takes what the detector says now to the row that it is about.
func (h *Holdback) look(l *lookback) {
	behind := l.by.Behind()
	if behind == 0 {
		return
	}
	h.rows[len(h.rows)-1].Signals[l.signal].Score = 0
	if h.replay.missing(l.signal) {
		return
	}
	l.waits = append(l.waits, h.next-1)
	if len(l.waits) <= behind {
		return
	}
	if at := l.waits[0] - h.first; at >= 0 {
		h.rows[at].Signals[l.signal].Score = max(h.rows[at].Signals[l.signal].Score, l.by.Score())
	}
	l.waits = l.waits[1:]
}

// missing reports whether the newest row had no usable sample of a signal.
func (r *Replay) missing(signal int) bool { return r.row[signal] != r.row[signal] }

// waiting is the number of the first row that is not done.
func (h *Holdback) waiting() int {
	until := h.next
	for _, l := range h.late {
		if len(l.waits) > 0 {
			until = min(until, l.waits[0])
		}
	}
	return max(until, h.next-mostHeld)
}

func (h *Holdback) release(until int) []Judged {
	n := max(until-h.first, 0)
	h.ready = append(h.ready[:0], h.rows[:n]...)
	h.rows, h.first = h.rows[n:], h.first+n
	for i := range h.ready {
		h.sum(&h.ready[i])
	}
	return h.ready
}

// sum works out the score of the whole asset once more where a part of it came late.
func (h *Holdback) sum(row *Judged) {
	if len(h.late) > 0 && h.replay.panel == nil && row.alone {
		row.Whole.Score = most(row.Signals)
	}
}

func most(signals []Score) (score float64) {
	for _, one := range signals {
		score = max(score, one.Score)
	}
	return score
}
