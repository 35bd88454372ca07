package sparkplug_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	broker "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
	"go.uber.org/goleak"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/collectortest"
	"edgelabel/collectors/sparkplug"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// edge is a broker with an edge node inside, which sends all it has whenever it is asked for its births, as a node with a buffer does.
type edge struct {
	addr   string
	server *broker.Server

	mu     sync.Mutex
	seq    uint64
	bd     uint64
	values []float64
}

func (e *edge) Start(t *testing.T) {
	t.Helper()
	ln, err := net.Listen("tcp", e.addr)
	must(t, err)
	e.addr = ln.Addr().String()
	e.server = broker.New(&broker.Options{InlineClient: true, Logger: slog.New(slog.DiscardHandler)})
	must(t, e.server.AddHook(new(auth.AllowHook), nil))
	must(t, e.server.AddListener(listeners.NewNet("test", ln)))
	must(t, e.server.Serve())
	must(t, e.server.Subscribe("spBv1.0/Plant1/NCMD/Press7", 1, func(*broker.Client, packets.Subscription, packets.Packet) {
		go e.births(t)
	}))
	e.mu.Lock()
	e.bd++
	e.mu.Unlock()
}

func (e *edge) Stop(t *testing.T) {
	if e.server != nil {
		must(t, e.server.Close())
		e.server = nil
	}
}

func (e *edge) births(t *testing.T) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seq = 0
	e.publish(t, "NBIRTH", "", bdSeq(e.bd))
	e.publish(t, "DBIRTH", "/cam1", metric(name("temp"), alias(1), typed(10), null()))
	for _, v := range e.values {
		e.publish(t, "DDATA", "/cam1", metric(alias(1), real(v), historical()))
	}
}

// publish is called with the mutex held.
func (e *edge) publish(t *testing.T, verb, device string, metrics ...field) {
	topic := "spBv1.0/Plant1/" + verb + "/Press7" + device
	if err := e.server.Publish(topic, message(uint64(time.Now().UnixMilli()), e.seq, metrics...), false, 0); err != nil {
		t.Logf("publish %s: %v", topic, err)
	}
	e.seq = (e.seq + 1) % 256
}

func (e *edge) Send(t *testing.T, n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.values = append(e.values, float64(n))
	e.publish(t, "DDATA", "/cam1", metric(alias(1), real(float64(n))))
}

func (e *edge) SendBad(t *testing.T) {
	must(t, e.server.Publish("spBv1.0/Plant1/DDATA/Press7/cam1", []byte{0xff}, false, 0))
}

func (e *edge) Has(s *collectortest.Sink, n int) bool {
	return slices.ContainsFunc(s.All(), func(x series.Sample) bool { return x.Value == float64(n) })
}

func TestConformance(t *testing.T) {
	collectortest.Run(t, func(t *testing.T) (collectors.Collector, collectortest.Peer) {
		e := &edge{addr: "127.0.0.1:0"}
		ln, err := net.Listen("tcp", e.addr)
		must(t, err)
		e.addr = ln.Addr().String()
		must(t, ln.Close())
		t.Cleanup(func() { e.Stop(t) })
		cfg := config()
		cfg.MQTT.URL, cfg.MQTT.StateDir, cfg.HostID = "tcp://"+e.addr, t.TempDir(), "gw-01"
		cfg.Metrics = slices.DeleteFunc(cfg.Metrics, func(m sparkplug.Metric) bool { return m.Tag != "temp" })
		c, err := sparkplug.New(cfg)
		must(t, err)
		return c, e
	}, nil)
}

// installed finds a program, or skips the test.
func installed(t *testing.T, name string) string {
	t.Helper()
	for _, path := range []string{name, "/usr/sbin/" + name} {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	absent(t, name)
	return ""
}

func absent(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("EDGELABEL_REQUIRE_PEERS") == "1" {
		t.Fatalf("%s: not installed", what)
	}
	t.Skipf("%s: not installed", what)
}

func script(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("EDGELABEL_PEERS")
	if dir == "" {
		home, err := os.UserHomeDir()
		must(t, err)
		dir = filepath.Join(home, ".cache", "edgelabel-peers")
	}
	path := filepath.Join(dir, "plant", "sparkplug.cjs")
	if _, err := os.Stat(path); err != nil {
		absent(t, path)
	}
	return path
}

// TestPeer is an edge node that nobody of this project wrote, through a broker that neither.
func TestPeer(t *testing.T) {
	mosquitto, node, js := installed(t, "mosquitto"), installed(t, "node"), script(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	addr := ln.Addr().String()
	must(t, ln.Close())
	conf := filepath.Join(t.TempDir(), "mosquitto.conf")
	must(t, os.WriteFile(conf, fmt.Appendf(nil, "user root\nlog_dest none\nallow_anonymous true\nlistener %s 127.0.0.1\n", addr[strings.LastIndex(addr, ":")+1:]), 0o600))
	b := exec.Command(mosquitto, "-c", conf)
	must(t, b.Start())
	defer func() {
		_ = b.Process.Kill()
		_ = b.Wait()
	}()
	cfg := config()
	cfg.MQTT.URL, cfg.MQTT.StateDir, cfg.HostID = "tcp://"+addr, t.TempDir(), "gw-01"
	c, err := sparkplug.New(cfg)
	must(t, err)
	sink, status := collectortest.NewSink(), collectors.NewStatus("plant", time.Now)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- collectors.Supervise(ctx, c, sink, status, collectors.Options{Min: 10 * time.Millisecond, Max: 100 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	}()
	defer func() {
		cancel()
		must(t, <-ended)
	}()
	collectortest.Eventually(t, "up", func() bool { return status.Snapshot().State == collectors.Up }, func() any { return status.Snapshot() })
	var said bytes.Buffer
	edge := exec.Command(node, js, "mqtt://"+addr)
	edge.Stderr = &said
	must(t, edge.Run())
	collectortest.Eventually(t, "the death of the device makes its tags stale", func() bool {
		temp := sink.Tag("temp")
		return len(temp) > 0 && temp[len(temp)-1].Quality() == series.Bad
	}, func() any { return []any{sink.All(), status.Snapshot(), said.String()} })
	var temps []float64
	for _, s := range sink.Tag("temp") {
		if s.Quality() == series.Good && (len(temps) == 0 || temps[len(temps)-1] != s.Value) {
			temps = append(temps, s.Value)
		}
	}
	if !slices.Equal(temps, []float64{1, 2, 3}) {
		t.Errorf("temp %v, want 1 2 3", temps)
	}
	for tag, want := range map[string]series.Sample{"count": {Value: 7}, "run": {Value: 1}, "batch": {Text: "B-1"}} {
		got := sink.Tag(tag)
		if len(got) < 4 || got[0].Value != want.Value || got[0].Text != want.Text || got[0].Source == 0 {
			t.Errorf("%s: %+v", tag, got)
		}
	}
	if len(sink.Gaps()) < 4 {
		t.Errorf("the death leaves %d gaps, want one for each tag", len(sink.Gaps()))
	}
}
