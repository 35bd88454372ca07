package sparkplug_test

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is one encoded protobuf field.
type field []byte

func number(num protowire.Number, n uint64) field {
	return protowire.AppendVarint(protowire.AppendTag(nil, num, protowire.VarintType), n)
}

func text(num protowire.Number, s string) field { return raw(num, []byte(s)) }

func raw(num protowire.Number, b []byte) field {
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), b)
}

func double(num protowire.Number, v float64) field {
	return protowire.AppendFixed64(protowire.AppendTag(nil, num, protowire.Fixed64Type), math.Float64bits(v))
}

func join(fields ...field) []byte {
	var b []byte
	for _, f := range fields {
		b = append(b, f...)
	}
	return b
}

// The members of a metric.
func name(s string) field      { return text(1, s) }
func alias(n uint64) field     { return number(2, n) }
func at(ms uint64) field       { return number(3, ms) }
func typed(t uint64) field     { return number(4, t) }
func historical() field        { return number(5, 1) }
func null() field              { return number(7, 1) }
func whole(n uint64) field     { return number(10, n) }
func long(n uint64) field      { return number(11, n) }
func real(v float64) field     { return double(13, v) }
func truth(n uint64) field     { return number(14, n) }
func words(s string) field     { return text(15, s) }
func bytesOf(b ...byte) field  { return raw(16, b) }
func metric(fs ...field) field { return raw(2, join(fs...)) }
func bdSeq(n uint64) field     { return metric(name("bdSeq"), typed(4), long(n)) }
func quality(code uint64) field {
	return raw(9, join(text(1, "Quality"), raw(2, join(number(1, 3), number(3, code)))))
}
func dataSet(fs ...field) field { return raw(17, join(fs...)) }
func row(cells ...[]byte) field {
	var b []byte
	for _, c := range cells {
		b = append(b, raw(1, c)...)
	}
	return raw(4, b)
}

// message is a payload with its time and sequence number.
func message(ms, seq uint64, metrics ...field) []byte {
	return append(join(number(1, ms), number(3, seq)), join(metrics...)...)
}
