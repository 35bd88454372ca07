package config

import (
	"errors"
	"fmt"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/formula"
	"edgelabel/agent/series"
)

// Deviation flags a value that is too far from another signal, its setpoint. The limits are measured from there.
type Deviation struct {
	From     string   `yaml:"from"`
	LL       *float64 `yaml:"ll"`
	L        *float64 `yaml:"l"`
	H        *float64 `yaml:"h"`
	HH       *float64 `yaml:"hh"`
	Deadband float64  `yaml:"deadband"`
}

// Expression flags a condition over several signals that holds, or a number made of them that is beyond a limit.
type Expression struct {
	Of       string   `yaml:"of"`
	LL       *float64 `yaml:"ll"`
	L        *float64 `yaml:"l"`
	H        *float64 `yaml:"h"`
	HH       *float64 `yaml:"hh"`
	Deadband float64  `yaml:"deadband"`
}

// SPC keeps a control chart.
type SPC struct {
	Plot     string  `yaml:"plot"`
	Rules    []int   `yaml:"rules"`
	Run      int     `yaml:"run"`
	Learn    int     `yaml:"learn"`
	Decouple string  `yaml:"decouple"`
	Lambda   float64 `yaml:"lambda"`
	Width    float64 `yaml:"width"`
	Shift    float64 `yaml:"shift"`
	Decision float64 `yaml:"decision"`
}

func (s *SPC) setDefaults() {
	c := detect.Chart{}.Complete()
	*s = SPC{c.Plot, c.Rules, c.Run, c.Learn, c.Decouple, c.Lambda, c.Width, c.Shift, c.Decision}
}

// Chart is the same for the detector.
func (s SPC) Chart() detect.Chart {
	return detect.Chart{
		Plot: s.Plot, Rules: s.Rules, Run: s.Run, Learn: s.Learn, Decouple: s.Decouple, Lambda: s.Lambda, Width: s.Width, Shift: s.Shift, Decision: s.Decision,
	}
}

// kindOf tells what a configured tag carries.
func kindOf(tags []Tag) func(string) (series.Kind, bool) {
	known := make(map[string]series.Kind, len(tags))
	for _, t := range tags {
		known[t.ID] = series.Kind(t.Kind)
	}
	return func(tag string) (series.Kind, bool) {
		kind, ok := known[tag]
		return kind, ok
	}
}

// several checks what a rule says about other signals.
func (v *validator) several(path string, r *Rule, kind func(string) (series.Kind, bool)) {
	if condition, ok := v.formula(path+".when", r.When, kind); ok && !condition {
		v.wrong(path+".when", "%q is a number, want a condition", r.When)
	}
	switch {
	case r.Deviation != nil:
		v.deviation(path+".deviation", r.Deviation, kind)
	case r.Expression != nil:
		v.expression(path+".expression", r.Expression, kind)
	case r.SPC != nil:
		v.fields(path+".spc", detect.Rule{Kind: detect.SPC, Chart: r.SPC.Chart()})
	}
}

func (v *validator) deviation(path string, d *Deviation, kind func(string) (series.Kind, bool)) {
	if k, ok := kind(d.From); !ok || k != series.Number {
		v.wrong(path+".from", "%q: want the tag of the setpoint, a number", d.From)
		return
	}
	v.fields(path, detect.Rule{Kind: detect.Deviation, From: d.From, LL: d.LL, L: d.L, H: d.H, HH: d.HH, Deadband: d.Deadband})
}

func (v *validator) expression(path string, e *Expression, kind func(string) (series.Kind, bool)) {
	r := detect.Rule{Kind: detect.Expression, Of: e.Of, LL: e.LL, L: e.L, H: e.H, HH: e.HH, Deadband: e.Deadband}
	v.fields(path, r)
	condition, ok := v.formula(path+".of", e.Of, kind)
	switch {
	case ok && condition && r.HasLimits():
		v.wrong(path, "%q is true or false, want no limits", e.Of)
	case ok && !condition && !r.HasLimits():
		v.wrong(path, "%q is a number, want at least one of ll, l, h and hh", e.Of)
	}
}

// fields reports what the detectors find wrong with a rule, at the keys of the same names.
func (v *validator) fields(path string, r detect.Rule) {
	joined, ok := r.Check().(interface{ Unwrap() []error })
	if !ok {
		return
	}
	for _, err := range joined.Unwrap() {
		var p *detect.Problem
		if errors.As(err, &p) {
			v.wrong(path+"."+p.Field, "%s", p.Text)
		}
	}
}

// formula compiles a formula, and points at the column inside it that is wrong.
func (v *validator) formula(path, text string, kind func(string) (series.Kind, bool)) (condition, ok bool) {
	if text == "" {
		return false, false
	}
	f, err := formula.Compile(text, kind)
	if err == nil {
		return f.Condition(), true
	}
	at, message := v.locate(path), err.Error()
	var e *formula.Error
	if errors.As(err, &e) && e.Line == 1 && !at.block {
		at.column, message = at.column+at.quote+e.Column-1, e.Text
	}
	v.problems = append(v.problems, Problem{Line: at.line, Column: at.column, Path: path, Message: fmt.Sprintf("%q: %s", text, message)})
	return false, false
}
