package opcua

import (
	"context"
	"fmt"
	"time"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

// Values per answer: it must stay below 2 MB, which is what the library assumes of servers that name no limit.
const (
	historyPage      = 1000
	historyPageWaves = 20
	historyTimeout   = 10 * time.Second
	releaseTimeout   = time.Second
)

// archive reads what a server recorded by itself.
type archive struct{ client *opcua.Client }

// recorded tells which of the nodes the server lets this user read the history of.
func (a archive) recorded(ctx context.Context, nodes []*ua.NodeID) ([]bool, error) {
	values, err := readAttribute(ctx, a.client, ua.AttributeIDUserAccessLevel, nodes)
	if err != nil {
		return nil, fmt.Errorf("read access levels: %w", err)
	}
	out := make([]bool, len(nodes))
	for i, dv := range values {
		if dv.Value == nil {
			continue
		}
		level, ok := dv.Value.Value().(uint8)
		out[i] = ok && ua.AccessLevelType(level)&ua.AccessLevelTypeHistoryRead != 0
	}
	return out, nil
}

// raw hands take the recorded values of a node from from to to, both UTC ns and included, oldest first and page by page. It stops at the
// first error, the server's or take's, and when take returns false.
func (a archive) raw(ctx context.Context, node *ua.NodeID, kind series.Kind, from, to int64, take func([]*ua.DataValue) (bool, error)) error {
	details := &ua.ReadRawModifiedDetails{StartTime: time.Unix(0, from), EndTime: time.Unix(0, to), NumValuesPerNode: historyPage}
	if kind == series.Wave || kind == "" {
		details.NumValuesPerNode = historyPageWaves
	}
	var point []byte
	defer func() { a.release(ctx, node, details, point) }()
	for {
		values, next, err := a.page(ctx, node, details, point)
		point = next
		if err != nil {
			return err
		}
		more, err := take(values)
		if err != nil || !more || len(next) == 0 {
			return err
		}
	}
}

// before reports whether the server has recorded anything at or before the moment: it then knows what the value was since.
func (a archive) before(ctx context.Context, node *ua.NodeID, at int64) (bool, error) {
	details := &ua.ReadRawModifiedDetails{EndTime: time.Unix(0, at), NumValuesPerNode: 1} // end and number alone: backwards
	values, point, err := a.page(ctx, node, details, nil)
	if err != nil {
		return false, err
	}
	a.release(ctx, node, details, point)
	return len(values) > 0 && stamp(values[0]) > 0 && stamp(values[0]) <= at, nil
}

func (a archive) page(ctx context.Context, node *ua.NodeID, details *ua.ReadRawModifiedDetails, point []byte) (values []*ua.DataValue, next []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	var answer *ua.HistoryReadResponse
	err = guard(func() (err error) {
		answer, err = a.client.HistoryReadRawModified(ctx, historyOf(node, point), details)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if len(answer.Results) != 1 || answer.Results[0] == nil {
		return nil, nil, fmt.Errorf("%d results for one node", len(answer.Results))
	}
	r := answer.Results[0]
	if series.QualityOf(uint32(r.StatusCode)) == series.Bad {
		return nil, nil, r.StatusCode
	}
	if r.HistoryData != nil {
		if data, ok := r.HistoryData.Value.(*ua.HistoryData); ok {
			values = data.DataValues
		}
	}
	return values, r.ContinuationPoint, nil
}

// release gives back what the server holds for a page that nobody will ask for.
func (a archive) release(ctx context.Context, node *ua.NodeID, details *ua.ReadRawModifiedDetails, point []byte) {
	if len(point) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	request := &ua.HistoryReadRequest{
		TimestampsToReturn: ua.TimestampsToReturnBoth, ReleaseContinuationPoints: true, NodesToRead: historyOf(node, point),
		HistoryReadDetails: ua.NewExtensionObject(details),
	}
	// The server forgets it by itself when the session ends.
	_ = guard(func() error { return a.client.Send(ctx, request, func(ua.Response) error { return nil }) })
}

func historyOf(node *ua.NodeID, point []byte) []*ua.HistoryReadValueID {
	return []*ua.HistoryReadValueID{{NodeID: node, DataEncoding: &ua.QualifiedName{}, ContinuationPoint: point}}
}
