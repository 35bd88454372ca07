package plan

import (
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// cleaning turns what the configuration says of a tag into the pipeline's.
func cleaning(t config.Tag) pipeline.Cleaning {
	c := pipeline.Cleaning{Stale: time.Duration(t.Stale)}
	if t.Accept != "all" {
		c.Drop, c.Worst = true, series.Uncertain
	}
	if t.Accept == "good" {
		c.Worst = series.Good
	}
	if k := t.Counter; k != nil {
		c.Counter = &pipeline.Counter{Modulus: k.Rolls(), MaxStep: k.MaxStep}
	}
	if h := t.History; h != nil {
		c.History = pipeline.History{Deadband: h.Deadband, Exception: h.Exception, Swing: h.Swing, Every: time.Duration(h.Every)}
	}
	return c
}
