package config_test

import (
	"strings"
	"testing"
	"time"

	"edgelabel/agent/config"
)

func TestCleaningIsRead(t *testing.T) {
	cfg, err := config.Parse("x", []byte(`
tags:
  - {id: a, accept: good, stale: 30s, counter: {width: 16}, history: {swing: 0.5}}
mqtt:
  - {name: b, url: "tcp://h:1", clock: -30s, topics: [{filter: x, tag: a}]}
opcua:
  - {name: p, endpoint: "opc.tcp://h:1", clock: measured, nodes: [{tag: a, node: i=1}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	tag := cfg.Tags[0]
	if tag.Counter.Rolls() != 65536 || tag.History.Swing != 0.5 || tag.History.Every != config.Duration(time.Minute) || tag.Accept != "good" {
		t.Errorf("tag %+v", tag)
	}
	if cfg.MQTT[0].Clock.Ahead != -30*time.Second || !cfg.OPCUA[0].Clock.Measured {
		t.Errorf("clocks %+v %+v", cfg.MQTT[0].Clock, cfg.OPCUA[0].Clock)
	}
}

func TestCleaningIsChecked(t *testing.T) {
	for text, want := range map[string]string{
		`tags: [{id: a, history: {swing: 1, deadband: 1}}]`:                "exactly one of deadband, exception and swing; got 2",
		`tags: [{id: a, history: {every: 1m}}]`:                            "got 0",
		`tags: [{id: a, history: {swing: -1}}]`:                            "a bound above zero",
		`tags: [{id: a, kind: text, history: {swing: 1}}]`:                 "for kind number",
		`tags: [{id: a, counter: {width: 16, modulus: 5}}]`:                "bits, or a modulus",
		`tags: [{id: a, counter: {modulus: 5, max_step: 5}}]`:              "below 5",
		`tags: [{id: a, accept: bad}]`:                                     "want all, uncertain, good",
		`tags: [{id: a, stale: -1s}]`:                                      "zero (never) or more",
		`mqtt: [{name: b, url: "tcp://h:1", clock: measured, topics: []}]`: "does not tell the time",
		`mqtt: [{name: b, url: "tcp://h:1", clock: fast, topics: []}]`:     "want measured, or how far",
		`results: [{name: r, url: "tcp://h:1", topic: "a/{who}"}]`:         "want one of gateway",
		`results: [{name: r, url: "tcp://h:1", events: [label]}]`:          "want item, verdict",
		`results: [{name: r, url: "http://h:1"}]`:                          "want tcp://host:1883",
	} {
		_, err := config.Parse("x", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n\t%v, want %q", text, err, want)
		}
	}
}
