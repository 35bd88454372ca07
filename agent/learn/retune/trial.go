package retune

import (
	"slices"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Candidate is one that a rule opened, with what people said of its item.
type Candidate struct {
	From, To int64 // UTC ns; To is 0 while it is open
	Verdict  label.Verdict
}

// mostSpans is how many candidates of one setting are kept; more than that no setting is worth.
const mostSpans = 10_000

// trial is a rule with one setting on its way through the history.
type trial struct {
	value    float64
	rest     int64 // ns that it opens nothing after a candidate
	detector detect.Detector
	spans    []span
	open     map[string]int // place in spans
	skipped  int
}

type span struct{ from, to int64 }

func (t *trial) push(s series.Sample) {
	for _, ev := range t.detector.Push(s) {
		t.take(ev)
	}
}

func (t *trial) take(ev detect.Event) {
	i, open := t.open[ev.Key()]
	switch {
	case ev.Closed && open:
		t.spans[i].to = max(ev.Candidate.To, t.spans[i].from)
		delete(t.open, ev.Key())
	case ev.Closed || ev.Changed || open:
	case t.resting(ev.Candidate.From):
	case len(t.spans) >= mostSpans:
		t.skipped++
	default:
		t.open[ev.Key()] = len(t.spans)
		t.spans = append(t.spans, span{from: ev.Candidate.From})
	}
}

// resting reports whether the rule rests after its last candidate, as it does live.
func (t *trial) resting(at int64) bool {
	n := len(t.spans)
	return n > 0 && t.spans[n-1].to != 0 && at < t.spans[n-1].to+t.rest
}

// slack is how far apart a candidate and the same one by another setting may lie.
const slack = int64(5e9)

// result compares what was opened with what people judged.
func (t *trial) result(known []Candidate, end int64) label.Setting {
	s := label.Setting{Value: t.value, Candidates: len(t.spans) + t.skipped}
	hit := make([]bool, len(t.spans))
	for _, k := range known {
		found := false
		for i, sp := range t.spans {
			if sp.touches(k, end) {
				hit[i], found = true, true
			}
		}
		switch {
		case found && k.Verdict == label.NotOK:
			s.Confirmed++
		case found && k.Verdict == label.OK:
			s.Rejected++
		}
	}
	for _, h := range hit {
		if !h {
			s.Unjudged++
		}
	}
	s.Unjudged += t.skipped
	return s
}

func (sp span) touches(k Candidate, end int64) bool {
	to, until := sp.to, k.To
	if to == 0 {
		to = end
	}
	if until == 0 {
		until = k.From
	}
	return sp.from <= until+slack && to >= k.From-slack
}

// leastJudged is how many judged candidates a proposal needs: fewer say nothing.
const leastJudged = 5

// propose marks the setting that flags all that people confirmed and is flagged now, and the fewest that they rejected; of equal ones
// the nearest to what holds. Nothing is marked where none is better, nor one that flags nothing at all: that is a rule switched off.
func propose(all []label.Setting) {
	now := slices.IndexFunc(all, func(s label.Setting) bool { return s.Now })
	if now < 0 || all[now].Confirmed+all[now].Rejected < leastJudged {
		return
	}
	best := now
	for _, i := range byDistance(len(all), now) {
		if all[i].Candidates > 0 && all[i].Confirmed >= all[now].Confirmed && all[i].Rejected < all[best].Rejected {
			best = i
		}
	}
	if best != now {
		all[best].Proposed = true
	}
}

// byDistance are the places of a list, the nearest to one first.
func byDistance(n, from int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return max(a-from, from-a) - max(b-from, from-b) })
	return order
}
