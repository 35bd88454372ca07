package agent

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

// clockSettled is how much a measured offset has to move before it is followed: what a network's delay makes of it is not the clock.
const clockSettled = time.Second

// clocks answers how far the clocks of sources are ahead, as far as somebody asked for that to be put right. It is nil where nobody did.
func (a *Agent) clocks() func() map[string]time.Duration {
	wanted := map[string]config.Clock{}
	for _, o := range a.cfg.OPCUA {
		wanted[o.Name] = o.Clock
	}
	for _, m := range a.cfg.MQTT {
		wanted[m.Name] = m.Clock
	}
	for _, s := range a.cfg.Sparkplug {
		wanted[s.Name] = s.Clock
	}
	ahead := map[string]time.Duration{}
	for name, c := range wanted {
		if c.Ahead != 0 {
			ahead[name] = c.Ahead
		}
		if !c.Measured {
			delete(wanted, name)
		}
	}
	if len(wanted)+len(ahead) == 0 {
		return nil
	}
	return func() map[string]time.Duration {
		for _, src := range a.sources {
			s := src.status.Snapshot()
			if _, ok := wanted[s.Name]; ok && s.ClockKnown && (s.ClockOffset-ahead[s.Name]).Abs() > clockSettled {
				ahead[s.Name] = s.ClockOffset
			}
		}
		return ahead
	}
}
