package plan

import (
	"cmp"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/detect"
	"edgelabel/agent/pipeline"
)

// Assets turns the configuration's assets into the pipeline's.
func Assets(cfg *config.Config) []pipeline.Asset {
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

// Cameras turns the configuration's cameras into the pipeline's.
func Cameras(cfg *config.Config) []pipeline.Camera {
	var all []pipeline.Camera
	for _, c := range cfg.Cameras {
		all = append(all, pipeline.Camera{
			Name: c.Name, Asset: c.Asset, Select: selections(c.Select), EveryN: c.Every,
			Before: time.Duration(c.Before), After: time.Duration(c.After), MMPerPx: c.MMPerPx, MMPerCount: c.MMPerCount,
		})
	}
	return all
}
