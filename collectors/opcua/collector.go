package opcua

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
	"edgelabel/collectors"
)

// Collector reads one OPC UA server. It implements collectors.Collector and collectors.Finisher.
type Collector struct {
	cfg    Config
	roster *roster
	queue  *queue
	outage outage
	holes  *ledger        // what waits to be read back from history; nil without Backfill and before the first Run
	batch  int            // nodes per call that the server is known to bear
	polls  bool           // the server is known to have no subscriptions
	left   *opcua.Session // of the connection before, which the server may still keep; nil for none

	branches []*branch
	events   []*watch
}

// New returns a collector. It connects to nothing; its error lists everything that is wrong with the configuration.
func New(c Config) (*Collector, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("OPC UA source %s: %w", c.Name, err)
	}
	r, branches, err := c.newRoster()
	if err != nil {
		return nil, err
	}
	col := &Collector{cfg: c, roster: r, branches: branches, queue: newQueue(c.Name, c.Buffer), batch: maxItemsPerCall}
	for _, e := range c.Events {
		col.events = append(col.events, newWatch(e))
	}
	return col, nil
}

// Name implements collectors.Collector.
func (c *Collector) Name() string { return c.cfg.Name }

// Run implements collectors.Collector. What it received but could not deliver when it ends is delivered by the next Run.
func (c *Collector) Run(ctx context.Context, sink collectors.Sink, status *collectors.Status) error {
	c.resume(status)
	stop := (&delivery{c.cfg.Name, c.queue, sink, status}).start(ctx)
	defer stop()
	err := c.connectAndReceive(ctx, sink, status)
	if ctx.Err() != nil {
		return nil
	}
	reason := series.GapDisconnected
	if errors.Is(err, errSilent) {
		reason = series.GapSilent
	}
	c.outage.lost(reason, err.Error())
	return err
}

// Finish implements collectors.Finisher: a source that is away when the agent stops leaves a gap up to now.
func (c *Collector) Finish(ctx context.Context, sink collectors.Sink, status *collectors.Status) error {
	if c.holes != nil {
		for _, h := range c.holes.rest() {
			h.giveUp("the agent stopped before it was read from history")
			for _, g := range h.gaps() {
				c.queue.addGap(g)
			}
		}
	}
	if g, ok := c.outage.end(c.cfg.Name, c.outage.shiftTo(c.cfg.Now().UnixNano())); ok {
		c.queue.addGap(g)
	}
	if c.queue.len() > 0 {
		last := make(chan struct{})
		close(last)
		(&delivery{c.cfg.Name, c.queue, sink, status}).loop(ctx, last)
	}
	if n := c.queue.len(); n > 0 {
		return fmt.Errorf("%d records of source %s were not stored before the end", n, c.cfg.Name)
	}
	return nil
}

// resume makes a gap of the time in which nobody ran this collector.
func (c *Collector) resume(status *collectors.Status) {
	if c.holes == nil && c.cfg.Backfill {
		var err error
		if c.holes, err = openLedger(c.cfg.StateDir, c.cfg.Name); err != nil {
			status.Problem("history", err.Error())
		}
	}
	if t := c.lastSeen(); !c.outage.known && t > 0 {
		c.outage.seen(c.cfg.Name, moment{device: t, gateway: t})
	}
	if c.outage.known {
		c.outage.lost(series.GapShutdown, "the agent was not running")
	}
}

// lastSeen is the newest time, UTC ns, that an earlier run of the agent stored of any tag.
func (c *Collector) lastSeen() (newest int64) {
	if c.cfg.LastSeen == nil {
		return 0
	}
	for _, t := range c.roster.all {
		newest = max(newest, c.cfg.LastSeen(t.Tag))
	}
	return newest
}

func (c *Collector) connectAndReceive(ctx context.Context, sink collectors.Sink, status *collectors.Status) error {
	s, err := c.open(ctx, status)
	if err != nil {
		return err
	}
	defer func() {
		s.close()
		c.left = s.client.Session()
	}()
	status.Clock(s.offset)
	n, err := c.subscribe(ctx, s, status)
	if err != nil {
		return withClock(err, s.offset)
	}
	stopPolling := n.startPolling(ctx)
	defer stopPolling()
	stop := c.startFilling(ctx, s, sink, status)
	defer stop()
	r := &receiver{cfg: c.cfg, roster: c.roster, nodes: n, events: c.events, outage: &c.outage, queue: c.queue, holes: c.holes, status: status,
		gaps: tagGaps{}, offset: s.offset}
	if err := r.receive(ctx, s); err != nil {
		return fmt.Errorf("%s: %w", c.cfg.Endpoint, withClock(err, s.offset))
	}
	return nil
}

// startFilling reads holes back beside the live data. stop ends it and waits.
func (c *Collector) startFilling(ctx context.Context, s *session, sink collectors.Sink, status *collectors.Status) (stop func()) {
	if c.holes == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var filling sync.WaitGroup
	filling.Go(func() { c.fillerFor(s, sink, status).run(ctx) })
	return func() {
		cancel()
		filling.Wait()
	}
}

// subscribe finds the nodes and asks for all of them, and for the heartbeats last: when those beat, everything before them is watched.
func (c *Collector) subscribe(ctx context.Context, s *session, status *collectors.Status) (*nodes, error) {
	find := &finder{cfg: c.cfg, roster: c.roster, branches: c.branches, problem: status.Problem}
	if err := find.find(ctx, s); err != nil {
		return nil, err
	}
	c.resume(status)
	for _, t := range c.roster.all {
		t.begin(c.cfg.LastSeen)
	}
	if err := learnWords(ctx, s, c.roster.all); err != nil {
		return nil, err
	}
	items, reads, err := s.limits(ctx)
	if err != nil {
		return nil, err
	}
	c.batch = min(c.batch, items)
	n := &nodes{client: s.client, cfg: c.cfg, roster: c.roster, finder: find, batch: c.batch, reads: reads, problem: status.Problem,
		notes: make(chan *opcua.PublishNotificationData, notificationBuffer)}
	if err := c.openFeeds(ctx, s, n, status.Problem); err != nil {
		return nil, err
	}
	if err := n.createAll(ctx); err != nil {
		if isAny(err, ua.StatusBadTooManyOperations, ua.StatusBadRequestTooLarge, ua.StatusBadResponseTooLarge,
			ua.StatusBadTCPMessageTooLarge, ua.StatusBadEncodingLimitsExceeded) {
			c.batch = max(1, min(c.batch, len(c.roster.all))/2) // the library ends the connection with such an answer: the next one asks for less
		}
		return nil, err
	}
	if err := n.watchEvents(ctx, c.events); err != nil {
		return nil, err
	}
	for _, f := range n.feeds {
		if err := f.watchHeart(ctx); err != nil {
			return nil, err
		}
	}
	c.logSubscribed(n)
	return n, nil
}

func (c *Collector) logSubscribed(n *nodes) {
	refused := 0
	for _, t := range c.roster.all {
		if t.refused {
			refused++
		}
	}
	c.cfg.Log.Info("subscribed", "source", c.cfg.Name, "nodes", len(c.roster.all)-refused, "refused", refused, "groups", len(n.feeds))
}
