package mqtt

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"edgelabel/collectors"
)

// Collector reads one broker. It implements collectors.Collector; Run must not be called while another Run is going on.
type Collector struct {
	cfg     Config
	dialect Dialect
	memory  *memory
	file    file
	dead    *dead

	// What one Run leaves to the next.
	state       state
	loaded      bool
	connections uint64 // generation of the current connection
	flaps       int    // connections in a row that ended early

	overflows atomic.Uint64
}

var _ collectors.Collector = (*Collector)(nil)

// New checks the configuration and reports everything that is wrong with it. It does not connect.
func New(cfg Config) (*Collector, error) {
	cfg.setDefaults()
	errs := []error{cfg.check()}
	c := &Collector{
		cfg: cfg, memory: newMemory(), file: stateFile(cfg.StateDir, cfg.Name),
		dialect: cfg.Dialect, dead: &dead{dir: cfg.DeadDir, most: cfg.DeadBytes},
	}
	d := &decoder{kind: cfg.Kind, maxPayload: cfg.MaxPayload, maxText: cfg.MaxText}
	for _, t := range cfg.Topics {
		r, err := newRoute(t)
		errs = append(errs, err)
		d.routes = append(d.routes, r)
	}
	if c.dialect == nil {
		c.dialect = d
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("mqtt source %q: %w", cfg.Name, err)
	}
	return c, nil
}

// Name implements collectors.Collector.
func (c *Collector) Name() string { return c.cfg.Name }

// Overflows counts the connections given up because more messages arrived than the inbox holds. None of those messages was
// acknowledged, so that the broker sends them again.
func (c *Collector) Overflows() uint64 { return c.overflows.Load() }

// Run connects with a client of its own, subscribes, and hands messages to the sink until the connection is lost or ctx ends. Each
// message is acknowledged after the sink has it on disk. When it ends it waits up to Config.Drain for what the sink still has.
func (c *Collector) Run(ctx context.Context, sink collectors.Sink, status *collectors.Status) error {
	c.loadState()
	c.connections++
	s := newSession(c, sink, status)
	err := s.run(ctx)
	c.saveState()
	if err == nil || ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("mqtt %s: %w", withoutPassword(c.cfg.URL), err)
}

func (c *Collector) loadState() {
	if c.loaded {
		return
	}
	c.loaded = true
	st, err := c.file.load()
	if err != nil {
		c.cfg.Log.Warn("session state is lost, old subscriptions may linger at the broker", "source", c.cfg.Name, "err", err)
	}
	broker := withoutPassword(c.cfg.URL) + " " + c.cfg.ClientID
	if st.Broker != broker {
		st = state{Broker: broker}
	}
	c.state = st
}

func (c *Collector) saveState() {
	if err := c.file.save(c.state); err != nil {
		c.cfg.Log.Warn("session state is not kept", "source", c.cfg.Name, "err", err)
	}
}

const (
	settled    = 5 * time.Second // a connection that lives for less is a bad sign
	manyInARow = 2
)

// lost says why a connection ended. One that is taken over again and again has a rival.
func (c *Collector) lost(err error, up time.Duration) error {
	if up >= settled {
		c.flaps = 0
		return fmt.Errorf("connection lost: %w", err)
	}
	c.flaps++
	if c.flaps < manyInARow {
		return fmt.Errorf("connection lost after %s: %w", up.Round(time.Millisecond), err)
	}
	return fmt.Errorf("connection lost after %s, %d times in a row: probably another client uses the client id %q too: %w",
		up.Round(time.Millisecond), c.flaps, c.cfg.ClientID, err)
}
