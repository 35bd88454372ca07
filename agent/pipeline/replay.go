package pipeline

import (
	"errors"
	"fmt"
	"hash/maphash"
	"math"

	"edgelabel/agent/detect"
	"edgelabel/agent/series"
)

// Replay judges recorded rows with the stages and detectors of live data, one row at a time and without a store.
type Replay struct {
	fit     int // rows known to be normal that are still to come
	streams []*replayed
	watches []*watched
	panel   detect.Panel // nil where each signal is judged alone
	flagged bool         // by the panel
	row     []float64    // the signals' values, cleaned
	counts  counts
}

type replayed struct {
	*stream
	open map[string]bool // by detect.Event.Key
}

// Score is the judgement of one row.
type Score struct {
	Score     float64 // 0..1, one half at the threshold
	Candidate bool    // a candidate is open
}

// NewReplay returns a replay of signals with one sample a row each. The first fit rows are known to be normal: detectors learn on them
// and flag nothing inside.
func NewReplay(tags []Tag, detector func(series.Tag, detect.Rule) (detect.Detector, error), fit int) (*Replay, error) {
	r := &Replay{fit: fit}
	var errs []error
	for _, t := range tags {
		st, err := newStream(t, detector, maphash.MakeSeed())
		if err != nil {
			errs = append(errs, fmt.Errorf("tag %s: %w", t.ID, err))
			continue
		}
		r.streams = append(r.streams, &replayed{st, map[string]bool{}})
	}
	r.row = make([]float64, len(r.streams))
	return r, errors.Join(errs...)
}

// watched is a rule over several signals.
type watched struct {
	*watch
	open bool
}

// Several adds the rules that look at several signals. They are shown with the whole asset.
func (r *Replay) Several(detector func(series.Tag, detect.Rule) (detect.Detector, error), formulas Formulas) error {
	streams, order := map[string]*stream{}, make([]*stream, len(r.streams))
	for i, st := range r.streams {
		streams[st.tag.ID], order[i] = st.stream, st.stream
	}
	all, err := weave(streams, order, detector, formulas)
	for _, w := range all {
		r.watches = append(r.watches, &watched{watch: w})
	}
	return err
}

// row judges what the row has brought.
func (w *watched) row(t int64) Score {
	for _, ev := range w.tick(t) {
		w.open = !ev.Closed
	}
	if !w.running {
		return Score{}
	}
	return Score{Score: w.detector.Score(), Candidate: w.open}
}

// Together lets the panel judge the whole asset from now on, instead of the largest score of a signal alone.
func (r *Replay) Together(panel detect.Panel) { r.panel = panel }

// Row judges the values of all tags, in their order, at time t (UTC ns); NaN is no sample. signals has room for one score per tag, or
// is nil. The answer is that of the whole asset: the panel's, or else the largest score and whether any candidate is open.
func (r *Replay) Row(t int64, values []float64, signals []Score) Score {
	learning := r.fit > 0
	r.fit = max(r.fit-1, 0)
	var whole Score
	for i, st := range r.streams {
		v := math.NaN()
		if i < len(values) {
			v = values[i]
		}
		one := st.row(t, &v, learning, &r.counts)
		r.row[i] = v
		if i < len(signals) {
			signals[i] = one
		}
		whole.Score, whole.Candidate = max(whole.Score, one.Score), whole.Candidate || one.Candidate
	}
	for _, w := range r.watches {
		if one := w.row(t); !learning {
			whole.Score, whole.Candidate = max(whole.Score, one.Score), whole.Candidate || one.Candidate
		}
	}
	if r.panel != nil {
		return r.together(t, learning)
	}
	return whole
}

func (r *Replay) together(t int64, learning bool) Score {
	if learning {
		r.panel.Learn(r.row)
		return Score{}
	}
	for _, ev := range r.panel.Row(t, r.row) {
		r.flagged = !ev.Closed
	}
	return Score{Score: r.panel.Score(), Candidate: r.flagged}
}

// row judges a value and replaces it by what cleaning made of it, NaN where it is not to be used.
func (st *replayed) row(t int64, value *float64, learning bool, n *counts) Score {
	v := *value
	s := series.Sample{Tag: st.tag.ID, Source: t, Receive: t, Value: v}
	date(&s, t, n)
	st.clean.unit(&s, n)
	if *value = s.Value; !detect.Usable(s) {
		*value = math.NaN()
	}
	if learning {
		st.stream.learn(s)
		return Score{}
	}
	if !math.IsNaN(v) {
		events, _ := st.push(s)
		st.note(events)
	} else {
		for _, d := range st.detectors {
			st.note(d.Tick(t))
		}
	}
	one := Score{Candidate: len(st.open) > 0}
	for _, d := range st.detectors {
		one.Score = max(one.Score, d.Score())
	}
	return one
}

func (st *replayed) note(events []detect.Event) {
	for _, ev := range events {
		if ev.Closed {
			delete(st.open, ev.Key())
		} else {
			st.open[ev.Key()] = true
		}
	}
}
