package sparkplug

import (
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Bounds of one message: a field costs two bytes on the wire and far more in memory.
const (
	maxMetrics  = 1 << 16
	maxElements = 1 << 20 // of all rows of a data set
	maxColumns  = 1 << 12
)

// form says in which way a value came.
type form uint8

const (
	formNone form = iota
	formInt       // bits of an integer of up to 64 bits
	formFloat
	formBool
	formText
	formBytes
	formSet
	formTemplate
)

// value is one value of a metric or of a data set's cell. Texts and bytes refer to the payload.
type value struct {
	form form
	bits uint64
	f    float64
	data []byte
}

// metric is one metric of a payload.
type metric struct {
	name       string
	named      bool
	alias      uint64
	aliased    bool
	time       uint64 // ms since 1970, 0 when it has none
	typ        uint32 // 0 when it is not told
	historical bool
	null       bool
	quality    uint64 // of the property Quality
	qualified  bool
	value      value
}

// payload is a Sparkplug B payload (specification 3.0.0, chapter 6.4).
type payload struct {
	time    uint64 // ms since 1970
	seq     uint64
	uuid    string
	metrics []metric
}

// scan calls each for every field of a message. Numbers come in n, whatever has a length in b.
func scan(msg []byte, each func(num protowire.Number, typ protowire.Type, n uint64, b []byte) error) error {
	for len(msg) > 0 {
		num, typ, tag := protowire.ConsumeTag(msg)
		if tag < 0 {
			return protowire.ParseError(tag)
		}
		msg = msg[tag:]
		var n uint64
		var b []byte
		var size int
		switch typ {
		case protowire.VarintType:
			n, size = protowire.ConsumeVarint(msg)
		case protowire.Fixed32Type:
			var short uint32
			short, size = protowire.ConsumeFixed32(msg)
			n = uint64(short)
		case protowire.Fixed64Type:
			n, size = protowire.ConsumeFixed64(msg)
		case protowire.BytesType:
			b, size = protowire.ConsumeBytes(msg)
		default:
			size = protowire.ConsumeFieldValue(num, typ, msg)
		}
		if size < 0 {
			return protowire.ParseError(size)
		}
		msg = msg[size:]
		if err := each(num, typ, n, b); err != nil {
			return err
		}
	}
	return nil
}

// parsePayload reads a message. Fields that it does not know, or that are of another type than they should be, are passed over.
func parsePayload(msg []byte) (payload, error) {
	var p payload
	err := scan(msg, func(num protowire.Number, typ protowire.Type, n uint64, b []byte) error {
		switch {
		case num == 1 && typ == protowire.VarintType:
			p.time = n
		case num == 3 && typ == protowire.VarintType:
			p.seq = n
		case num == 4 && typ == protowire.BytesType:
			p.uuid = string(b)
		case num == 2 && typ == protowire.BytesType:
			if len(p.metrics) == maxMetrics {
				return fmt.Errorf("more than %d metrics", maxMetrics)
			}
			m, err := parseMetric(b)
			if err != nil {
				return fmt.Errorf("metric %d: %w", len(p.metrics), err)
			}
			p.metrics = append(p.metrics, m)
		}
		return nil
	})
	return p, err
}

func parseMetric(msg []byte) (metric, error) {
	var m metric
	err := scan(msg, func(num protowire.Number, typ protowire.Type, n uint64, b []byte) error {
		switch {
		case num == 1 && typ == protowire.BytesType:
			m.name, m.named = string(b), true
		case num == 9 && typ == protowire.BytesType:
			return m.properties(b)
		case num >= 10 && num <= 18:
			m.value.read(num-9, typ, n, b)
		case typ == protowire.VarintType:
			m.number(num, n)
		}
		return nil
	})
	return m, err
}

func (m *metric) number(num protowire.Number, n uint64) {
	switch num {
	case 2:
		m.alias, m.aliased = n, true
	case 3:
		m.time = n
	case 4:
		m.typ = uint32(min(n, math.MaxUint32))
	case 5:
		m.historical = n != 0
	case 7:
		m.null = n != 0
	}
}

// read takes one member of a value's oneof. Metrics and data sets number the first six alike, from 1.
func (v *value) read(num protowire.Number, typ protowire.Type, n uint64, b []byte) {
	switch {
	case (num == 1 || num == 2) && typ == protowire.VarintType:
		*v = value{form: formInt, bits: n}
	case num == 3 && typ == protowire.Fixed32Type:
		*v = value{form: formFloat, f: float64(math.Float32frombits(uint32(n)))}
	case num == 4 && typ == protowire.Fixed64Type:
		*v = value{form: formFloat, f: math.Float64frombits(n)}
	case num == 5 && typ == protowire.VarintType:
		*v = value{form: formBool, bits: min(n, 1)}
	case num >= 6 && num <= 9 && typ == protowire.BytesType:
		*v = value{form: [...]form{formText, formBytes, formSet, formTemplate}[num-6], data: b}
	}
}

// properties looks for the property Quality: 0 bad, 192 good, 500 stale.
func (m *metric) properties(msg []byte) error {
	var keys, at int
	var values []uint64
	quality := -1
	err := scan(msg, func(num protowire.Number, typ protowire.Type, _ uint64, b []byte) error {
		if typ != protowire.BytesType {
			return nil
		}
		if num == 1 {
			if string(b) == "Quality" {
				quality = keys
			}
			keys++
		}
		if num == 2 {
			if at++; at > maxMetrics {
				return errors.New("too many properties")
			}
			n, err := parseProperty(b)
			if err != nil {
				return err
			}
			values = append(values, n)
		}
		return nil
	})
	if err == nil && quality >= 0 && quality < len(values) {
		m.quality, m.qualified = values[quality], true
	}
	return err
}

func parseProperty(msg []byte) (whole uint64, err error) {
	err = scan(msg, func(num protowire.Number, typ protowire.Type, n uint64, _ []byte) error {
		if (num == 3 || num == 4) && typ == protowire.VarintType {
			whole = n
		}
		return nil
	})
	return whole, err
}

// table is a data set, by rows.
type table struct {
	columns []string
	types   []uint32
	rows    [][]value
}

func parseTable(msg []byte) (table, error) {
	var t table
	elements := 0
	err := scan(msg, func(num protowire.Number, typ protowire.Type, n uint64, b []byte) error {
		switch {
		case num == 2 && typ == protowire.BytesType:
			t.columns = append(t.columns, string(b))
		case num == 3 && typ == protowire.VarintType:
			t.types = append(t.types, uint32(min(n, math.MaxUint32)))
		case num == 3 && typ == protowire.BytesType:
			return t.packedTypes(b)
		case num == 4 && typ == protowire.BytesType:
			row, err := parseRow(b, maxElements-elements)
			if err != nil {
				return fmt.Errorf("row %d: %w", len(t.rows), err)
			}
			elements += len(row) + 1
			t.rows = append(t.rows, row)
		}
		if len(t.columns) > maxColumns || len(t.types) > maxColumns || elements > maxElements {
			return errors.New("data set is too large")
		}
		return nil
	})
	return t, err
}

func (t *table) packedTypes(b []byte) error {
	for len(b) > 0 && len(t.types) <= maxColumns {
		n, size := protowire.ConsumeVarint(b)
		if size < 0 {
			return protowire.ParseError(size)
		}
		t.types, b = append(t.types, uint32(min(n, math.MaxUint32))), b[size:]
	}
	return nil
}

func parseRow(msg []byte, most int) ([]value, error) {
	var row []value
	err := scan(msg, func(num protowire.Number, typ protowire.Type, _ uint64, b []byte) error {
		if num != 1 || typ != protowire.BytesType {
			return nil
		}
		if len(row) >= most {
			return errors.New("data set is too large")
		}
		var v value
		row = append(row, v)
		return scan(b, func(num protowire.Number, typ protowire.Type, n uint64, b []byte) error {
			if num <= 6 {
				row[len(row)-1].read(num, typ, n, b)
			}
			return nil
		})
	})
	return row, err
}

// rebirth is the payload that asks an edge node for its births.
func rebirth(now int64) []byte {
	var m []byte
	m = protowire.AppendTag(m, 1, protowire.BytesType)
	m = protowire.AppendString(m, "Node Control/Rebirth")
	m = protowire.AppendTag(m, 4, protowire.VarintType)
	m = protowire.AppendVarint(m, typeBoolean)
	m = protowire.AppendTag(m, 14, protowire.VarintType)
	m = protowire.AppendVarint(m, 1)
	var p []byte
	p = protowire.AppendTag(p, 1, protowire.VarintType)
	p = protowire.AppendVarint(p, uint64(now/1e6))
	p = protowire.AppendTag(p, 2, protowire.BytesType)
	return protowire.AppendBytes(p, m)
}
