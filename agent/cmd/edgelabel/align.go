package main

import (
	"flag"
	"time"

	"edgelabel/agent/series"
)

// alignFlags are how a command is told to put signals on common points in time.
type alignFlags struct {
	step, valid *time.Duration
	method      *string
}

func newAlignFlags(f *flag.FlagSet) alignFlags {
	return alignFlags{
		step:   f.Duration("step", 0, "with --windows: put the samples of an item on common points so far apart; default: as they came"),
		valid:  f.Duration("valid", 0, "with --step: how long a sample speaks for its signal; default: one step"),
		method: f.String("align", string(series.Last), "with --step: last, linear, mean or minmax"),
	}
}

// resampling is nil without a step.
func (a alignFlags) resampling(windows bool) (*series.Resampling, error) {
	if *a.step == 0 && *a.valid == 0 && *a.method == string(series.Last) {
		return nil, nil
	}
	if !windows || *a.step == 0 {
		return nil, misused("--align and --valid want --step, and --step wants --windows")
	}
	r := &series.Resampling{Step: *a.step, Method: series.Method(*a.method), Valid: *a.valid}
	if r.Valid == 0 {
		r.Valid = r.Step
	}
	if err := r.Check(); err != nil {
		return nil, usageError{err}
	}
	return r, nil
}
