package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/multivariate"
	"edgelabel/agent/series"
)

// setting is one way to run the detector of several signals, and what to call it.
type setting struct {
	name string
	multivariate.Settings
}

// settings are the default and its neighbours: one number changed at a time.
func settings() []setting {
	all := []setting{{"default", multivariate.Default()}}
	vary := func(name string, field func(s *multivariate.Settings) *float64, values ...float64) {
		for _, v := range values {
			s := multivariate.Default()
			*field(&s) = v
			all = append(all, setting{fmt.Sprintf("%s %g", name, v), s})
		}
	}
	vary("weight", func(s *multivariate.Settings) *float64 { return &s.Weight }, .2, .25, .4)
	vary("kept", func(s *multivariate.Settings) *float64 { return &s.Kept }, .75, .78, .84, .87, .9)
	vary("quick", func(s *multivariate.Settings) *float64 { return &s.Quick }, .15, .3)
	vary("slow", func(s *multivariate.Settings) *float64 { return &s.Slow }, .03, .08)
	vary("wander quick", func(s *multivariate.Settings) *float64 { return &s.WanderQuick }, .5, 1, 1.5)
	vary("wander slow", func(s *multivariate.Settings) *float64 { return &s.WanderSlow }, 2, 2.75, 4.5, 6)
	vary("follow", func(s *multivariate.Settings) *float64 { return &s.Follow }, 0, .001, .004)
	vary("settled", func(s *multivariate.Settings) *float64 { return &s.Settled }, .02, .08, .15)
	for _, n := range []int{5, 10, 20} {
		s := multivariate.Default()
		s.Patience = n
		all = append(all, setting{fmt.Sprintf("patience %d", n), s})
	}
	return all
}

// outcome counts rows.
type outcome struct{ hit, missed, wrong, quiet int }

func (o *outcome) add(faulty, flagged bool) {
	switch {
	case faulty && flagged:
		o.hit++
	case faulty:
		o.missed++
	case flagged:
		o.wrong++
	default:
		o.quiet++
	}
}

// tried is a recording judged with every setting.
type tried struct {
	set, group, name string
	hard             bool // hardly detectable: counts for false alarms only
	by               []outcome
}

// cross chooses among the settings without one recording, or one group of them, at a time, and says what the choice is worth on what was
// left out: nearer to what other recordings will show than a score of the recordings that a setting was chosen on.
func (b *bench) cross(ctx context.Context) error {
	var all []*tried
	var recordings []recording
	for _, s := range sets(b.data, "") {
		if s.name != "skab" && s.name != "tep" {
			continue
		}
		list, err := s.list(s.truth)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		for _, r := range list {
			all = append(all, &tried{set: s.name, group: r.group, name: r.name, hard: r.hard})
			recordings = append(recordings, r)
		}
	}
	if err := tryAll(ctx, all, recordings, settings()); err != nil {
		return err
	}
	report(b.stdout, all, settings(), b.verbose)
	return nil
}

func tryAll(ctx context.Context, all []*tried, recordings []recording, with []setting) error {
	errs := make([]error, len(all))
	var work sync.WaitGroup
	turn := make(chan struct{}, runtime.NumCPU())
	for i, r := range recordings {
		turn <- struct{}{}
		work.Go(func() {
			defer func() { <-turn }()
			for _, s := range with {
				if ctx.Err() != nil {
					errs[i] = ctx.Err()
					return
				}
				o, err := judge(r, s.Settings)
				if err != nil {
					errs[i] = fmt.Errorf("%s: %w", r.name, err)
					return
				}
				all[i].by = append(all[i].by, o)
			}
		})
	}
	work.Wait()
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return errs[i]
	}
	return nil
}

// judge lets the detector learn on the rows that are known to be normal and counts what it says of the others, as the program does.
func judge(r recording, s multivariate.Settings) (outcome, error) {
	tags := make([]series.Tag, len(r.columns))
	for i, name := range r.columns {
		tags[i] = series.Tag{ID: name, Name: name, Kind: series.Number}
	}
	asset := series.Tag{ID: "*"}
	d := multivariate.With(s, asset, tags, detect.Rule{Kind: detect.Multivariate, Warmup: r.fit}.Complete(asset))
	values, open := make([]float64, len(tags)), false
	var o outcome
	for i, row := range r.rows {
		for k, cell := range row {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				return o, fmt.Errorf("row %d: %w", i, err)
			}
			values[k] = v
		}
		if i < r.fit {
			d.Learn(values)
			continue
		}
		for _, ev := range d.Row(int64(i)*1e9, values) {
			open = !ev.Closed
		}
		o.add(r.faulty[i], open)
	}
	return o, nil
}

// report says what each setting is worth on everything, and what the choice is worth on what was left out.
func report(w io.Writer, all []*tried, with []setting, verbose bool) {
	if verbose {
		for i, s := range with {
			fmt.Fprintf(w, "%-18s %s  worst without one %.3f\n", s.name, resultOf(all, func(*tried) int { return i }), worstFold(all, i))
		}
	}
	best := choose(all, len(with))
	fmt.Fprintf(w, "default           on everything: %s\n", resultOf(all, func(*tried) int { return 0 }))
	fmt.Fprintf(w, "best of %-3d       on everything: %s (%s)\n", len(with), resultOf(all, func(*tried) int { return best }), with[best].name)
	for _, f := range []struct {
		what string
		same func(a, b *tried) bool
	}{
		{"recording", func(a, b *tried) bool { return a == b }},
		{"group", func(a, b *tried) bool { return a.set == b.set && a.group == b.group }},
		{"set", func(a, b *tried) bool { return a.set == b.set }},
	} {
		chosen := map[string]int{}
		left := resultOf(all, func(t *tried) int {
			i := choose(slices.DeleteFunc(slices.Clone(all), func(o *tried) bool { return f.same(o, t) }), len(with))
			chosen[with[i].name]++
			return i
		})
		fmt.Fprintf(w, "chosen without    each %s: %s (%v)\n", f.what, left, chosen)
	}
	steady := 0
	for i := range with {
		if worstFold(all, i) > worstFold(all, steady) {
			steady = i
		}
	}
	fmt.Fprintf(w, "best worst fold: %s\n", with[steady].name)
}
