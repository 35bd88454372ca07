package pipeline

import (
	"maps"
	"math"
	"slices"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// maxPending is how many samples of a watch may wait for slower signals; beyond it the oldest go on early.
const maxPending = 4096

// watch judges one rule that looks at several signals: its value is the newest sample of its own tag, or what a formula makes of several,
// and it is judged only while the condition holds.
//
//	samples of every input ─▶ pending, in the order of time ─▶ newest of each ─▶ when? ─▶ value ─▶ detector
type watch struct {
	tag   series.Tag // whose rule it is
	rule  detect.Rule
	asset *asset // nil in a replay
	build builder

	streams []*stream
	names   []series.Tag    // of the inputs
	newest  []series.Sample // of each input; Bad before the first
	own     int             // input that is judged, where there is no value
	value   *operand        // nil: the tag's own samples
	when    *operand        // nil: always

	pending  []point
	detector detect.Detector
	running  bool // the condition held when it was looked at last
	begun    bool
	resumes  bool // the detector is to be told that the first sample is the first since a stop
	reached  int64
	blocked  string // the input that could not be used when the rule was to be judged last; empty is none
	open     map[string]detect.Event
	left     map[string]detect.Event // open in the detector, closed because the condition ended
	seen     map[string]label.Text   // what the inputs were at the onset
	events   []detect.Event
}

// operand is a formula and which inputs it takes.
type operand struct {
	f     detect.Formula
	index []int
	in    []series.Sample
}

// point is a sample of one input.
type point struct {
	input int
	s     series.Sample
}

func (o *operand) eval(newest []series.Sample) (float64, bool) {
	for k, i := range o.index {
		o.in[k] = newest[i]
	}
	return o.f.Eval(o.in)
}

// blocking is the first input of the formula that cannot be used.
func (o *operand) blocking(w *watch) string {
	for _, i := range o.index {
		s := w.newest[i]
		if s.Quality() == series.Bad || w.names[i].Kind != series.Text && !detect.Usable(s) {
			return w.names[i].ID
		}
	}
	return ""
}

// add takes a sample of an input.
func (w *watch) add(input int, s series.Sample) {
	t := s.Time()
	at := len(w.pending)
	for at > 0 && w.pending[at-1].s.Time() > t {
		at--
	}
	w.pending = slices.Insert(w.pending, at, point{input, s})
}

// until judges what is known up to a time. The events are valid until the next call.
func (w *watch) until(reached int64) []detect.Event {
	w.events = w.events[:0]
	n := 0
	for n < len(w.pending) && (w.pending[n].s.Time() <= reached || len(w.pending)-n > maxPending) {
		t, own := w.pending[n].s.Time(), false
		for ; n < len(w.pending) && w.pending[n].s.Time() == t; n++ {
			p := w.pending[n]
			w.newest[p.input] = p.s
			own = own || p.input == w.own
		}
		w.judge(t, own)
		w.reached = max(w.reached, t)
	}
	w.pending = slices.Delete(w.pending, 0, n)
	return w.events
}

// tick lets time pass while the inputs are silent.
func (w *watch) tick(reached int64) []detect.Event {
	if w.until(reached); w.begun && w.running && reached > w.reached {
		w.reached = reached
		w.take(w.detector.Tick(reached))
	}
	return w.events
}

func (w *watch) judge(t int64, own bool) {
	w.blocked = ""
	holds := true
	if w.when != nil {
		v, ok := w.when.eval(w.newest)
		if !ok {
			w.blocked = w.when.blocking(w)
		}
		holds = ok && v != 0
	}
	switch {
	case !holds:
		w.leave(t)
	case !w.running:
		w.enter(t)
	case w.value != nil || own:
		w.push(t)
	}
}

// enter begins with what the value is already: a signal that reports changes only sends nothing now.
func (w *watch) enter(t int64) {
	w.running, w.begun = true, true
	w.push(t)
	for _, key := range slices.Sorted(maps.Keys(w.left)) { // a detector that learns was kept, and still has it open
		ev := w.left[key]
		ev.At, ev.Candidate.From = t, t
		w.open[key] = ev
		w.events = append(w.events, ev)
	}
	clear(w.left)
}

// leave closes what is open: the rule does not hold outside its condition.
func (w *watch) leave(t int64) {
	if !w.running {
		return
	}
	w.running = false
	for _, key := range slices.Sorted(maps.Keys(w.open)) {
		ev := w.open[key]
		w.left[key] = ev
		ev.At, ev.Closed, ev.Changed, ev.Candidate.To = t, true, false, max(t, ev.Candidate.From)
		w.events = append(w.events, ev)
	}
	clear(w.open)
	if !learns(w.rule.Kind) {
		w.renew()
		clear(w.left)
	}
}

// renew makes the detector anew. That worked when the rule was taken up, so that it works now.
func (w *watch) renew() {
	if d, err := w.build(w.tag, w.rule); err == nil {
		w.detector = d
	}
}

// learns reports whether a detector has more to lose than the candidate at hand.
func learns(k detect.Kind) bool {
	return !slices.Contains([]detect.Kind{detect.Limit, detect.Stuck, detect.Missing, detect.Rate, detect.Deviation, detect.Expression}, k)
}

// push judges the value at t. One that cannot be computed moves time on and nothing else.
func (w *watch) push(t int64) {
	if w.resumes {
		resume(w.detector, t)
		w.resumes = false
	}
	s := w.newest[max(w.own, 0)]
	if w.value != nil {
		v, ok := w.value.eval(w.newest)
		if s = (series.Sample{Tag: w.tag.ID, Value: v}); !ok {
			s.Status, w.blocked = series.StatusBad, w.value.blocking(w)
		}
	}
	s.Source = t
	w.take(w.detector.Push(s))
	purseOf(w.asset).see(w.rule.Name, t)
}

// take passes a detector's events on, with what the inputs were at the onset.
func (w *watch) take(events []detect.Event) {
	for _, ev := range events {
		key := ev.Key()
		if _, gone := w.left[key]; gone {
			if ev.Closed {
				delete(w.left, key)
			}
			continue
		}
		if _, open := w.open[key]; !open {
			w.seen[key] = w.inputs()
		}
		ev.Candidate.Explain.ZH += w.seen[key].ZH
		ev.Candidate.Explain.EN += w.seen[key].EN
		ev.Candidate.Tags = w.tagsOf()
		if w.events = append(w.events, ev); ev.Closed {
			delete(w.open, key)
			delete(w.seen, key)
		} else {
			ev.Changed = false
			w.open[key] = ev
		}
	}
}

// tagsOf lists the inputs, the rule's own tag first.
func (w *watch) tagsOf() []string {
	tags := []string{w.tag.ID}
	for _, t := range w.names {
		if t.ID != w.tag.ID {
			tags = append(tags, t.ID)
		}
	}
	return tags
}

// inputs says what the signals were.
func (w *watch) inputs() label.Text {
	var said string
	for i, t := range w.names {
		if i > 0 {
			said += ", "
		}
		said += detect.Named(t) + " " + reading(t, w.newest[i])
	}
	return label.Text{ZH: "起始时：" + said + "。", EN: " At the onset: " + said + "."}
}

func reading(t series.Tag, s series.Sample) string {
	switch {
	case s.Quality() == series.Bad || t.Kind != series.Text && math.IsNaN(s.Value):
		return "?"
	case t.Kind == series.Text:
		return s.Text
	}
	return detect.Quantity(s.Value, t.Unit)
}

// known is the event time up to which all inputs are known. A state that has not changed holds nothing up for longer than the grace.
func (w *watch) known(clock, grace int64) int64 {
	return reachedOf(w.streams, clock, func(st *stream) bool {
		if st.tag.Kind == series.Text || st.tag.Kind == series.Bool {
			return clock-st.received > grace
		}
		return st.quiet(clock, grace)
	})
}
