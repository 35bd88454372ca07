package agent

import (
	"edgelabel/agent/learn"
	"edgelabel/agent/pipeline"
	"edgelabel/store"
	"edgelabel/ui"
)

var (
	_ learn.Items = (*store.Store)(nil)
	_ ui.Judged   = (*learn.Ledger)(nil)
)

// learning is what verdicts teach.
type learning struct {
	ledger *learn.Ledger
}

func (a *Agent) newLearning() {
	every := map[string]int{}
	for _, c := range cameras(a.cfg) {
		if c.Select == pipeline.SelectEvery {
			every[c.Name] = max(c.EveryN, 1)
		}
	}
	a.learning.ledger = learn.New(learn.Config{Items: a.store, Feed: a.store, Every: every, Now: a.opt.Now, Log: a.opt.Log})
}

// tasks are what runs beside the pipeline.
func (l *learning) tasks() ring { return ring{{"learning", l.ledger.Run}} }

func (l *learning) page() ui.Learning { return ui.Learning{Judged: l.ledger} }

func (a *Agent) learningMetrics(m exposition) {
	items, lost := a.learning.ledger.Stats()
	m.gauge("learning_items", "", float64(items))
	m.counter("learning_hints_lost_total", "", lost)
}
