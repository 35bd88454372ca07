package opcua

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

const (
	maxItemsPerCall    = 200
	keepAliveEvery     = 5 * time.Second
	subscriptionLife   = time.Minute // what a server keeps after a cut
	minRequestTimeout  = 10 * time.Second
	heartbeatSampling  = time.Second
	heartbeatHandle    = 1 // small handles only: node-opcua replaces 2^32-1
	firstHandle        = 2 // of the first tag
	minQueueSize       = 10
	notificationBuffer = 256 // publications that wait while nodes are being asked for again

	// A message must stay below 2 MB, which is what the library assumes of servers that name no limit.
	maxNotifications      = 1000
	maxNotificationsWaves = 32
)

// errRevised marks a subscription that works only with a client that waits longer.
var errRevised = errors.New("the server answers more slowly than asked")

// subscription is the one subscription of a session.
type subscription struct {
	*opcua.Subscription
	client *opcua.Client
	notes  chan *opcua.PublishNotificationData
	silent time.Duration // silence after which it counts as dead
}

// keepAlive is how often an idle server should show that it is there.
func (c Config) keepAlive() time.Duration {
	return max(1, keepAliveEvery/c.PublishInterval) * c.PublishInterval
}

// subscribe makes the subscription, without nodes yet.
func (s *session) subscribe(ctx context.Context, c Config) (*subscription, error) {
	count := uint32(c.keepAlive() / c.PublishInterval)
	params := &opcua.SubscriptionParameters{
		Interval:                   c.PublishInterval,
		MaxKeepAliveCount:          count,
		LifetimeCount:              max(3*count, uint32(subscriptionLife/c.PublishInterval)),
		MaxNotificationsPerPublish: maxNotifications,
	}
	for _, n := range c.Nodes {
		if n.Kind == series.Wave || n.Kind == "" {
			params.MaxNotificationsPerPublish = maxNotificationsWaves
		}
	}
	sub := &subscription{client: s.client, notes: make(chan *opcua.PublishNotificationData, notificationBuffer)}
	err := guard(func() (err error) {
		sub.Subscription, err = s.client.Subscribe(ctx, params, sub.notes)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("create subscription: %w", err)
	}
	sub.silent = max(c.Heartbeat, 3*sub.RevisedPublishingInterval)
	return sub, nil
}

// keepAlive is the interval that the server settled on.
func (s *subscription) keepAlive() time.Duration {
	return time.Duration(s.RevisedMaxKeepAliveCount) * s.RevisedPublishingInterval
}

// itemsPerCall asks how many nodes the server takes at once. Many do not say.
func (s *subscription) itemsPerCall(ctx context.Context) (int, error) {
	node := ua.NewNumericNodeID(0, id.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall)
	values, err := read(ctx, s.client, []*ua.NodeID{node})
	if err != nil {
		return 0, fmt.Errorf("read operation limits: %w", err)
	}
	limit, ok := uint32(0), false
	if values[0].Value != nil {
		limit, ok = values[0].Value.Value().(uint32)
	}
	if !ok || limit == 0 || limit > maxItemsPerCall {
		return maxItemsPerCall, nil
	}
	return int(limit), nil
}

// monitor asks the server to report the nodes. The results are in the order of the requests.
func (s *subscription) monitor(ctx context.Context, requests []*ua.MonitoredItemCreateRequest) ([]*ua.MonitoredItemCreateResult, error) {
	var answer *ua.CreateMonitoredItemsResponse
	err := guard(func() (err error) {
		answer, err = s.Monitor(ctx, ua.TimestampsToReturnBoth, requests...)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(answer.Results) != len(requests) {
		return nil, fmt.Errorf("%d results for %d nodes", len(answer.Results), len(requests))
	}
	return answer.Results, nil
}

// watchHeart subscribes to the server's clock. Keep-alive messages never reach us and still values are silent, so only this value, which
// always changes, shows that data can flow.
func (s *subscription) watchHeart(ctx context.Context) error {
	node := ua.NewNumericNodeID(0, id.Server_ServerStatus_CurrentTime)
	results, err := s.monitor(ctx, []*ua.MonitoredItemCreateRequest{itemRequest(node, heartbeatHandle, heartbeatSampling, 1)})
	if err != nil {
		return fmt.Errorf("watch the server's clock (%v): %w", node, err)
	}
	if code := results[0].StatusCode; code != ua.StatusOK {
		return fmt.Errorf("watch the server's clock (%v), without which a dead connection looks like still values: %w", node, code)
	}
	s.silent = max(s.silent, 3*milliseconds(results[0].RevisedSamplingInterval))
	return nil
}

func itemRequest(node *ua.NodeID, handle uint32, sampling time.Duration, queue uint32) *ua.MonitoredItemCreateRequest {
	r := opcua.NewMonitoredItemCreateRequestWithDefaults(node, ua.AttributeIDValue, handle)
	r.RequestedParameters.SamplingInterval = float64(sampling) / float64(time.Millisecond)
	r.RequestedParameters.QueueSize = queue
	r.RequestedParameters.DiscardOldest = true
	return r
}

// queueSize is how many values the server should keep for a node between two publications.
func (c Config) queueSize(sampling time.Duration) uint32 {
	if c.QueueSize > 0 {
		return c.QueueSize
	}
	return max(minQueueSize, uint32(4*c.PublishInterval/sampling))
}

// read reads the values of nodes. The results are in the order of the nodes; an answer of another length is an error.
func read(ctx context.Context, client *opcua.Client, nodes []*ua.NodeID) ([]*ua.DataValue, error) {
	return readAttribute(ctx, client, ua.AttributeIDValue, nodes)
}

// readAttribute reads one attribute of nodes, as read does their values.
func readAttribute(ctx context.Context, client *opcua.Client, a ua.AttributeID, nodes []*ua.NodeID) ([]*ua.DataValue, error) {
	request := &ua.ReadRequest{TimestampsToReturn: ua.TimestampsToReturnBoth}
	for _, n := range nodes {
		request.NodesToRead = append(request.NodesToRead, &ua.ReadValueID{NodeID: n, AttributeID: a})
	}
	var answer *ua.ReadResponse
	err := guard(func() (err error) {
		answer, err = client.Read(ctx, request)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(answer.Results) != len(nodes) {
		return nil, fmt.Errorf("%d results for %d nodes", len(answer.Results), len(nodes))
	}
	return answer.Results, nil
}

func milliseconds(ms float64) time.Duration {
	return time.Duration(min(max(ms, 0), 1e9) * float64(time.Millisecond))
}
