package opcua

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Group says how some nodes of a source are read. Zero intervals and queue are those of the source.
type Group struct {
	Name     string // by which nodes name it
	Publish  time.Duration
	Sampling time.Duration
	Queue    uint32 // per node on the server; 0: four times what is sampled between two publications, at least 10

	DiscardNewest bool // when the queue is full; otherwise the oldest value goes
	Deadband      Deadband
	Poll          time.Duration // read this often instead of being subscribed to; 0 subscribes
}

// Deadband is the change below which the server reports nothing. The zero value reports every change.
type Deadband struct {
	Value   float64
	Percent bool // of the node's EURange, which it then needs
}

func (c Config) complete(g Group) Group {
	setDefault(&g.Publish, c.PublishInterval)
	setDefault(&g.Sampling, c.SamplingInterval)
	if g.Queue == 0 {
		g.Queue = c.QueueSize
	}
	return g
}

// allGroups is the source's own group, which has no name, and those that it names.
func (c Config) allGroups() []Group {
	all := []Group{c.complete(Group{Poll: c.Poll})}
	for _, g := range c.Groups {
		all = append(all, c.complete(g))
	}
	return all
}

func (g Group) validate() error {
	var errs []error
	if min(g.Publish, g.Sampling, g.Poll) < 0 {
		errs = append(errs, errors.New("intervals must not be negative"))
	}
	if v := g.Deadband.Value; v < 0 || math.IsNaN(v) || g.Deadband.Percent && v > 100 {
		errs = append(errs, fmt.Errorf("deadband %g: expected zero or more, and at most 100 percent", v))
	}
	if g.Poll > 0 && (g.Deadband.Value != 0 || g.DiscardNewest) {
		errs = append(errs, errors.New("deadband and discard policy need a subscription; polling has neither"))
	}
	return errors.Join(errs...)
}

// queueSize is how many values the server should keep for a node between two publications.
func (g Group) queueSize(sampling time.Duration) uint32 {
	if g.Queue > 0 {
		return g.Queue
	}
	return max(minQueueSize, uint32(4*g.Publish/sampling))
}

// keepAlive is how often an idle server should show that it is there.
func (g Group) keepAlive() time.Duration {
	return max(1, keepAliveEvery/g.Publish) * g.Publish
}

// title is how messages call the group.
func (g Group) title() string {
	if g.Name == "" {
		return "its subscription"
	}
	return "group " + g.Name
}
