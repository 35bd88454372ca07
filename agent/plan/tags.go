// Package plan turns the configuration into what the pipeline works by: tags with their rules and cleaning, assets and cameras.
package plan

import (
	"cmp"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

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

// Bare is the tags as everybody but the pipeline sees them.
func Bare(all []pipeline.Tag) []series.Tag {
	out := make([]series.Tag, len(all))
	for i, t := range all {
		out[i] = t.Tag
	}
	return out
}

// Kinds answers what a tag carries.
func Kinds(all []series.Tag) func(string) (series.Kind, bool) {
	known := make(map[string]series.Kind, len(all))
	for _, t := range all {
		known[t.ID] = t.Kind
	}
	return func(tag string) (series.Kind, bool) {
		kind, ok := known[tag]
		return kind, ok
	}
}
