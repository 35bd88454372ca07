package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/detect/catalog"
	"edgelabel/collectors/mqtt"
	"edgelabel/collectors/opcua"
	"edgelabel/collectors/sparkplug"
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
	all := Tags(cfg)
	a.tags = bare(all)
	for _, t := range all {
		for _, r := range t.Rules {
			_, err := catalog.New(t.Tag, r)
			note(err)
		}
	}
	_, err = a.newInspector()
	note(err)
	note(a.checkReferences())
	_, err = a.newSources()
	note(err)
	for _, t := range cfg.Sync.Targets {
		_, err := OpenTarget(t)
		note(err)
	}
	for _, r := range cfg.Results {
		_, err := a.sender(r)
		note(err)
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
func Probes(cfg *config.Config, log *slog.Logger) []Probe {
	a := &Agent{cfg: cfg, opt: Options{Log: log, Now: time.Now}, tags: bare(Tags(cfg))}
	var all []Probe
	for _, o := range cfg.OPCUA {
		c := a.opcua(o)
		c.LastSeen = nil
		all = append(all, Probe{"opcua", o.Name, func(ctx context.Context) error { return opcua.Probe(ctx, c) }})
	}
	for _, m := range cfg.MQTT {
		c := a.mqtt(m)
		all = append(all, Probe{"mqtt", m.Name, func(ctx context.Context) error { return mqtt.Probe(ctx, c) }})
	}
	for _, p := range cfg.Sparkplug {
		c := a.sparkplug(p)
		all = append(all, Probe{"sparkplug", p.Name, func(ctx context.Context) error { return sparkplug.Probe(ctx, c) }})
	}
	for _, r := range cfg.Results {
		all = append(all, Probe{"results", r.Name, func(ctx context.Context) error { return a.probeResults(ctx, r) }})
	}
	for _, c := range cfg.Cameras {
		if try := a.probeCamera(c); try != nil {
			all = append(all, Probe{"camera", c.Name, try})
		}
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
	return all
}

// canMove writes and removes a file: what moving pictures out of the folder needs.
func canMove(dir string) error {
	f, err := os.CreateTemp(dir, ".edgelabel-probe-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(filepath.Clean(f.Name())))
}

func probeTarget(ctx context.Context, t config.Target, gateway string) error {
	target, err := OpenTarget(t)
	if err != nil {
		return err
	}
	c, err := uplink.Probe(ctx, target, gateway)
	if err != nil {
		return fmt.Errorf("target %s: %w", t.Name, err)
	}
	if !c.Exclusive {
		return fmt.Errorf("target %s: the store overwrites what it should refuse (If-None-Match); uploads work, but two gateways with one id would not be noticed", t.Name)
	}
	return nil
}
