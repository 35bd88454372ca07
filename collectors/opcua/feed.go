package opcua

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

// feed is the way in for the nodes of one group: a subscription, or a poller where the group is polled or the server has no subscriptions.
// Its server clock beats in it like one more value; what is known from that belongs to the goroutine of Run.
type feed struct {
	group  Group
	id     uint32 // what comes by it carries this
	sub    *subscription
	poll   *poller
	every  time.Duration // how long a value may wait at the server
	silent time.Duration // silence after which it counts as dead

	heard time.Time // when something came last
	up    bool      // a heartbeat came
	alive moment    // nothing is missing up to here; device 0: unknown
}

// eventFeed is the index of the feed by which events come.
const eventFeed = -1

// pollerID is the id of the first poller: servers count subscriptions from below.
const pollerID uint32 = math.MaxUint32 - 1<<16

// errPolled says that the server refused a subscription and that the next connection polls.
var errPolled = errors.New("the server offers no subscriptions; polling from the next connection on")

// openFeeds makes a feed for every group that has nodes, and one for events.
func (c *Collector) openFeeds(ctx context.Context, s *session, n *nodes, problem func(what, text string)) error {
	groups := c.cfg.allGroups()
	wanted := map[int]Group{}
	for i, g := range groups {
		if c.uses(i) {
			wanted[i] = g
		}
	}
	if len(c.events) > 0 && !c.polls {
		wanted[eventFeed] = groups[0]
	}
	n.feeds = map[int]*feed{}
	for _, i := range slices.Sorted(maps.Keys(wanted)) {
		f, err := c.openFeed(ctx, s, n, i, wanted[i])
		if err != nil {
			return err
		}
		n.feeds[i] = f
	}
	text := ""
	if c.polls {
		text = "the server offers none: values are read instead, changes between two reads are missed, and there are no events"
	}
	problem("subscriptions", text)
	return nil
}

// uses tells whether the group has nodes, or may get some. A source without any still shows that it is there.
func (c *Collector) uses(group int) bool {
	if group == 0 && len(c.roster.all) == 0 && len(c.events) == 0 {
		return true
	}
	for _, t := range c.roster.all {
		if t.group == group {
			return true
		}
	}
	for _, b := range c.branches {
		if b.group == group {
			return true
		}
	}
	return false
}

func (c *Collector) openFeed(ctx context.Context, s *session, n *nodes, i int, g Group) (*feed, error) {
	if g.Poll == 0 && c.polls {
		g.Poll = max(g.Publish, g.Sampling)
	}
	if g.Poll > 0 && i != eventFeed {
		id := pollerID + uint32(i)
		p := &poller{client: s.client, every: g.Poll, batch: n.reads, id: id, notes: n.notes}
		return &feed{group: g, id: id, poll: p, every: g.Poll, silent: max(c.cfg.Heartbeat, 3*g.Poll), heard: c.cfg.Now()}, nil
	}
	sub, err := s.subscribe(ctx, g, c.maxNotifications(), n.notes)
	if isAny(err, ua.StatusBadServiceUnsupported, ua.StatusBadNotSupported, ua.StatusBadNotImplemented) {
		c.polls = true // the library ends the connection with such an answer
		return nil, fmt.Errorf("%w: %w", errPolled, err)
	}
	if err != nil {
		return nil, err
	}
	if need := 2 * sub.keepAlive(); need > c.cfg.requestTimeout {
		c.cfg.requestTimeout = need
		return nil, fmt.Errorf("%w: it keeps alive every %v; connecting again with longer waits", errRevised, sub.keepAlive())
	}
	return &feed{group: g, id: sub.SubscriptionID, sub: sub, every: sub.RevisedPublishingInterval,
		silent: max(c.cfg.Heartbeat, 3*sub.RevisedPublishingInterval), heard: c.cfg.Now()}, nil
}

// maxNotifications keeps a publication below 2 MB, which is what the library assumes of servers that name no limit.
func (c *Collector) maxNotifications() uint32 {
	for _, t := range c.roster.all {
		if t.Kind == series.Wave || t.Kind == "" {
			return maxNotificationsWaves
		}
	}
	return maxNotifications
}

// startPolling reads what is not subscribed to. stop ends it and waits.
func (n *nodes) startPolling(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var polling sync.WaitGroup
	for _, f := range n.feeds {
		if f.poll != nil {
			polling.Go(func() { f.poll.run(ctx) })
		}
	}
	return func() {
		cancel()
		polling.Wait()
	}
}

// poller reads nodes again and again and hands on what it read as if it had been published.
type poller struct {
	client *opcua.Client
	every  time.Duration
	batch  int // nodes per call
	id     uint32
	notes  chan<- *opcua.PublishNotificationData

	mu      sync.Mutex
	handles []uint32
	nodes   []*ua.NodeID
}

// add makes one more node be read, from the next round on.
func (p *poller) add(handle uint32, node *ua.NodeID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handles, p.nodes = append(p.handles, handle), append(p.nodes, node)
}

// run reads until ctx ends or reading fails, which it hands on too.
func (p *poller) run(ctx context.Context) {
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	for {
		note := &opcua.PublishNotificationData{SubscriptionID: p.id}
		note.Value, note.Error = p.round(ctx)
		select {
		case p.notes <- note:
		case <-ctx.Done():
			return
		}
		if note.Error != nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (p *poller) round(ctx context.Context) (*ua.DataChangeNotification, error) {
	p.mu.Lock()
	handles, nodes := p.handles, p.nodes
	p.mu.Unlock()
	out := &ua.DataChangeNotification{}
	for i := 0; i < len(nodes); i += p.batch {
		end := min(i+p.batch, len(nodes))
		values, err := read(ctx, p.client, nodes[i:end])
		if err != nil {
			return out, fmt.Errorf("read %d nodes: %w", end-i, err)
		}
		for k, dv := range values {
			out.MonitoredItems = append(out.MonitoredItems, &ua.MonitoredItemNotification{ClientHandle: handles[i+k], Value: dv})
		}
	}
	return out, nil
}
