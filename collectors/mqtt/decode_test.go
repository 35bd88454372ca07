package mqtt_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"edgelabel/agent/series"
	"edgelabel/collectors/mqtt"
	"edgelabel/collectors/timestamp"
)

var kinds = map[string]series.Kind{
	"l1.force": series.Number, "l1.temp": series.Number, "l1.run": series.Bool, "l1.batch": series.Text, "l1.wave": series.Wave,
}

func kindOf(tag string) (series.Kind, bool) { k, ok := kinds[tag]; return k, ok }

func config(topics ...mqtt.Topic) mqtt.Config {
	return mqtt.Config{Name: "press", URL: "tcp://127.0.0.1:1883", ClientID: "edgelabel-test", Kind: kindOf, Topics: topics}
}

func newCollector(t testing.TB, cfg mqtt.Config) *mqtt.Collector {
	t.Helper()
	c, err := mqtt.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var plant = []mqtt.Topic{
	{Filter: "raw/{line}/{signal}", Payload: mqtt.Number, Tag: "{line}.{signal}"},
	{Filter: "json/+/+", Payload: mqtt.JSON, Tag: "{1}.{2}", Value: "v", Time: "t", Quality: "q"},
	{Filter: "many/{line}", Payload: mqtt.JSON, Time: "$.meta.ts", TimeFormat: timestamp.UnixMs, Fields: []mqtt.Field{
		{Path: `d["force.n"]`, Tag: "{line}.force"},
		{Path: "d.list[1].x", Tag: "l1.temp", Kind: series.Number},
		{Path: "d.run", Tag: "l1.run", Optional: true},
	}},
	{Filter: "bare/#", Payload: mqtt.JSON, Tag: "l1.{1}"},
	{Filter: "cam/{part}/image", Payload: mqtt.Image, Camera: "cam1", Part: "{part}"},
	{Filter: "short/#", Payload: mqtt.Number, Tag: "{5}"},
	{Filter: "$share/floor/shared/{line}/{signal}", Payload: mqtt.Number, Tag: "{line}.{signal}"},
	{Filter: "batch/{line}", Payload: mqtt.JSON, Each: "data.rows", Tag: "{line}.force", Value: "v", Time: "ts", TimeFormat: timestamp.UnixMs},
	{Filter: "pairs/{line}", Payload: mqtt.JSON, Each: "$", Tag: "{line}.force", Value: "[1]", Time: "[0]", TimeFormat: timestamp.UnixMs},
	{Filter: "csv/{line}", Payload: mqtt.CSV, Separator: ";", Time: "[0]", TimeFormat: timestamp.UnixMs, Fields: []mqtt.Field{
		{Path: "[1]", Tag: "{line}.force"}, {Path: "[2]", Tag: "{line}.batch", Optional: true},
	}},
	{Filter: "table/{line}", Payload: mqtt.CSV, Header: true, Tag: "{line}.force", Value: "force"},
	{Filter: "shot/{part}", Payload: mqtt.Image, Camera: "cam1", Value: "image.data", Time: "at", Part: "{part}",
		Beside: mqtt.Beside{Name: "file", Part: "part", Recipe: "recipe", Result: "verdict"}},
}

func TestDecode(t *testing.T) {
	c := newCollector(t, config(plant...))
	for _, tc := range []struct {
		topic, payload string
		want           series.Sample
	}{
		{"raw/l1/force", " 12.5\n", series.Sample{Tag: "l1.force", Receive: 7, Value: 12.5}},
		{"raw/l1/force", "-1e3", series.Sample{Tag: "l1.force", Receive: 7, Value: -1000}},
		{"raw/l1/run", "ON", series.Sample{Tag: "l1.run", Receive: 7, Value: 1}},
		{"raw/l1/batch", "B 7", series.Sample{Tag: "l1.batch", Receive: 7, Text: "B 7"}},
		{"json/l1/force", `{"v":3,"t":"2023-11-14T22:13:20Z","q":"Good"}`, series.Sample{Tag: "l1.force", Source: 1700000000e9, Receive: 7, Value: 3}},
		{"json/l1/force", `{"v":3,"t":1700000000.123456789,"q":true}`, series.Sample{Tag: "l1.force", Source: 1700000000_123456789, Receive: 7, Value: 3}},
		{"json/l1/force", `{"v":3,"t":1700000000123456789,"q":2150891520}`, series.Sample{Tag: "l1.force", Source: 1700000000_123456789, Receive: 7, Value: 3, Status: 2150891520}},
		{"json/l1/force", `{"v":3,"t":1700000000123}`, series.Sample{Tag: "l1.force", Source: 1700000000_123000000, Receive: 7, Value: 3, Status: series.StatusUncertain}},
		{"json/l1/batch", `{"v":"ü","t":1700000000,"q":"bad"}`, series.Sample{Tag: "l1.batch", Source: 1700000000e9, Receive: 7, Text: "ü", Status: series.StatusBad}},
		{"json/l1/run", `{"v":true,"t":1700000000,"q":"good"}`, series.Sample{Tag: "l1.run", Source: 1700000000e9, Receive: 7, Value: 1}},
		{"bare/wave", `[1, 2.5, -3]`, series.Sample{Tag: "l1.wave", Receive: 7, Wave: []float64{1, 2.5, -3}}},
	} {
		got, _, reasons, texts := mqtt.Decode(c, tc.topic, []byte(tc.payload), false)
		if len(got) != 1 || !reflect.DeepEqual(got[0], tc.want) || reasons != nil {
			t.Errorf("%s %s = %+v %v; want %+v", tc.topic, tc.payload, got, texts, tc.want)
		}
	}
}

func TestDecodeRejects(t *testing.T) {
	cfg := config(plant...)
	cfg.MaxPayload, cfg.MaxText = 2000, 1000
	c := newCollector(t, cfg)
	for _, tc := range []struct{ topic, payload, reason, says string }{
		{"raw/l1/force", "", "empty", "empty"},
		{"raw/l1/force", "abc", "number", `"abc"`},
		{"raw/l1/force", "3,14", "number", "3,14"},
		{"raw/l1/force", "0x10", "number", "0x10"},
		{"raw/l1/force", "Inf", "number", "Inf"},
		{"raw/l1/force", "1e999", "number", "1e999"},
		{"raw/l1/force", "1\xff", "utf8", "UTF-8"},
		{"raw/l1/force", strings.Repeat("1", 1001), "too_large", "1001 bytes is over the limit of 1000"},
		{"raw/l1/force", strings.Repeat("1", 2001), "too_large", "2001 bytes is over the limit of 2000"},
		{"raw/l1/run", "maybe", "type", "bool"},
		{"raw/l1/wave", "1", "type", "wave"},
		{"raw/l2/force", "1", "unknown_tag", "l2.force"},
		{"raw/l1/force/x", "1", "unknown_topic", "no configured filter"},
		{"raw/\xff/force", "1", "utf8", "topic"},
		{"json/l1/force", `{"v":3`, "json", "unexpected"},
		{"json/l1/force", `{"v":3} {}`, "json", "more after the end"},
		{"json/l1/force", `{"v":"12","t":1700000000}`, "type", `number, got text "12"`},
		{"json/l1/force", `{"v":{},"t":1700000000}`, "type", "an object"},
		{"json/l1/force", `{"v":1e999,"t":1700000000}`, "number", "1e999"},
		{"json/l1/force", `{"t":1700000000}`, "path", `"v" leads nowhere`},
		{"json/l1/force", `{"v":3}`, "path", `"t" leads nowhere`},
		{"json/l1/force", `{"v":3,"t":"noon"}`, "time", "noon"},
		{"json/l1/force", `{"v":3,"t":[]}`, "time", "neither"},
		{"bare/wave", `[1,"2"]`, "type", "point 1"},
		{"bare/wave", `[]`, "empty", "no points"},
		{"bare/force", `"12"`, "type", "text"},
		{"short/1", "1", "path", "no level"},
	} {
		got, _, reasons, texts := mqtt.Decode(c, tc.topic, []byte(tc.payload), false)
		if len(got) != 0 || len(reasons) != 1 || reasons[0] != tc.reason || !strings.Contains(texts[0], tc.says) {
			t.Errorf("%s %.60s = %+v %v %v; want %s", tc.topic, tc.payload, got, reasons, texts, tc.reason)
		}
	}
}

func TestDecodeSeveralTags(t *testing.T) {
	c := newCollector(t, config(plant...))
	got, _, reasons, _ := mqtt.Decode(c, "many/l1", []byte(`{"meta":{"ts":1700000000123},"d":{"force.n":5,"list":[0,{"x":"hot"}]}}`), false)
	want := []series.Sample{{Tag: "l1.force", Source: 1700000000_123000000, Receive: 7, Value: 5}}
	if !reflect.DeepEqual(got, want) || len(reasons) != 1 || reasons[0] != "type" {
		t.Errorf("got %+v %v; the good field stays, the bad one is named, the optional one may be missing", got, reasons)
	}
}

func TestDecodeMissingValues(t *testing.T) {
	c := newCollector(t, config(plant...))
	for topic, payload := range map[string]string{"raw/l1/force": "NaN", "bare/force": "null"} {
		got, _, _, _ := mqtt.Decode(c, topic, []byte(payload), false)
		if len(got) != 1 || !math.IsNaN(got[0].Value) || got[0].Quality() != series.Bad {
			t.Errorf("%s %s = %+v; want a bad sample without a value", topic, payload, got)
		}
	}
}

func TestDecodeRetainedWithoutTimeIsUncertain(t *testing.T) {
	c := newCollector(t, config(plant...))
	got, _, _, _ := mqtt.Decode(c, "raw/l1/force", []byte("1"), true)
	if len(got) != 1 || got[0].Quality() != series.Uncertain {
		t.Errorf("got %+v", got)
	}
	got, _, _, _ = mqtt.Decode(c, "json/l1/force", []byte(`{"v":1,"t":1700000000,"q":true}`), true)
	if len(got) != 1 || got[0].Quality() != series.Good {
		t.Errorf("got %+v", got)
	}
}

func TestDecodeImage(t *testing.T) {
	c := newCollector(t, config(plant...))
	_, p, _, _ := mqtt.Decode(c, "cam/P-7/image", []byte{0xff, 0xd8, 0xff}, false)
	if p == nil || p.Camera != "cam1" || p.Part != "P-7" || p.Name != "image" || len(p.Data) != 3 || p.Received != 7 {
		t.Errorf("got %+v", p)
	}
}

func TestNewReportsEverything(t *testing.T) {
	_, err := mqtt.New(mqtt.Config{
		Name: "x", URL: "http://u:geheim@h", TLS: mqtt.TLS{InsecureSkipVerify: true, CertFile: "c"}, MaxPayload: 100 << 20, MaxQueued: 1 << 20, Inflight: 1 << 20,
		Topics: []mqtt.Topic{
			{Filter: "a/#/b", QoS: 2, Payload: "xml", Tag: "{9999999}"},
			{Filter: "a", Payload: mqtt.JSON, Value: "a..b", TimeFormat: "stardate"},
			{Filter: "b", Payload: mqtt.Image, Part: "{oops}"},
		},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"url", "client id", "allow_insecure", "certificate and key", "inflight", "max payload", "no tags",
		"# fills the last", "qos 2", `payload "xml"`, "9999999", "a..b", "stardate", "camera is missing", "oops"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "geheim") {
		t.Errorf("password in: %v", err)
	}
}
