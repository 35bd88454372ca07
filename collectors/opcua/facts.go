package opcua

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

// facts are what a server says about one variable.
type facts struct {
	dataType   *ua.NodeID
	rank       int32
	value      *ua.Variant // only read where the data type says too little
	properties [numProperties]any
}

// builtin are the data types whose values this package knows without having seen one (OPC 10000-6 §5.1.2), and their subtypes that look
// the same on the wire.
var builtin = map[uint32]ua.TypeID{
	id.UtcTime: ua.TypeIDDateTime, id.Duration: ua.TypeIDDouble, id.LocaleID: ua.TypeIDString, id.Enumeration: ua.TypeIDInt32,
	id.ByteString: ua.TypeIDByteString,
}

const maxReadsPerCall = 500

const lastBuiltin = 25 // DiagnosticInfo; their numbers are those of the types on the wire

// factReads are the reads of a batch, and where the answers go.
type factReads struct {
	reads []*ua.ReadValueID
	take  []func(*ua.DataValue)
}

func (r *factReads) add(n *ua.NodeID, a ua.AttributeID, take func(*ua.DataValue)) {
	r.reads = append(r.reads, &ua.ReadValueID{NodeID: n, AttributeID: a, DataEncoding: &ua.QualifiedName{}})
	r.take = append(r.take, take)
}

// readFacts asks about variables. What a server refuses to say stays empty; an error is one of the connection.
func readFacts(ctx context.Context, client *opcua.Client, perCall int, batch []*place) ([]facts, error) {
	all := make([]facts, len(batch))
	var first, second factReads
	for i, p := range batch {
		f := &all[i]
		f.rank = -1
		first.add(p.id, ua.AttributeIDDataType, func(dv *ua.DataValue) { f.dataType, _ = content(dv).(*ua.NodeID) })
		first.add(p.id, ua.AttributeIDValueRank, func(dv *ua.DataValue) {
			if rank, ok := content(dv).(int32); ok {
				f.rank = rank
			}
		})
		for k, n := range p.points {
			if n != nil {
				first.add(n, ua.AttributeIDValue, func(dv *ua.DataValue) { f.properties[k] = content(dv) })
			}
		}
	}
	if err := first.run(ctx, client, perCall); err != nil {
		return nil, err
	}
	for i, p := range batch {
		if f := &all[i]; f.typeID() == 0 {
			second.add(p.id, ua.AttributeIDValue, func(dv *ua.DataValue) { f.value = dv.Value })
		}
	}
	return all, second.run(ctx, client, readsPerCall)
}

func (r *factReads) run(ctx context.Context, client *opcua.Client, perCall int) error {
	take := r.take
	for chunk := range slices.Chunk(r.reads, perCall) {
		var answer *ua.ReadResponse
		err := guard(func() (err error) {
			answer, err = client.Read(ctx, &ua.ReadRequest{NodesToRead: chunk, TimestampsToReturn: ua.TimestampsToReturnNeither})
			return err
		})
		if err != nil {
			return err
		}
		if len(answer.Results) != len(chunk) {
			return fmt.Errorf("%d results for %d reads", len(answer.Results), len(chunk))
		}
		for i, dv := range answer.Results {
			if dv != nil {
				take[i](dv)
			}
		}
		take = take[len(chunk):]
	}
	return nil
}

// content is a value as Go has it; a structure is unwrapped. It is nil where there is none.
func content(dv *ua.DataValue) any {
	if dv.Value == nil || dv.Status&0x80000000 != 0 {
		return nil
	}
	v := dv.Value.Value()
	if x, ok := v.(*ua.ExtensionObject); ok && x != nil {
		return x.Value
	}
	if x, ok := v.(*ua.ExpandedNodeID); ok && x != nil {
		return x.NodeID
	}
	return v
}

// typeID is the type on the wire as the data type tells it, 0 when it does not.
func (f *facts) typeID() ua.TypeID {
	if f.dataType == nil || f.dataType.Namespace() != 0 || f.dataType.Type() == ua.NodeIDTypeString {
		return 0
	}
	n := f.dataType.IntID()
	if n > 0 && n < lastBuiltin && n != uint32(ua.TypeIDVariant) {
		return ua.TypeID(n)
	}
	return builtin[n]
}

// variable says what can be made of the facts.
func (f *facts) variable() Variable {
	var v Variable
	kind := f.typeID()
	switch {
	case kind != 0:
		v.Type, v.Kind = typeNames[kind], kindOf(kind)
		if f.rank >= 0 {
			v.Type, v.Kind = v.Type+"[]", waveOf(v.Kind, f.rank)
		}
	case f.value != nil && f.value.Type() != ua.TypeIDNull:
		var s series.Sample
		v.Type = typeName(f.value)
		if k, ok := fill(&s, f.value); ok {
			v.Kind = k
		}
	default:
		v.Type = "unknown type"
	}
	if v.Kind == "" {
		v.Unsupported = v.Type + " is not supported"
	}
	f.describe(&v)
	return v
}

func (f *facts) describe(v *Variable) {
	if eu, ok := f.properties[engineeringUnits].(*ua.EUInformation); ok && eu != nil && eu.DisplayName != nil {
		v.Unit = eu.DisplayName.Text
	}
	v.Normal, v.Instrument = span(f.properties[euRange]), span(f.properties[instrumentRange])
}

// span is nil for what is no range: servers send 0 to 0 for one that was never set.
func span(property any) *Span {
	r, ok := property.(*ua.Range)
	if !ok || r == nil || !(r.Low < r.High) || math.IsInf(r.High-r.Low, 0) {
		return nil
	}
	return &Span{r.Low, r.High}
}

func kindOf(t ua.TypeID) series.Kind {
	switch t {
	case ua.TypeIDBoolean:
		return series.Bool
	case ua.TypeIDString, ua.TypeIDDateTime, ua.TypeIDGUID, ua.TypeIDLocalizedText:
		return series.Text
	case ua.TypeIDSByte, ua.TypeIDByte, ua.TypeIDInt16, ua.TypeIDUint16, ua.TypeIDInt32, ua.TypeIDUint32, ua.TypeIDInt64,
		ua.TypeIDUint64, ua.TypeIDFloat, ua.TypeIDDouble:
		return series.Number
	}
	return ""
}

func waveOf(k series.Kind, rank int32) series.Kind {
	if k == series.Number && rank <= 1 {
		return series.Wave
	}
	return ""
}
