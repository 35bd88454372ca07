package opcua_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"

	"edgelabel/collectors/opcua"
)

// FuzzEvent puts a value where a server may send any: each field in turn, at both a number's and a text's tag.
func FuzzEvent(f *testing.F) {
	for _, v := range []any{"x", true, uint16(700), []byte{1, 2}, ua.NewLocalizedText("High"), ua.NewNumericNodeID(0, 2787), []float32{1}} {
		b, err := dataValue(v, ua.StatusOK, time.Unix(1_700_000_000, 0)).Encode()
		if err != nil {
			f.Fatal(err)
		}
		for field := range 17 {
			f.Add(b, field)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, field int) {
		dv := libraryDecode(b)
		if dv == nil || field < 0 || field > 20 {
			return
		}
		fields := make([]*ua.Variant, 21)
		fields[field] = dv.Value
		for _, s := range opcua.TakeEvent(opcua.Event{Tag: "n", Text: "t"}, fields, 7) {
			if s.Receive != 7 || s.Tag == "n" && (s.Value < 0 || s.Text != "") || s.Tag == "t" && !json.Valid([]byte(s.Text)) {
				t.Errorf("%+v", s)
			}
		}
	})
}

func TestConditionsAreToldOnceAndTheWorstCounts(t *testing.T) {
	t.Parallel()
	event := func(id byte, condition string, severity uint16, active bool) []*ua.Variant {
		fields := make([]*ua.Variant, 16)
		fields[0], fields[2] = ua.MustVariant([]byte{id}), ua.MustVariant("Press")
		fields[5], fields[7] = ua.MustVariant(severity), ua.MustVariant(active)
		fields[15] = ua.MustVariant(ua.NewStringNodeID(1, condition))
		return fields
	}
	got := opcua.TakeEvents(opcua.Event{Tag: "n", Text: "t", MinSeverity: 200},
		event(1, "low", 100, true),   // too little
		event(2, "force", 500, true), // 500
		event(2, "force", 500, true), // again
		event(3, "heat", 800, true),  // 800
		event(4, "force", 100, false),
		event(5, "heat", 100, false), // 0
	)
	var levels []float64
	texts := 0
	for _, s := range got {
		if s.Tag == "n" {
			levels = append(levels, s.Value)
		} else {
			texts++
		}
	}
	if len(levels) != 3 || levels[0] != 500 || levels[1] != 800 || levels[2] != 0 || texts != 4 {
		t.Errorf("levels %v, %d texts", levels, texts)
	}
}
