package agent

import (
	"errors"
	"path/filepath"

	"edgelabel/agent/label"
	"edgelabel/agent/learn"
	"edgelabel/agent/learn/similar"
	"edgelabel/agent/pipeline"
	"edgelabel/store"
	"edgelabel/ui"
)

var (
	_ learn.Store     = (*store.Store)(nil)
	_ similar.History = (*store.Store)(nil)
	_ similar.Index   = (*learn.Ledger)(nil)
	_ ui.Judged       = (*learn.Ledger)(nil)
	_ ui.Similar      = (*similar.Finder)(nil)
	_ ui.Spreader     = (*learn.Spreader)(nil)
)

// learning is what verdicts teach.
type learning struct {
	ledger *learn.Ledger
	finder *similar.Finder
	spread *learn.Spreader
}

func (a *Agent) openLearning() (err error) {
	every := map[string]int{}
	for _, c := range cameras(a.cfg) {
		if c.Select == pipeline.SelectEvery {
			every[c.Name] = max(c.EveryN, 1)
		}
	}
	l := &a.learning
	l.ledger = learn.New(learn.Config{Items: a.store, Feed: a.store, Every: every, Now: a.opt.Now, Log: a.opt.Log})
	l.finder = similar.New(similar.Config{
		History: a.store, Items: a.store, Index: l.ledger, Now: a.opt.Now, MaxPixels: a.cfg.Web.Ingest.MaxPixels,
	})
	g := a.cfg.Gateway
	l.spread, err = learn.OpenSpreader(learn.SpreaderConfig{
		Store: a.store, Path: filepath.Join(a.cfg.Data.Dir, "rules", "propagated.jsonl"), AssetOf: a.assetOf, Now: a.opt.Now,
		Place: label.Place{Site: g.Site, Area: g.Area, Line: g.Line}, Simulated: g.Simulated,
	})
	return err
}

// assetOf is the asset of a tag, empty where it has none.
func (a *Agent) assetOf(tag string) string {
	for _, t := range a.tags {
		if t.ID == tag {
			return t.Asset
		}
	}
	return ""
}

func (l *learning) close() error {
	var errs []error
	if l.spread != nil {
		errs = append(errs, l.spread.Close())
	}
	return errors.Join(errs...)
}

// tasks are what runs beside the pipeline.
func (l *learning) tasks() ring { return ring{{"learning", l.ledger.Run}} }

func (l *learning) page() ui.Learning {
	return ui.Learning{Judged: l.ledger, Similar: l.finder, Spread: l.spread}
}

func (a *Agent) learningMetrics(m exposition) {
	items, lost := a.learning.ledger.Stats()
	m.gauge("learning_items", "", float64(items))
	m.counter("learning_hints_lost_total", "", lost)
}
