package agent

import (
	"context"
	"errors"
	"fmt"
	"io"

	"edgelabel/store"
	"edgelabel/sync/postgres"
	"edgelabel/ui"
)

var _ postgres.Receipts = (*store.Store)(nil)

// newCatalogue makes what tells a database about the batches that are at a target; nothing where none is configured.
func (a *Agent) newCatalogue() error {
	c := a.cfg.Sync.Catalogue
	if c == nil {
		return nil
	}
	of, ok := a.cfg.Sync.Named(c.Target)
	if !ok {
		return fmt.Errorf("catalogue: no target %q", c.Target)
	}
	target, err := OpenTarget(of)
	if err != nil {
		return err
	}
	a.catalogue, err = postgres.NewFollower(postgres.FollowConfig{
		Database: c.Database(), Gateway: a.cfg.Gateway.ID, Name: of.Name, Target: target, Receipts: a.store, Log: a.opt.Log,
	})
	return err
}

// catalogueStatus is what the status page says about the catalogue.
func catalogueStatus(s postgres.State) ui.Target {
	state := "idle"
	switch {
	case s.Error != "":
		state = "waiting"
	case s.Behind > 0:
		state = "uploading"
	}
	return ui.Target{Name: "catalogue", Kind: "postgres", State: state, Error: s.Error, Pending: int(s.Behind), LastBatch: int64(s.Number)}
}

func (a *Agent) catalogueMetrics(w io.Writer) {
	if a.catalogue == nil {
		return
	}
	m, s := exposition{w}, a.catalogue.State()
	m.gauge("catalogue_behind_batches", "", float64(s.Behind))
	m.counter("catalogue_batches_total", "", s.Batches)
	m.counter("catalogue_failures_total", "", s.Failures)
}

// probeCatalogue connects once and looks at the schema.
func probeCatalogue(ctx context.Context, db postgres.Config) error {
	c, err := postgres.Open(ctx, db)
	if err != nil {
		return err
	}
	return errors.Join(c.Check(ctx), c.Close())
}
