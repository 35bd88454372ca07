package config_test

import (
	"strings"
	"testing"

	"edgelabel/agent/config"
)

func TestTopics(t *testing.T) {
	parse := func(topic string) error {
		_, err := config.Parse("t.yaml", []byte("tags: [{id: t}]\ncameras: [{name: c}]\nmqtt: [{name: m, url: 'tcp://h:1883', topics: [{filter: a, "+topic+"}]}]"))
		return err
	}
	for _, good := range []string{
		"payload: json, tag: t, value: v, each: $", "payload: csv, tag: t, value: '[1]', separator: ';'",
		"payload: image, camera: c, value: i, beside: {part: p}",
	} {
		if err := parse(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, want := range map[string]string{
		"payload: csv, tag: t":                                 "either value",
		"payload: number, tag: t, each: rows":                  "only a json topic",
		"payload: json, tag: t, value: v, header: true":        "are for csv",
		"payload: csv, tag: t, value: '[0]', separator: '||'":  "one character",
		"payload: image, camera: c, beside: {part: p}":         "stand beside",
		"payload: json, tag: t, value: v, beside: {result: r}": "stand beside",
	} {
		if err := parse(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", bad, want, err)
		}
	}
}
