package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// Formulas compiles the formula of a rule over tags whose kinds are known.
type Formulas func(text string, kindOf func(tag string) (series.Kind, bool)) (detect.Formula, error)

// feed is an input of a watch.
type feed struct {
	w     *watch
	input int
}

// weave makes the watches of the streams' rules that look at several signals.
func weave(streams map[string]*stream, order []*stream, build builder, formulas Formulas) ([]*watch, error) {
	var all []*watch
	var errs []error
	for _, st := range order {
		for _, r := range st.several {
			if formulas == nil {
				return nil, errors.New("pipeline: Formula is needed")
			}
			w, err := newWatch(streams, st, r, build, formulas)
			if err != nil {
				errs = append(errs, fmt.Errorf("tag %s: rule %s: %w", st.tag.ID, r.Name, err))
				continue
			}
			all = append(all, w)
		}
	}
	return all, errors.Join(errs...)
}

func newWatch(streams map[string]*stream, st *stream, r detect.Rule, build builder, formulas Formulas) (*watch, error) {
	w := &watch{
		tag: st.tag.Tag, rule: r, asset: st.asset, build: build, own: -1, reached: math.MinInt64,
		open: map[string]detect.Event{}, left: map[string]detect.Event{}, seen: map[string]label.Text{},
	}
	kindOf := func(tag string) (series.Kind, bool) {
		if st := streams[tag]; st != nil {
			return st.tag.Kind, true
		}
		return "", false
	}
	compile := func(text string) (*operand, error) {
		if text == "" {
			return nil, nil
		}
		f, err := formulas(text, kindOf)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		return w.operand(f, streams), nil
	}
	var err, also error
	w.value, err = compile(valueOf(st.tag.ID, r))
	w.when, also = compile(r.When)
	if err = errors.Join(err, also); err != nil {
		return nil, err
	}
	if w.value == nil {
		w.own = w.input(st)
	}
	if err := w.check(); err != nil {
		return nil, err
	}
	w.say(streams)
	w.detector, err = build(w.tag, w.rule)
	return w, err
}

// valueOf is the formula of what a rule judges; empty is the tag itself.
func valueOf(own string, r detect.Rule) string {
	if r.From != "" {
		return fmt.Sprintf("tag(%q) - tag(%q)", own, r.From)
	}
	return r.Of
}

func (w *watch) operand(f detect.Formula, streams map[string]*stream) *operand {
	o := &operand{f: f, in: make([]series.Sample, len(f.Tags()))}
	for _, tag := range f.Tags() {
		o.index = append(o.index, w.input(streams[tag]))
	}
	return o
}

// input finds or adds an input.
func (w *watch) input(st *stream) int {
	if i := slices.Index(w.streams, st); i >= 0 {
		return i
	}
	w.streams, w.names = append(w.streams, st), append(w.names, st.tag.Tag)
	w.newest = append(w.newest, series.Sample{Tag: st.tag.ID, Value: math.NaN(), Status: series.StatusBad})
	st.feeds = append(st.feeds, feed{w, len(w.streams) - 1})
	return len(w.streams) - 1
}

func (w *watch) check() error {
	switch {
	case w.when != nil && !w.when.f.Condition():
		return fmt.Errorf("%q is a number, want a condition", w.rule.When)
	case w.rule.Kind != detect.Expression:
		return nil
	case w.value.f.Condition() && w.rule.HasLimits():
		return fmt.Errorf("%q is a condition and has no limits", w.rule.Of)
	case !w.value.f.Condition() && !w.rule.HasLimits():
		return fmt.Errorf("%q is a number, want limits", w.rule.Of)
	}
	return nil
}

// say words what the limits are about.
func (w *watch) say(streams map[string]*stream) {
	switch w.rule.Kind {
	case detect.Deviation:
		own, from := detect.Named(w.tag), detect.Named(streams[w.rule.From].tag.Tag)
		w.rule.About = label.Text{ZH: own + " 与 " + from + " 的偏差", EN: "The deviation of " + own + " from " + from}
	case detect.Expression:
		w.rule.About = label.Text{ZH: w.rule.Of, EN: w.rule.Of}
		w.tag.Unit = "" // that of the formula is nobody's
	}
}

// feed hands a sample to the watches that look at the signal, and to them alone.
func (st *stream) feed(s series.Sample) {
	for _, f := range st.feeds {
		f.w.add(f.input, s)
	}
}

// look lets a watch judge what has become known.
func (p *Pipeline) look(ctx context.Context, w *watch, silent bool) {
	reached := w.known(p.clock, int64(p.cfg.Grace))
	var events []detect.Event
	if silent {
		events = w.tick(reached)
	} else {
		events = w.until(reached)
	}
	for _, ev := range events {
		p.event(ctx, w.asset, int64(w.rule.Refractory), ev)
	}
}
