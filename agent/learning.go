package agent

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/label"
	"edgelabel/agent/learn"
	"edgelabel/agent/learn/retune"
	"edgelabel/agent/learn/similar"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/plan"
	"edgelabel/agent/series"
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
	_ ui.Tuner        = (*retune.Desk)(nil)
	_ retune.Verdicts = (*learn.Ledger)(nil)
)

// learning is what verdicts teach.
type learning struct {
	ledger *learn.Ledger
	finder *similar.Finder
	spread *learn.Spreader
	book   *retune.Book
	desk   *retune.Desk
	teach  *learn.Teacher

	examples *learn.Examples
}

// openBook opens what people tuned: the pipeline is built with it.
func (l *learning) openBook(dir string) (err error) {
	l.book, err = retune.OpenBook(filepath.Join(dir, "rules", "tuned.jsonl"))
	return err
}

func (a *Agent) openLearning() (err error) {
	every := map[string]int{}
	for _, c := range plan.Cameras(a.cfg) {
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
		Store: spreadStore{a.store, countedLabels{a.store, a.opt.Now, &a.labels, &a.refused}}, Path: filepath.Join(a.cfg.Data.Dir, "rules", "propagated.jsonl"), AssetOf: a.assetOf, Now: a.opt.Now,
		Place: label.Place{Site: g.Site, Area: g.Area, Line: g.Line}, Simulated: g.Simulated,
	})
	if err != nil {
		return err
	}
	l.desk = retune.New(retune.Config{
		Book: l.book, History: a.store, Verdicts: l.ledger, Rule: a.watchedRule, Build: catalog.New, Apply: a.pipeline.Retune, Now: a.opt.Now, Log: a.opt.Log,
	})
	l.teach, err = learn.OpenTeacher(learn.TeacherConfig{
		Items: a.store, Feed: a.store, History: a.store.Window, Detector: string(detect.Novelty), Teach: a.pipeline.Teach,
		Path: filepath.Join(a.cfg.Data.Dir, "rules", "taught.jsonl"), Now: func() int64 { return a.opt.Now().UnixNano() }, Log: a.opt.Log,
	})
	if err != nil {
		return err
	}
	l.examples, err = a.openExamples()
	return err
}

// spreadStore counts propagated labels like those of the page.
type spreadStore struct {
	*store.Store
	labels ui.Labels
}

// AddLabel implements learn.Store.
func (s spreadStore) AddLabel(ctx context.Context, item string, d label.Draft, by label.Person, key string) (label.Label, error) {
	return s.labels.AddLabel(ctx, item, d, by, key)
}

// watchedRule is a rule on one signal that people may tune. What a budget sets by itself nobody tunes.
func (a *Agent) watchedRule(name string) (series.Tag, detect.Rule, bool) {
	for _, w := range a.pipeline.Watched() {
		if w.Rule.Name == name {
			budgeted := slices.ContainsFunc(plan.Assets(a.cfg), func(s pipeline.Asset) bool { return s.ID == w.Tag.Asset && s.Budget != (detect.Budget{}) })
			learns := slices.Contains([]detect.Kind{detect.RobustZ, detect.Novelty, detect.Shape}, w.Rule.Kind)
			return w.Tag, w.Rule, !budgeted || !learns
		}
	}
	return series.Tag{}, detect.Rule{}, false
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
	if l.book != nil {
		errs = append(errs, l.book.Close())
	}
	if l.teach != nil {
		errs = append(errs, l.teach.Close())
	}
	if l.examples != nil {
		errs = append(errs, l.examples.Close())
	}
	return errors.Join(errs...)
}

// tasks are what runs beside the pipeline.
func (l *learning) tasks() ring {
	return ring{{"verdicts", l.ledger.Run}, {"replays", l.desk.Run}, {"lessons", l.teach.Run}, {"examples", l.examples.Run}}
}

func (l *learning) page() ui.Learning {
	return ui.Learning{Judged: l.ledger, Similar: l.finder, Spread: l.spread, Tuner: l.desk}
}

func (a *Agent) learningMetrics(m exposition) {
	items, lost := a.learning.ledger.Stats()
	m.gauge("learning_items", "", float64(items))
	m.counter("learning_hints_lost_total", "", lost)
	m.counter("learning_lessons_total", "", a.learning.teach.Count())
}
