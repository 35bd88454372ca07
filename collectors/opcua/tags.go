package opcua

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

// tag is one variable and what is remembered of it from connection to connection.
type tag struct {
	Node
	ref   nodeRef
	group int // index in Config.allGroups

	last     series.Sample
	known    bool // last is set
	fresh    bool // nothing came yet on this connection
	refused  bool // the server does not report it
	polled   bool // on this connection, and whether it is refused shows each time
	unfit    bool // its last value did not fit
	sampling time.Duration
	queue    uint32
	newest   bool // the newest value goes when the server's queue is full
	deadband Deadband
	words    words // of an enumeration; nil for others

	before int64 // time of the newest sample before the hole that is open, 0: none
	after  int64 // time of the first one on this connection, 0: none yet
}

// begin is called for each connection. Attempts that end before the first heartbeat leave the hole open.
func (t *tag) begin(lastSeen func(string) int64) {
	t.after, t.polled = 0, false
	switch {
	case t.before > 0:
	case t.known:
		t.before = t.last.Time()
	case lastSeen != nil:
		t.before = lastSeen(t.Tag)
	}
}

// decode makes a sample of what the server says.
func (t *tag) decode(dv *ua.DataValue, received int64) (series.Sample, error) {
	return decode(t.Tag, t.Kind, t.words.in(dv), received)
}

func (t *tag) request(node *ua.NodeID, handle uint32, plain bool) *ua.MonitoredItemCreateRequest {
	r := itemRequest(node, handle, t.sampling, t.queue)
	r.RequestedParameters.DiscardOldest = !t.newest
	if t.filtered() && !plain {
		r.RequestedParameters.Filter = t.deadband.filter()
	}
	return r
}

// filtered tells whether a deadband can concern the tag: it is defined for numbers.
func (t *tag) filtered() bool {
	return t.deadband.Value > 0 && (t.Kind == series.Number || t.Kind == "")
}

// nodes brings tags into the feeds and keeps book of those that the server refuses.
type nodes struct {
	client  *opcua.Client
	cfg     Config
	roster  *roster // the handle of a tag is its index and firstHandle
	finder  *finder
	feeds   map[int]*feed
	notes   chan *opcua.PublishNotificationData
	batch   int // nodes per call that subscribes
	reads   int // nodes per call that reads
	problem func(what, text string)
}

// createAll asks for all tags. A node that is refused is noted; only a failure of the connection is an error.
func (n *nodes) createAll(ctx context.Context) error {
	all := make([]int, len(n.roster.all))
	for i := range all {
		all[i] = i
	}
	return n.create(ctx, all)
}

// retry asks again for the tags that were refused, after another look for the paths that matched nothing.
func (n *nodes) retry(ctx context.Context, s *session) error {
	if n.finder.wanting() {
		if err := n.finder.find(ctx, s); err != nil {
			return err
		}
	}
	var refused []int
	for i, t := range n.roster.all {
		if t.refused && !t.polled {
			refused = append(refused, i)
		}
	}
	if len(refused) == 0 {
		return nil
	}
	if err := guard(func() error { return n.client.UpdateNamespaces(ctx) }); err != nil {
		return fmt.Errorf("read namespaces: %w", err)
	}
	return n.create(ctx, refused)
}

// create asks for tags feed by feed.
func (n *nodes) create(ctx context.Context, indexes []int) error {
	for group, f := range n.feeds {
		mine := slices.DeleteFunc(slices.Clone(indexes), func(i int) bool { return n.roster.all[i].group != group })
		refused, err := n.createIn(ctx, f, mine, false)
		if err != nil {
			return err
		}
		if _, err := n.createIn(ctx, f, refused, true); err != nil {
			return err
		}
	}
	return nil
}

// createIn returns the tags whose deadband was refused. plain asks without deadbands.
func (n *nodes) createIn(ctx context.Context, f *feed, indexes []int, plain bool) (refused []int, err error) {
	var known []int
	var requests []*ua.MonitoredItemCreateRequest
	for _, i := range indexes {
		t := n.roster.all[i]
		node, err := t.ref.resolve(n.client.Namespaces())
		switch {
		case err != nil:
			n.refuse(t, err)
		case f.poll != nil:
			t.fresh, t.polled = true, true
			f.poll.add(firstHandle+uint32(i), node)
		default:
			known = append(known, i)
			requests = append(requests, t.request(node, firstHandle+uint32(i), plain))
		}
	}
	for chunk := range slices.Chunk(known, n.batch) {
		results, err := f.sub.monitor(ctx, requests[:len(chunk)])
		if err != nil {
			return nil, fmt.Errorf("subscribe to %d nodes from %s on: %w", len(chunk), n.roster.all[chunk[0]].NodeID, err)
		}
		requests = requests[len(chunk):]
		for k, i := range chunk {
			if t := n.roster.all[i]; !plain && n.refusesDeadband(t, results[k].StatusCode) {
				refused = append(refused, i)
				continue
			}
			n.settle(f, n.roster.all[i], results[k])
		}
	}
	return refused, nil
}

// refusesDeadband notes that a tag has to do without.
func (n *nodes) refusesDeadband(t *tag, code ua.StatusCode) bool {
	if !t.filtered() || !isAny(code, ua.StatusBadDeadbandFilterInvalid, ua.StatusBadMonitoredItemFilterUnsupported,
		ua.StatusBadMonitoredItemFilterInvalid, ua.StatusBadFilterNotAllowed) {
		return false
	}
	hint := ""
	if t.deadband.Percent {
		hint = "; percent needs the node's EURange"
	}
	n.problem(t.Tag+" deadband", fmt.Sprintf("the server refuses the deadband: %v%s; every change is read", code, hint))
	return true
}

func (n *nodes) settle(f *feed, t *tag, r *ua.MonitoredItemCreateResult) {
	if series.QualityOf(uint32(r.StatusCode)) == series.Bad {
		n.refuse(t, r.StatusCode)
		return
	}
	if t.refused {
		t.refused = false
		n.problem(t.Tag, "")
	}
	t.fresh = true
	n.problem(t.Tag+" queue", queueWarning(r, f.every))
}

func (n *nodes) refuse(t *tag, err error) {
	t.refused = true
	n.problem(t.Tag, refusedText(t, err, n.cfg.RetryNodes))
}

func refusedText(t *tag, err error, again time.Duration) string {
	return fmt.Sprintf("the server does not report %s: %v; tried again every %v", t.NodeID, err, again)
}

// isRefusal tells a value that says that the node cannot be read from one whose quality is bad.
func isRefusal(code ua.StatusCode) bool {
	switch code {
	case ua.StatusBadNodeIDUnknown, ua.StatusBadNodeIDInvalid, ua.StatusBadAttributeIDInvalid, ua.StatusBadUserAccessDenied, ua.StatusBadNotReadable:
		return true
	}
	return false
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
