package rtsp_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/format"
	"go.uber.org/goleak"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/camera/rtsp"
	"edgelabel/collectors/camera/shutter"
	"edgelabel/collectors/collectortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config(t *testing.T, c *camera, when shutter.Config) rtsp.Config {
	t.Helper()
	s, err := shutter.New(when)
	must(t, err)
	return rtsp.Config{Name: "cam", URL: fmt.Sprintf("rtsp://%s/live", c.addr), Shutter: s, Timeout: 20 * time.Second}
}

func TestConformance(t *testing.T) {
	collectortest.Run(t, func(t *testing.T) (collectors.Collector, collectortest.Peer) {
		c := newCamera(t)
		s, err := rtsp.New(config(t, c, shutter.Config{Every: time.Millisecond}))
		must(t, err)
		return s, c
	}, nil)
}

func TestStillOfEachPart(t *testing.T) {
	c := newCamera(t)
	c.Start(t)
	cfg := config(t, c, shutter.Config{Tag: "part", Debounce: time.Nanosecond, Stale: time.Minute})
	s, err := rtsp.New(cfg)
	must(t, err)
	sink, status := collectortest.NewSink(), collectors.NewStatus("cam", time.Now)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- collectors.Supervise(ctx, s, sink, status, collectors.Options{Min: time.Millisecond, Max: time.Second, Log: slog.New(slog.DiscardHandler)})
	}()
	collectortest.Eventually(t, "up", func() bool { return status.Snapshot().State == collectors.Up }, nil)
	for n := 1; n <= 5; n++ {
		c.mu.Lock()
		c.parts = []int{n}
		c.mu.Unlock()
		time.Sleep(20 * time.Millisecond) // the part stands still before its signal comes; a picture of the part before would fail the test
		for _, v := range []float64{0, 1} {
			now := time.Now().UnixNano()
			cfg.Shutter.See(series.Sample{Tag: "part", Value: v, Source: now, Receive: now})
		}
		collectortest.Eventually(t, "a still", func() bool { return len(sink.Images()) == n }, func() any { return status.Snapshot() })
		if got := sink.Images()[n-1]; number(got.Data) != n || got.Taken == 0 {
			t.Errorf("still %d shows part %d, taken %d", n, number(got.Data), got.Taken)
		}
	}
	cancel()
	must(t, <-ended)
}

func TestProbe(t *testing.T) {
	h264 := &format.H264{PayloadTyp: 96, PacketizationMode: 1}
	for name, c := range map[string]struct {
		codec  format.Format
		change func(*rtsp.Config)
		want   string // of the error; empty wants none
	}{
		"a still":        {nil, as("u", "p"), ""},
		"wrong password": {nil, as("u", "hush"), "401"},
		"no user":        {nil, as("", ""), "401"},
		"h264":           {h264, as("u", "p"), "the stream is H264, which cannot be decoded here"},
		"nobody there":   {nil, func(c *rtsp.Config) { c.URL = "rtsp://127.0.0.1:1/live" }, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			peer := newCamera(t)
			peer.user, peer.password, peer.codec = "u", "p", c.codec
			peer.Start(t)
			cfg := config(t, peer, shutter.Config{Every: time.Second})
			c.change(&cfg)
			err := rtsp.Probe(context.Background(), cfg)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "hush") {
				t.Errorf("the password is in the error: %v", err)
			}
		})
	}
}

func as(user, password string) func(*rtsp.Config) {
	return func(c *rtsp.Config) { c.User, c.Password = user, password }
}

func TestConfig(t *testing.T) {
	for want, change := range map[string]func(*rtsp.Config){
		"name":       func(c *rtsp.Config) { c.Name = "" },
		"rtsp:// or": func(c *rtsp.Config) { c.URL = "http://h/" },
		"keys of":    func(c *rtsp.Config) { c.URL = "rtsp://u:p@h/" },
		"without":    func(c *rtsp.Config) { c.Password = "p" },
		"above":      func(c *rtsp.Config) { c.Timeout = -1 },
		"says when":  func(c *rtsp.Config) { c.Shutter = nil },
	} {
		cfg := config(t, &camera{addr: "h"}, shutter.Config{Every: time.Second})
		change(&cfg)
		if _, err := rtsp.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
