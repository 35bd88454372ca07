package mqtt

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"edgelabel/agent/series"
)

// statusLastUsable is UncertainLastUsableValue (OPC 10000-6 annex A): a value of which only the past is known.
const statusLastUsable uint32 = 0x40900000

// arrivalStatus is what the delivery alone says about a value: a retained one without a time of its own may be of any age.
func arrivalStatus(m Message, sourceTime int64) uint32 {
	if m.Retained && sourceTime == 0 {
		return statusLastUsable
	}
	return series.StatusGood
}

func worse(a, b uint32) uint32 {
	if series.QualityOf(b) > series.QualityOf(a) {
		return b
	}
	return a
}

// readText puts a scalar message into the sample.
func readText(s *series.Sample, kind series.Kind, text string) *Rejection {
	switch kind {
	case series.Text:
		s.Text = text
		return nil
	case series.Bool:
		v, ok := truth(text)
		if !ok {
			return reject(reasonType, "tag %s is %s, got %s", s.Tag, kind, excerpt([]byte(text)))
		}
		s.Value = v
		return nil
	case series.Number:
		return readNumber(s, text)
	}
	return reject(reasonType, "tag %s is %s, which one scalar cannot carry", s.Tag, kind)
}

// readNumber accepts plain decimals. NaN, which devices send for "no value", becomes a bad sample without a value.
func readNumber(s *series.Sample, text string) *Rejection {
	if strings.EqualFold(text, "nan") {
		s.Value, s.Status = math.NaN(), worse(s.Status, series.StatusBad)
		return nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(v, 0) || strings.ContainsAny(text, "xXpP_") {
		return reject(reasonNumber, "tag %s is a number, got %s", s.Tag, excerpt([]byte(text)))
	}
	s.Value = v
	return nil
}

// readJSON puts a decoded JSON value into the sample. null is a bad sample without a value.
func readJSON(s *series.Sample, kind series.Kind, found any, where string) *Rejection {
	if found == nil {
		s.Value, s.Status = math.NaN(), worse(s.Status, series.StatusBad)
		return nil
	}
	switch v := found.(type) {
	case json.Number:
		if kind == series.Number {
			return readNumber(s, v.String())
		}
		if b, ok := truth(v.String()); ok && kind == series.Bool {
			s.Value = b
			return nil
		}
	case bool:
		if kind == series.Bool {
			s.Value, _ = truth(strconv.FormatBool(v))
			return nil
		}
	case string:
		if kind == series.Text {
			s.Text = v
			return nil
		}
	case []any:
		if kind == series.Wave {
			return readWave(s, v, where)
		}
	}
	return reject(reasonType, "tag %s is %s, got %s at %q", s.Tag, kind, typeOf(found), where)
}

func readWave(s *series.Sample, list []any, where string) *Rejection {
	if len(list) == 0 {
		return reject(reasonEmpty, "tag %s: no points at %q", s.Tag, where)
	}
	s.Wave = make([]float64, len(list))
	for i, v := range list {
		n, ok := v.(json.Number)
		if !ok {
			return reject(reasonType, "tag %s: point %d at %q is %s", s.Tag, i, where, typeOf(v))
		}
		f, err := n.Float64()
		if err != nil {
			return reject(reasonNumber, "tag %s: point %d at %q does not fit a float64", s.Tag, i, where)
		}
		s.Wave[i] = f
	}
	return nil
}

// readStatus reads the message's quality. One that is missing or not understood is uncertain: it must not make bad data look good.
func readStatus(r *route, root any) uint32 {
	if len(r.status) == 0 {
		return series.StatusGood
	}
	found, _ := r.status.in(root)
	switch v := found.(type) {
	case bool:
		if v {
			return series.StatusGood
		}
		return series.StatusBad
	case json.Number:
		if code, err := strconv.ParseUint(v.String(), 10, 32); err == nil {
			return uint32(code)
		}
	case string:
		switch strings.ToLower(v) {
		case "good", "ok":
			return series.StatusGood
		case "bad":
			return series.StatusBad
		}
	}
	return series.StatusUncertain
}

func truth(text string) (value float64, ok bool) {
	switch strings.ToLower(text) {
	case "1", "true", "on":
		return 1, true
	case "0", "false", "off":
		return 0, true
	}
	return 0, false
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case json.Number:
		return "number " + excerpt([]byte(v))
	case string:
		return "text " + excerpt([]byte(v))
	case []any:
		return "an array"
	}
	return "an object"
}
