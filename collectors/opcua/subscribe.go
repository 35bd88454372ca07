package opcua

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"
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

	maxNotifications      = 1000
	maxNotificationsWaves = 32
)

// errRevised marks a subscription that works only with a client that waits longer.
var errRevised = errors.New("the server answers more slowly than asked")

// subscription is that of one group.
type subscription struct {
	*opcua.Subscription
	client *opcua.Client
}

// subscribe makes the subscription of a group, without nodes yet. What it reports goes to notes.
func (s *session) subscribe(ctx context.Context, g Group, most uint32, notes chan<- *opcua.PublishNotificationData) (*subscription, error) {
	count := uint32(g.keepAlive() / g.Publish)
	params := &opcua.SubscriptionParameters{
		Interval:                   g.Publish,
		MaxKeepAliveCount:          count,
		LifetimeCount:              max(3*count, uint32(subscriptionLife/g.Publish)),
		MaxNotificationsPerPublish: most,
	}
	sub := &subscription{client: s.client}
	err := guard(func() (err error) {
		sub.Subscription, err = s.client.Subscribe(ctx, params, notes)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("create subscription: %w", err)
	}
	return sub, nil
}

// keepAlive is the interval that the server settled on.
func (s *subscription) keepAlive() time.Duration {
	return time.Duration(s.RevisedMaxKeepAliveCount) * s.RevisedPublishingInterval
}

// limits are how many nodes the server takes at once. Many do not say.
func (s *session) limits(ctx context.Context) (items, reads int, err error) {
	values, err := read(ctx, s.client, []*ua.NodeID{
		ua.NewNumericNodeID(0, id.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall),
		ua.NewNumericNodeID(0, id.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead),
	})
	if err != nil {
		return 0, 0, fmt.Errorf("read operation limits: %w", err)
	}
	limit := func(dv *ua.DataValue, unsaid, most int) int {
		if n, ok := number(content(dv)); ok && n >= 1 {
			return min(int(n), most)
		}
		return unsaid
	}
	return limit(values[0], maxItemsPerCall, maxItemsPerCall), limit(values[1], readsPerCall, maxReadsPerCall), nil
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

// watchHeart makes the server's clock one of the values. Keep-alive messages never reach us and still values are silent, so only this
// value, which always changes, shows that data can flow.
func (f *feed) watchHeart(ctx context.Context) error {
	node := ua.NewNumericNodeID(0, id.Server_ServerStatus_CurrentTime)
	if f.poll != nil {
		f.poll.add(heartbeatHandle, node)
		return nil
	}
	results, err := f.sub.monitor(ctx, []*ua.MonitoredItemCreateRequest{itemRequest(node, heartbeatHandle, heartbeatSampling, 1)})
	if err != nil {
		return fmt.Errorf("watch the server's clock (%v): %w", node, err)
	}
	if code := results[0].StatusCode; code != ua.StatusOK {
		return fmt.Errorf("watch the server's clock (%v), without which a dead connection looks like still values: %w", node, code)
	}
	f.silent = max(f.silent, 3*milliseconds(results[0].RevisedSamplingInterval))
	return nil
}

func itemRequest(node *ua.NodeID, handle uint32, sampling time.Duration, queue uint32) *ua.MonitoredItemCreateRequest {
	r := opcua.NewMonitoredItemCreateRequestWithDefaults(node, ua.AttributeIDValue, handle)
	r.RequestedParameters.SamplingInterval = float64(sampling) / float64(time.Millisecond)
	r.RequestedParameters.QueueSize = queue
	r.RequestedParameters.DiscardOldest = true
	return r
}

// filter is what a deadband makes of a request.
func (d Deadband) filter() *ua.ExtensionObject {
	kind := ua.DeadbandTypeAbsolute
	if d.Percent {
		kind = ua.DeadbandTypePercent
	}
	return ua.NewExtensionObject(&ua.DataChangeFilter{Trigger: ua.DataChangeTriggerStatusValue, DeadbandType: uint32(kind), DeadbandValue: d.Value})
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
