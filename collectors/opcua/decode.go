package opcua

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

// errType marks a value that does not fit its tag.
var errType = errors.New("value does not fit the tag")

// Bits of a StatusCode (OPC 10000-4 §7.39): what kind of information the low bits carry, and that the server's queue overflowed.
const (
	infoTypeMask      = 0x0C00
	infoTypeDataValue = 0x0400
	infoOverflow      = 0x0080
)

// overflowed tells that the server dropped values between this one and the one before it.
func overflowed(status uint32) bool {
	return status&infoTypeMask == infoTypeDataValue && status&infoOverflow != 0
}

// decode turns a value of the server into a sample of the tag. Its error wraps errType and names what was expected and what came.
func decode(tag string, kind series.Kind, dv *ua.DataValue, received int64) (series.Sample, error) {
	s := series.Sample{Tag: tag, Source: stamp(dv), Receive: received, Value: math.NaN(), Status: uint32(dv.Status)}
	if dv.Value == nil || dv.Value.Type() == ua.TypeIDNull {
		return s, nil // no value: the status says why
	}
	got, ok := fill(&s, dv.Value)
	if !ok {
		return s, fmt.Errorf("%w: unsupported type %s", errType, typeName(dv.Value))
	}
	if kind != "" && got != kind {
		return s, fmt.Errorf("%w: expected %s, the server sends %s", errType, kind, typeName(dv.Value))
	}
	return s, nil
}

// stamp is the device's time: of the source or else of the server, 0 when there is none that can be right.
func stamp(dv *ua.DataValue) int64 {
	for _, t := range []time.Time{dv.SourceTimestamp, dv.ServerTimestamp} {
		if year := t.Year(); year >= 1970 && year < 2262 {
			return t.UnixNano()
		}
	}
	return 0
}

// fill stores the variant's value in the sample and tells its kind; false when no kind can carry it.
func fill(s *series.Sample, v *ua.Variant) (series.Kind, bool) {
	if v.Has(ua.VariantArrayValues) {
		wave, ok := points(v)
		s.Wave = wave
		return series.Wave, ok
	}
	switch x := v.Value().(type) {
	case bool:
		s.Value = 0
		if x {
			s.Value = 1
		}
		return series.Bool, true
	case string:
		s.Text = x
	case time.Time:
		s.Text = x.UTC().Format(time.RFC3339Nano)
	case *ua.LocalizedText:
		s.Text = x.Text
	case *ua.GUID:
		s.Text = x.String()
	default:
		f, ok := number(x)
		s.Value = f
		return series.Number, ok
	}
	return series.Text, true
}

// number converts a scalar of any numeric type. 64-bit integers beyond 2^53 lose their last bits.
func number(x any) (float64, bool) {
	switch x := x.(type) {
	case float64:
		return x, true
	case float32:
		return float64(x), true
	case int8:
		return float64(x), true
	case uint8:
		return float64(x), true
	case int16:
		return float64(x), true
	case uint16:
		return float64(x), true
	case int32:
		return float64(x), true
	case uint32:
		return float64(x), true
	case int64:
		return float64(x), true
	case uint64:
		return float64(x), true
	}
	return math.NaN(), false
}

// points converts a one-dimensional array of numbers.
func points(v *ua.Variant) ([]float64, bool) {
	if len(v.ArrayDimensions()) > 1 {
		return nil, false
	}
	switch x := v.Value().(type) {
	case []float64:
		return x, true
	case []float32:
		return floats(x), true
	case []int8:
		return floats(x), true
	case ua.ByteArray:
		return floats(x), true
	case []int16:
		return floats(x), true
	case []uint16:
		return floats(x), true
	case []int32:
		return floats(x), true
	case []uint32:
		return floats(x), true
	case []int64:
		return floats(x), true
	case []uint64:
		return floats(x), true
	}
	return nil, false
}

func floats[T int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | uint64 | float32](in []T) []float64 {
	out := make([]float64, len(in))
	for i, x := range in {
		out[i] = float64(x)
	}
	return out
}

// typeName is the variant's type as people of the field write it.
func typeName(v *ua.Variant) string {
	name, ok := typeNames[v.Type()]
	if !ok {
		name = fmt.Sprintf("type %d", v.Type())
	}
	switch {
	case len(v.ArrayDimensions()) > 1:
		return fmt.Sprintf("%s%v", name, v.ArrayDimensions())
	case v.Has(ua.VariantArrayValues):
		return name + "[]"
	}
	return name
}

var typeNames = map[ua.TypeID]string{
	ua.TypeIDBoolean: "Boolean", ua.TypeIDSByte: "SByte", ua.TypeIDByte: "Byte", ua.TypeIDInt16: "Int16", ua.TypeIDUint16: "UInt16",
	ua.TypeIDInt32: "Int32", ua.TypeIDUint32: "UInt32", ua.TypeIDInt64: "Int64", ua.TypeIDUint64: "UInt64", ua.TypeIDFloat: "Float",
	ua.TypeIDDouble: "Double", ua.TypeIDString: "String", ua.TypeIDDateTime: "DateTime", ua.TypeIDGUID: "Guid",
	ua.TypeIDByteString: "ByteString", ua.TypeIDXMLElement: "XmlElement", ua.TypeIDNodeID: "NodeId",
	ua.TypeIDExpandedNodeID: "ExpandedNodeId", ua.TypeIDStatusCode: "StatusCode", ua.TypeIDQualifiedName: "QualifiedName",
	ua.TypeIDLocalizedText: "LocalizedText", ua.TypeIDExtensionObject: "Structure", ua.TypeIDDataValue: "DataValue",
	ua.TypeIDVariant: "Variant", ua.TypeIDDiagnosticInfo: "DiagnosticInfo",
}
