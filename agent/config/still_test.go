package config_test

import (
	"strings"
	"testing"
	"time"

	"edgelabel/agent/config"
)

func TestStill(t *testing.T) {
	camera := func(text string) string {
		return "tags: [{id: there, kind: bool}]\ncameras: [{name: c, " + text + "}]\n"
	}
	cfg, err := config.Parse("s.yaml", []byte(camera("snapshot: {url: 'http://h/', trigger: {tag: there}}")))
	if err != nil {
		t.Fatal(err)
	}
	if s := cfg.Cameras[0].Snapshot; time.Duration(s.Timeout) != 5*time.Second || s.Trigger.Edge != "rising" || s.Trigger.Stale == 0 {
		t.Errorf("%+v", s)
	}
	for text, want := range map[string]string{
		"snapshot: {every: 1s}":                                              "url",
		"snapshot: {url: 'http://h/'}":                                       "either every",
		"rtsp: {url: 'rtsp://h/', every: 1s, trigger: {tag: there}}":         "either every",
		"rtsp: {url: 'rtsp://h/', trigger: {}}":                              "the tag that asks",
		"rtsp: {url: 'rtsp://h/', trigger: {tag: gone}}":                     "no tag is called",
		"rtsp: {url: 'rtsp://h/', trigger: {tag: there, edge: up}}":          "rising, falling, change",
		"rtsp: {url: 'rtsp://h/', trigger: {tag: there, delay: -1s}}":        "zero or more",
		"rtsp: {url: 'rtsp://h/', every: 1s, timeout: 0s}":                   "more than zero",
		"rtsp: {url: 'rtsp://h/', every: 1s, ca: /no/such}":                  "no such file",
		"rtsp: {url: 'rtsp://h/', every: 1s}, folder: {dir: /tmp}":           "at most one",
		"rtsp: {url: 'rtsp://h/', every: 1s}, snapshot: {url: h, every: 1s}": "at most one",
	} {
		if _, err := config.Parse("s.yaml", []byte(camera(text))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nwant %q, got %v", text, want, err)
		}
	}
}
