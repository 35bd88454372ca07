// Package catalog builds the detector that a rule asks for. It is the one place that knows every algorithm.
package catalog

import (
	"fmt"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/change"
	"edgelabel/agent/detect/condition"
	"edgelabel/agent/detect/draw"
	"edgelabel/agent/detect/formula"
	"edgelabel/agent/detect/limit"
	"edgelabel/agent/detect/missing"
	"edgelabel/agent/detect/multivariate"
	"edgelabel/agent/detect/novelty"
	"edgelabel/agent/detect/rate"
	"edgelabel/agent/detect/robustz"
	"edgelabel/agent/detect/shape"
	"edgelabel/agent/detect/spc"
	"edgelabel/agent/detect/stuck"
	"edgelabel/agent/series"
)

// New returns the detector for a rule on a tag. What the rule leaves out is filled in.
func New(tag series.Tag, r detect.Rule) (detect.Detector, error) {
	r = r.Complete(tag)
	if err := r.Check(); err != nil {
		return nil, fmt.Errorf("rule %s: %w", r.Name, err)
	}
	switch r.Kind {
	case detect.Limit, detect.Deviation:
		return limit.New(tag, r), nil
	case detect.Expression:
		if r.HasLimits() {
			return limit.New(tag, r), nil
		}
		return condition.New(tag, r), nil
	case detect.SPC:
		return spc.New(tag, r), nil
	case detect.Stuck:
		return stuck.New(tag, r), nil
	case detect.Missing:
		return missing.New(tag, r), nil
	case detect.Sample:
		return draw.New(tag, r), nil
	case detect.Rate:
		return rate.New(tag, r), nil
	case detect.RobustZ:
		return robustz.New(tag, r), nil
	case detect.Novelty:
		return novelty.New(tag, r), nil
	case detect.Change:
		return change.New(tag, r), nil
	case detect.Shape:
		return shape.New(tag, r), nil
	}
	return nil, fmt.Errorf("rule %s: no detector for kind %q", r.Name, r.Kind)
}

// Formula compiles the formula of a rule over tags whose kinds are known. The error is *formula.Error.
func Formula(text string, kindOf func(tag string) (series.Kind, bool)) (detect.Formula, error) {
	f, err := formula.Compile(text, kindOf)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// NewPanel returns the detector that watches the signals of an asset together. What the rule leaves out is filled in.
func NewPanel(asset series.Tag, tags []series.Tag, r detect.Rule) (detect.Panel, error) {
	r = r.Complete(asset)
	if err := r.Check(); err != nil {
		return nil, fmt.Errorf("rule %s: %w", r.Name, err)
	}
	return multivariate.New(asset, tags, r), nil
}
