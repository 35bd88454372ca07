// Package detect says what a detector of signals is, and holds what all of them share: rules, delays and the wording of candidates.
// Each algorithm has a folder of its own; package catalog builds a detector from a rule; package detecttest tests them all alike.
//
//	sample ─▶ Detector.Push ─▶ is it outside? ─▶ Track: on-delay, off-delay, worst value, sentence ─▶ Event
//
// A detector has no clock: time comes with the samples and, while a signal is silent, with Tick. The words limit, deadband, on-delay,
// off-delay and severity are those of OPC 10000-9 and ISA-18.2.
//
// Inner loops of plain arithmetic carry go:norace: under the race detector they took minutes, and it watches those who call them.
package detect

import (
	"math"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Detector watches one signal. It is not safe for concurrent use, and its memory is bounded whatever is pushed.
type Detector interface {
	// Push takes the signal's next sample and tells what it changed. Event times do not go back from one Push to the next. A sample that
	// is not Usable moves time on and nothing else. The answer is valid until the next call.
	Push(s series.Sample) []Event

	// Tick says that event time has reached now (UTC ns) although no sample came. It never changes what later samples lead to, only how
	// soon it is known. The answer is valid until the next call.
	Tick(now int64) []Event

	// Score is how far the newest usable sample was from normal: 0 to 1, one half where the rule's threshold lies.
	Score() float64
}

// Learner is a detector that can be told what is normal.
type Learner interface {
	Detector

	// Learn takes a sample that is known to be normal. Nothing is flagged.
	Learn(s series.Sample)
}

// Late is a detector that knows what a sample meant only after others have come.
type Late interface {
	Detector

	// Behind is how many usable samples before the newest one the sample came that Score is about. Once learning is over it stays.
	Behind() int
}

// Panel watches several signals together, in rows of one value for each. It is not safe for concurrent use, and its memory is bounded
// whatever comes.
type Panel interface {
	// Row takes the signals' values at time t (UTC ns), in the order that the panel was made with; NaN is no value. Times do not go back.
	// The answer is valid until the next call.
	Row(t int64, values []float64) []Event

	// Learn takes a row that is known to be normal. Nothing is flagged.
	Learn(values []float64)

	// Tick says that time has reached now (UTC ns) although no row came. The answer is valid until the next call.
	Tick(now int64) []Event

	// Score is how far the newest row was from normal: 0 to 1, one half where the threshold lies.
	Score() float64
}

// Event is the beginning or the end of a candidate, or what an open one has become.
type Event struct {
	At        int64           // UTC ns, event time at which it was certain: the onset plus the on-delay, or the end plus the off-delay
	Closed    bool            // false: the candidate has just opened and its To is 0
	Changed   bool            // the open candidate has become worse: Limit, Severity, Score, Value and Explain are new
	Candidate label.Candidate // without ID; Rule names the rule
}

// Key tells the candidates of one signal apart that can be open at a time: by the rule, and below or above its limits.
func (ev Event) Key() string {
	return ev.Candidate.Rule + "/" + ev.Candidate.Limit[:min(1, len(ev.Candidate.Limit))]
}

// Usable reports whether a sample's value may be judged: not bad, and a finite number. Uncertain values count.
func Usable(s series.Sample) bool { return s.Quality() != series.Bad && Finite(s.Value) }

// Finite reports whether v is a number.
func Finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Squash turns a distance in units of the threshold (0 normal, 1 at the threshold, without upper end) into a score of 0 to 1.
func Squash(excess float64) float64 {
	switch {
	case math.IsNaN(excess) || excess <= 0:
		return 0
	case math.IsInf(excess, 1):
		return 1
	}
	return excess / (1 + excess)
}
