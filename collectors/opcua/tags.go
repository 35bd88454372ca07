package opcua

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

// tag is one node of the configuration and what is remembered of it from connection to connection.
type tag struct {
	Node
	ref nodeRef

	last     series.Sample
	known    bool // last is set
	fresh    bool // nothing came yet on this connection
	refused  bool // the server does not report it
	unfit    bool // its last value did not fit
	sampling time.Duration

	before int64 // time of the newest sample before the hole that is open, 0: none
	after  int64 // time of the first one on this connection, 0: none yet
}

// begin is called for each connection. Attempts that end before the first heartbeat leave the hole open.
func (t *tag) begin(lastSeen func(string) int64) {
	t.after = 0
	switch {
	case t.before > 0:
	case t.known:
		t.before = t.last.Time()
	case lastSeen != nil:
		t.before = lastSeen(t.Tag)
	}
}

// nodes subscribes tags to nodes and keeps book of those that the server refuses.
type nodes struct {
	sub     *subscription
	cfg     Config
	tags    []*tag // the handle of a tag is its index and firstHandle
	batch   int    // nodes per call
	problem func(what, text string)
}

// createAll asks for all tags. A node that is refused is noted; only a failure of the connection is an error.
func (n *nodes) createAll(ctx context.Context) error {
	all := make([]int, len(n.tags))
	for i := range n.tags {
		all[i] = i
	}
	return n.create(ctx, all)
}

// retry asks again for the tags that were refused.
func (n *nodes) retry(ctx context.Context) error {
	var refused []int
	for i, t := range n.tags {
		if t.refused {
			refused = append(refused, i)
		}
	}
	if len(refused) == 0 {
		return nil
	}
	if err := guard(func() error { return n.sub.client.UpdateNamespaces(ctx) }); err != nil {
		return fmt.Errorf("read namespaces: %w", err)
	}
	return n.create(ctx, refused)
}

func (n *nodes) create(ctx context.Context, indexes []int) error {
	var known []int
	var requests []*ua.MonitoredItemCreateRequest
	for _, i := range indexes {
		t := n.tags[i]
		node, err := t.ref.resolve(n.sub.client.Namespaces())
		if err != nil {
			n.refuse(t, err)
			continue
		}
		known = append(known, i)
		requests = append(requests, itemRequest(node, firstHandle+uint32(i), t.sampling, n.cfg.queueSize(t.sampling)))
	}
	for chunk := range slices.Chunk(known, n.batch) {
		results, err := n.sub.monitor(ctx, requests[:len(chunk)])
		if err != nil {
			return fmt.Errorf("subscribe to %d nodes from %s on: %w", len(chunk), n.tags[chunk[0]].NodeID, err)
		}
		requests = requests[len(chunk):]
		for k, i := range chunk {
			n.settle(n.tags[i], results[k])
		}
	}
	return nil
}

func (n *nodes) settle(t *tag, r *ua.MonitoredItemCreateResult) {
	if series.QualityOf(uint32(r.StatusCode)) == series.Bad {
		n.refuse(t, r.StatusCode)
		return
	}
	if t.refused {
		t.refused = false
		n.problem(t.Tag, "")
	}
	t.fresh = true
	n.problem(t.Tag+" queue", queueWarning(r, n.sub.RevisedPublishingInterval))
}

func (n *nodes) refuse(t *tag, err error) {
	t.refused = true
	n.problem(t.Tag, fmt.Sprintf("the server does not report %s: %v; tried again every %v", t.NodeID, err, n.cfg.RetryNodes))
}

// queueWarning says when the queue that the server grants cannot hold what it samples between two publications.
func queueWarning(r *ua.MonitoredItemCreateResult, publish time.Duration) string {
	sampling := milliseconds(r.RevisedSamplingInterval)
	if sampling == 0 || time.Duration(r.RevisedQueueSize)*sampling >= publish {
		return ""
	}
	return fmt.Sprintf("the server samples every %v and publishes every %v, but keeps only %d values in between: changes can be lost",
		sampling, publish, r.RevisedQueueSize)
}
