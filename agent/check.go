package agent

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/plan"
	"edgelabel/agent/sources"
	"edgelabel/sync/uplink"
)

// Check finds what is wrong with a configuration beyond its own text: taxonomy, patterns, rules, targets. Nothing is opened or connected.
func Check(cfg *config.Config, log *slog.Logger) error {
	a := &Agent{cfg: cfg, opt: Options{Log: log, Now: time.Now}}
	var errs []error
	note := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	_, err := firstTaxonomy(cfg)
	note(err)
	all := plan.Tags(cfg)
	a.tags = plan.Bare(all)
	for _, t := range all {
		for _, r := range t.Rules {
			_, err := catalog.New(t.Tag, r)
			note(err)
		}
	}
	_, err = a.newInspector()
	note(err)
	note(a.checkReferences())
	a.sources, err = sources.New(cfg, a.tags, sources.Options{Log: log, Now: time.Now})
	note(err)
	for _, t := range cfg.Sync.Targets {
		_, err := OpenTarget(t)
		note(err)
	}
	if err == nil {
		for _, r := range cfg.Results {
			_, err := a.sender(r)
			note(err)
		}
	}
	note(a.newCatalogue())
	return errors.Join(errs...)
}

// Probe tries one source or target.
type Probe struct {
	Kind, Name string
	Try        func(ctx context.Context) error
}

// Probes lists what `check --probe` tries: every source and every target. An OPC UA probe makes this gateway's certificate when there is
// none yet.
func Probes(cfg *config.Config, log *slog.Logger) ([]Probe, error) {
	a := &Agent{cfg: cfg, opt: Options{Log: log, Now: time.Now}, tags: plan.Bare(plan.Tags(cfg))}
	var err error
	if a.sources, err = sources.New(cfg, a.tags, sources.Options{Log: log, Now: time.Now}); err != nil {
		return nil, err
	}
	var all []Probe
	for _, p := range a.sources.Probes() {
		all = append(all, Probe(p))
	}
	for _, r := range cfg.Results {
		all = append(all, Probe{"results", r.Name, func(ctx context.Context) error { return a.probeResults(ctx, r) }})
	}
	for _, c := range cfg.Cameras {
		if c.Model != nil {
			all = append(all, Probe{"model", c.Name, func(ctx context.Context) error { return a.probeModel(ctx, c) }})
		}
	}
	for _, t := range cfg.Sync.Targets {
		all = append(all, Probe{"target", t.Name, func(ctx context.Context) error { return probeTarget(ctx, t, cfg.Gateway.ID) }})
	}
	if c := cfg.Sync.Catalogue; c != nil {
		all = append(all, Probe{"catalogue", "catalogue", func(ctx context.Context) error { return probeCatalogue(ctx, c.Database()) }})
	}
	return all, nil
}

func probeTarget(ctx context.Context, t config.Target, gateway string) error {
	target, err := OpenTarget(t)
	if err != nil {
		return err
	}
	c, err := uplink.Probe(ctx, target, gateway)
	if err != nil {
		return err
	}
	if !c.Exclusive {
		return errors.New("the store overwrites what it should refuse (If-None-Match); uploads work, but two gateways with one id would not be noticed")
	}
	return nil
}
