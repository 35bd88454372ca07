package sources

import (
	"time"

	"edgelabel/agent/config"
)

// clockSettled is how much a measured offset has to move before it is followed: what a network's delay makes of it is not the clock.
const clockSettled = time.Second

// Clocks answers how far the clocks of sources are ahead, as far as somebody asked for that to be put right. It is nil where nobody did.
func (s *Sources) Clocks() func() map[string]time.Duration {
	wanted := map[string]config.Clock{}
	for _, o := range s.cfg.OPCUA {
		wanted[o.Name] = o.Clock
	}
	for _, m := range s.cfg.MQTT {
		wanted[m.Name] = m.Clock
	}
	for _, p := range s.cfg.Sparkplug {
		wanted[p.Name] = p.Clock
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
		for _, src := range s.all {
			now := src.Status.Snapshot()
			if _, ok := wanted[now.Name]; ok && now.ClockKnown && (now.ClockOffset-ahead[now.Name]).Abs() > clockSettled {
				ahead[now.Name] = now.ClockOffset
			}
		}
		return ahead
	}
}
