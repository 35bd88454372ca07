package main

import (
	"context"
	"errors"
	"path/filepath"

	"edgelabel/agent/config"
	"edgelabel/agent/label"
	"edgelabel/configs"
	"edgelabel/store"

	"github.com/rogpeppe/go-internal/testscript"
)

// makeGateway gives each script a data directory with one labelled item that no target has.
func makeGateway(env *testscript.Env) error {
	taxonomy, err := config.ParseTaxonomy("taxonomy.yaml", configs.Taxonomy)
	if err != nil {
		return err
	}
	s, err := store.Open(filepath.Join(env.WorkDir, "gateway"), store.Options{Targets: []string{"centre"}, Taxonomy: *taxonomy, Reserve: -1, MinFree: -1})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	it := label.Item{ID: "01KDYAK3480000000000000000", Kind: label.KindImage, Created: 1, At: 1}
	err = s.CreateItem(ctx, it)
	if err == nil {
		_, err = s.AddLabel(ctx, it.ID, label.Draft{Verdict: label.OK}, label.Person{ID: "anna"}, "key")
	}
	cancel()
	return errors.Join(err, <-ended, s.Close())
}
