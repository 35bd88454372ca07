package agent

import (
	"cmp"
	"slices"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/detect"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// sourceOf maps each tag that one OPC UA node or one literal MQTT topic or Sparkplug metric brings to the name of its source.
func sourceOf(cfg *config.Config) map[string]string {
	from := map[string]string{}
	for _, o := range cfg.OPCUA {
		opcuaTags(from, o, cfg.Tags)
	}
	for _, m := range cfg.MQTT {
		for _, topic := range m.Topics {
			from[topic.Tag] = m.Name
			for _, f := range topic.Fields {
				from[f.Tag] = m.Name
			}
		}
	}
	for _, s := range cfg.Sparkplug {
		for _, m := range s.Metrics {
			from[m.Tag] = s.Name
		}
	}
	delete(from, "")
	return from
}

// Tags turns the configuration's tags into the pipeline's.
func Tags(cfg *config.Config) []pipeline.Tag {
	from := sourceOf(cfg)
	var all []pipeline.Tag
	for _, t := range cfg.Tags {
		p := pipeline.Tag{
			Tag: series.Tag{
				ID: t.ID, Name: cmp.Or(t.Name, t.ID), Source: from[t.ID], Asset: t.Asset, Unit: t.Unit,
				Kind: series.Kind(t.Kind), Rate: t.Rate,
			},
			Scale: t.Scale, Offset: t.Offset, Min: t.Min, Max: t.Max, MaxDelay: time.Duration(t.MaxDelay), Cleaning: cleaning(t),
		}
		if t.Rules != nil {
			p.Rules = rules(t)
		}
		all = append(all, p)
	}
	return drawn(cfg, derived(cfg, all))
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

// bare is the tags as everybody but the pipeline sees them.
func bare(all []pipeline.Tag) []series.Tag {
	out := make([]series.Tag, len(all))
	for i, t := range all {
		out[i] = t.Tag
	}
	return out
}

// kinds answers what a tag carries.
func kinds(all []series.Tag) func(string) (series.Kind, bool) {
	known := make(map[string]series.Kind, len(all))
	for _, t := range all {
		known[t.ID] = t.Kind
	}
	return func(tag string) (series.Kind, bool) {
		kind, ok := known[tag]
		return kind, ok
	}
}

func assets(cfg *config.Config) []pipeline.Asset {
	var all []pipeline.Asset
	for _, a := range cfg.Assets {
		all = append(all, pipeline.Asset{
			ID: a.ID, Name: cmp.Or(a.Name, a.ID), Cell: a.Cell, PartTag: a.PartTag,
			Before: time.Duration(a.Before), After: time.Duration(a.After), MaxDuration: time.Duration(a.MaxDuration),
			Budget: a.Budget.Detect(), Together: together(a.Multivariate),
		})
	}
	return all
}

func together(m *config.Multivariate) *pipeline.Together {
	if m == nil {
		return nil
	}
	return &pipeline.Together{
		Step: time.Duration(m.Step),
		Rule: detect.Rule{Severity: m.Severity, Warmup: m.Learn, OnDelay: time.Duration(m.OnDelay), OffDelay: time.Duration(m.OffDelay), Refractory: time.Duration(m.Refractory)},
	}
}

// selections are the words of the configuration.
func selections(word string) pipeline.Select {
	return map[string]pipeline.Select{
		"not_ok": pipeline.SelectNG, "every": pipeline.SelectEvery, "all": pipeline.SelectAll, "none": pipeline.SelectNone,
	}[word]
}

func cameras(cfg *config.Config) []pipeline.Camera {
	var all []pipeline.Camera
	for _, c := range cfg.Cameras {
		all = append(all, pipeline.Camera{
			Name: c.Name, Asset: c.Asset, Select: selections(c.Select), EveryN: c.Every,
			Before: time.Duration(c.Before), After: time.Duration(c.After), MMPerPx: c.MMPerPx, MMPerCount: c.MMPerCount,
		})
	}
	return all
}
