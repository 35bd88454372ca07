package opcua_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uasc"
)

// recorder is the factory's history: what the library's server has not.
type recorder struct {
	mu     sync.Mutex
	values map[string][]*ua.DataValue
	code   map[string]ua.StatusCode // instead of values
	pages  int
}

// record makes a variable whose values are also recorded, and returns how to add to its history.
func (p *plant) record(t *testing.T, name string, first *ua.DataValue) func(values ...*ua.DataValue) {
	t.Helper()
	p.set(name, first)
	full := p.prefix + name
	node := shared.ns.Node(ua.NewStringNodeID(shared.ns.ID(), full))
	level := server.DataValueFromValue(uint8(ua.AccessLevelTypeCurrentRead | ua.AccessLevelTypeHistoryRead))
	for _, a := range []ua.AttributeID{ua.AttributeIDAccessLevel, ua.AttributeIDUserAccessLevel} {
		if err := node.SetAttribute(a, level); err != nil {
			t.Fatal(err)
		}
	}
	return func(values ...*ua.DataValue) {
		shared.recorder.mu.Lock()
		defer shared.recorder.mu.Unlock()
		shared.recorder.values[full] = append(shared.recorder.values[full], values...)
	}
}

// refuse makes the history of a variable answer with a status; good makes it answer again.
func (p *plant) refuse(name string, code ua.StatusCode) {
	shared.recorder.mu.Lock()
	defer shared.recorder.mu.Unlock()
	shared.recorder.code[p.prefix+name] = code
}

// read answers HistoryRead. A continuation point is the index of the next value.
func (r *recorder) read(_ *uasc.SecureChannel, request ua.Request, _ uint32) (ua.Response, error) {
	req, ok := request.(*ua.HistoryReadRequest)
	if !ok {
		return nil, ua.StatusBadRequestTypeInvalid
	}
	answer := &ua.HistoryReadResponse{ResponseHeader: &ua.ResponseHeader{Timestamp: time.Now(), RequestHandle: req.RequestHeader.RequestHandle,
		ServiceDiagnostics: &ua.DiagnosticInfo{}, AdditionalHeader: ua.NewExtensionObject(nil)}}
	details, ok := req.HistoryReadDetails.Value.(*ua.ReadRawModifiedDetails)
	if !ok {
		return nil, ua.StatusBadHistoryOperationInvalid
	}
	for _, n := range req.NodesToRead {
		answer.Results = append(answer.Results, r.result(n, details))
	}
	return answer, nil
}

func (r *recorder) result(n *ua.HistoryReadValueID, d *ua.ReadRawModifiedDetails) *ua.HistoryReadResult {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, name, _ := strings.Cut(n.NodeID.String(), ";s=")
	out := &ua.HistoryReadResult{StatusCode: r.code[name], HistoryData: ua.NewExtensionObject(nil)}
	if out.StatusCode != ua.StatusOK {
		return out
	}
	var found []*ua.DataValue
	for _, v := range r.values[name] {
		at := v.SourceTimestamp
		if d.StartTime.IsZero() && !at.After(d.EndTime) {
			found = []*ua.DataValue{v} // backwards, one value
		} else if !d.StartTime.IsZero() && !at.Before(d.StartTime) && !at.After(d.EndTime) {
			found = append(found, v)
		}
	}
	begin, _ := strconv.Atoi(string(n.ContinuationPoint))
	end := min(len(found), begin+int(d.NumValuesPerNode))
	if end < len(found) {
		out.ContinuationPoint = []byte(strconv.Itoa(end))
	}
	r.pages++
	out.HistoryData = ua.NewExtensionObject(&ua.HistoryData{DataValues: found[begin:end]})
	return out
}
