package pipeline

import (
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/series"
)

// stream is one tag's way through clean, order and detect.
type stream struct {
	tag       Tag
	counts    *counts
	clean     cleaner
	thin      *thinner // nil: everything is stored
	stale     bool     // the history says so already
	order     order
	rules     []detect.Rule // each of them has a detector
	detectors []detect.Detector
	several   []detect.Rule    // those that look at other signals too
	feeds     []feed           // watches that look at this signal
	rests     map[string]int64 // rule → ns that it rests after a candidate
	past      stored
	last      series.Sample // newest that came, for what is derived with it
	asset     *asset
	track     *track // nil for a tag that has no numbers, or that no item would show

	newest   int64 // event time of the newest sample, MinInt64 before the first
	received int64 // the gateway's clock when it came
	every    int64 // ns between arrivals, smoothed
	reached  int64 // event time up to which the signal is known
	resumes  bool  // its detectors are to be told that the first sample is the first since a stop
	events   []detect.Event
}

type builder func(series.Tag, detect.Rule) (detect.Detector, error)

func newStream(t Tag, build builder, seed maphash.Seed) (*stream, error) {
	if err := t.Cleaning.check(); err != nil {
		return nil, err
	}
	st := &stream{
		tag: t, clean: newCleaner(t, seed), thin: newThinner(t), order: newOrder(int64(t.MaxDelay)), rests: map[string]int64{},
		newest: math.MinInt64, reached: math.MinInt64,
	}
	rules := t.Rules
	if rules == nil {
		rules = detect.Defaults(t.Tag)
	}
	var errs []error
	for _, r := range rules {
		r = r.Complete(t.Tag)
		r.Name = st.unused(r.Name)
		if st.rests[r.Name] = int64(r.Refractory); r.Several() {
			st.several = append(st.several, r)
			continue
		}
		d, err := build(t.Tag, r)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		st.rules, st.detectors = append(st.rules, r), append(st.detectors, d)
	}
	return st, errors.Join(errs...)
}

// unused makes the name of a second rule of a kind another one.
func (st *stream) unused(name string) string {
	unique := name
	for n := 2; ; n++ {
		if _, used := st.rests[unique]; !used {
			return unique
		}
		unique = fmt.Sprint(name, ".", n)
	}
}

// push judges a sample that was cleaned. It reports false for one that came too late. The events are valid until the next call.
func (st *stream) push(s series.Sample) ([]detect.Event, bool) {
	due, ok := st.order.push(s)
	if !ok {
		return nil, false
	}
	if t := s.Time(); t >= st.newest {
		st.arrived(s.Receive)
		st.newest = t
	}
	st.events = st.events[:0]
	st.judge(due)
	st.reached = max(st.reached, st.newest-st.order.delay)
	return st.events, true
}

// longestWait bounds how long a signal is waited for beyond the grace.
const longestWait = int64(10 * time.Second)

func (st *stream) arrived(at int64) {
	if apart := at - st.received; st.newest != math.MinInt64 && apart > 0 {
		st.every += (min(apart, longestWait/2) - st.every) / 4
	}
	st.received = at
}

// quiet reports whether nothing came for so long that the signal is either silent or reports only changes.
func (st *stream) quiet(clock, grace int64) bool {
	return clock-st.received > grace+min(2*st.every, longestWait)
}

// tick lets time pass while the signal is silent. now is the gateway's clock; the silence, less the grace, is added to the device's.
func (st *stream) tick(now, grace int64) []detect.Event {
	if st.newest == math.MinInt64 {
		return nil
	}
	reached := st.newest + max(now-st.received-grace, 0) - st.order.delay
	if reached <= st.reached {
		return nil
	}
	st.reached = reached
	st.events = st.events[:0]
	st.judge(st.order.release(reached))
	for _, d := range st.detectors {
		st.events = append(st.events, d.Tick(reached)...)
	}
	return st.events
}

func (st *stream) judge(due []series.Sample) {
	for i := range due {
		for k := 0; st.resumes && k < len(st.detectors); k++ {
			resume(st.detectors[k], due[i].Time())
		}
		st.resumes = false
		st.feed(due[i])
		points(st.tag.Tag, due[i], func(s series.Sample) {
			for k, d := range st.detectors {
				st.events = append(st.events, d.Push(s)...)
				purseOf(st.asset).see(st.rules[k].Name, s.Time())
			}
		})
	}
}

// learn takes a sample that is known to be normal.
func (st *stream) learn(s series.Sample) {
	points(st.tag.Tag, s, func(s series.Sample) {
		for _, d := range st.detectors {
			if l, ok := d.(detect.Learner); ok {
				l.Learn(s)
			}
		}
	})
}

// points takes a block of points apart: the first has the sample's own time, the others follow at the tag's rate. Other samples are one
// point. Text has none.
func points(tag series.Tag, s series.Sample, each func(series.Sample)) {
	switch {
	case tag.Kind == series.Text:
	case tag.Kind != series.Wave:
		each(s)
	case tag.Rate > 0:
		point := series.Sample{Tag: s.Tag, Receive: s.Receive, Status: s.Status}
		for i, v := range s.Wave {
			point.Source, point.Value = s.Time()+int64(float64(i)*float64(time.Second)/tag.Rate), v
			each(point)
		}
	}
}
