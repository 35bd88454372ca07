package plan

import (
	"fmt"
	"slices"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/detect"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

func rules(t config.Tag) []detect.Rule {
	out := make([]detect.Rule, 0, len(t.Rules))
	for _, r := range t.Rules {
		d := detect.Rule{
			Severity: r.Severity, OnDelay: time.Duration(r.OnDelay), OffDelay: time.Duration(r.OffDelay), Refractory: time.Duration(r.Refractory),
			When: r.When, OutOfService: r.OutOfService,
		}
		if r.Name != "" {
			d.Name = t.ID + "." + r.Name
		}
		switch {
		case r.Limit != nil:
			d.Kind, d.LL, d.L, d.H, d.HH, d.Deadband = detect.Limit, r.Limit.LL, r.Limit.L, r.Limit.H, r.Limit.HH, r.Limit.Deadband
		case r.Deviation != nil:
			of := r.Deviation
			d.Kind, d.From, d.LL, d.L, d.H, d.HH, d.Deadband = detect.Deviation, of.From, of.LL, of.L, of.H, of.HH, of.Deadband
		case r.Expression != nil:
			of := r.Expression
			d.Kind, d.Of, d.LL, d.L, d.H, d.HH, d.Deadband = detect.Expression, of.Of, of.LL, of.L, of.H, of.HH, of.Deadband
		case r.SPC != nil:
			d.Kind, d.Chart = detect.SPC, r.SPC.Chart()
		case r.Stuck != nil:
			d.Kind, d.Period, d.Epsilon = detect.Stuck, time.Duration(r.Stuck.For), r.Stuck.Epsilon
		case r.Missing != nil:
			d.Kind, d.Period = detect.Missing, time.Duration(r.Missing.After)
		case r.Rate != nil:
			d.Kind, d.PerSecond, d.Over, d.Deadband = detect.Rate, r.Rate.Max, time.Duration(r.Rate.Over), r.Rate.Deadband
		case r.Change != nil:
			d.Kind, d.Threshold, d.Warmup = detect.Change, r.Change.Threshold, r.Change.Learn
		case r.Shape != nil:
			d.Kind, d.Threshold, d.Warmup = detect.Shape, r.Shape.Threshold, r.Shape.Learn
		case r.Novelty != nil:
			d.Kind, d.Threshold, d.Warmup = detect.Novelty, r.Novelty.Threshold, r.Novelty.Learn
		case r.RobustZ != nil:
			d.Kind, d.Threshold, d.Window, d.MinScale = detect.RobustZ, r.RobustZ.Threshold, r.RobustZ.Samples, r.RobustZ.MinScale
		}
		out = append(out, d)
	}
	return out
}

// drawnFor is the length of a window that is drawn at random.
const drawnFor = time.Minute

// drawn has windows of assets drawn at random, by the samples of their first number.
func drawn(cfg *config.Config, all []pipeline.Tag) []pipeline.Tag {
	for _, a := range cfg.Assets {
		i := slices.IndexFunc(all, func(t pipeline.Tag) bool { return t.Asset == a.ID && t.Kind == series.Number })
		if a.Random <= 0 || i < 0 {
			continue
		}
		t := &all[i]
		if t.Rules == nil {
			t.Rules = detect.Defaults(t.Tag)
		}
		t.Rules = append(slices.Clone(t.Rules), detect.Rule{
			Name: a.ID + ".random", Kind: detect.Sample, Severity: 1, Period: drawnFor, Draws: a.Random,
		})
	}
	return all
}

// Rule is a rule of a tag beside those that the configuration has for it, written as there but without a name.
func Rule(tags []config.Tag, tag, name string, text []byte) (detect.Rule, error) {
	i := slices.IndexFunc(tags, func(t config.Tag) bool { return t.ID == tag })
	if i < 0 {
		return detect.Rule{}, fmt.Errorf("the configuration has no tag %q", tag)
	}
	r, err := config.ParseRule(text, tags)
	if err != nil {
		return detect.Rule{}, err
	}
	r.Name = name
	of := tags[i]
	of.Rules = []config.Rule{*r}
	d := rules(of)[0]
	return d, d.Complete(series.Tag{ID: of.ID, Kind: series.Kind(of.Kind), Unit: of.Unit, Rate: of.Rate}).Check()
}
