package config_test

import (
	"strings"
	"testing"

	"edgelabel/agent/config"
)

func TestSparkplug(t *testing.T) {
	const head = "tags: [{id: t}]\nsparkplug:\n- name: s\n  url: tcp://h:1883\n"
	cfg, err := config.Parse("s.yaml", []byte(head+"  metrics: [{tag: t, group: g, node: +, metric: m}]"))
	if err != nil {
		t.Fatal(err)
	}
	if b := cfg.Sparkplug[0].Broker(); b.Name != "s" || b.KeepAlive == 0 || b.MaxPayload == 0 {
		t.Errorf("%+v", b)
	}
	for text, want := range map[string]string{
		head: "at least one metric",
		head + "  metrics: [{tag: x, group: g, node: n, metric: m}]":                                    `no tag is called "x"`,
		head + "  metrics: [{tag: t, node: n, metric: m}]":                                              "want group, node and metric",
		head + "  metrics: [{tag: t, group: g, node: a/b, metric: m}]":                                  "+ alone",
		head + "  host_id: a/b\n  metrics: [{tag: t, group: g, node: n, metric: m}]":                    "want no /",
		strings.Replace(head, "tcp", "http", 1) + "  metrics: [{tag: t, group: g, node: n, metric: m}]": "tcp://host:1883",
	} {
		if _, err := config.Parse("s.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nwant %q, got %v", text, want, err)
		}
	}
}
