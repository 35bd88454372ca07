package opcua_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"
	"go.uber.org/goleak"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/collectortest"
	"edgelabel/collectors/opcua"
)

var (
	_ collectors.Collector = (*opcua.Collector)(nil)
	_ collectors.Finisher  = (*opcua.Collector)(nil)
)

func TestConformance(t *testing.T) {
	collectortest.Run(t, func(t *testing.T) (collectors.Collector, collectortest.Peer) {
		p := newPlant(t)
		p.set("force", dataValue(0.0, ua.StatusOK, time.Now()))
		p.set("text", dataValue(0.0, ua.StatusOK, time.Now()))
		c := p.config()
		c.Backfill = true
		c.Nodes = append(c.Nodes, p.node("text", series.Number))
		return newCollector(t, c), p
	}, nil, goleak.IgnoreAnyFunction("github.com/gopcua/opcua/server.(*Subscription).run"))
}

func newCollector(t *testing.T, c opcua.Config) *opcua.Collector {
	t.Helper()
	c.Log = slog.New(slog.DiscardHandler)
	col, err := opcua.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return col
}

// running is a supervised collector.
type running struct {
	sink   *collectortest.Sink
	status *collectors.Status
	stop   func()
}

func run(t *testing.T, c opcua.Config) *running {
	t.Helper()
	col := newCollector(t, c)
	r := &running{sink: collectortest.NewSink(), status: collectors.NewStatus(c.Name, time.Now)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	o := collectors.Options{Min: 50 * time.Millisecond, Max: 200 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}
	go func() { ended <- collectors.Supervise(ctx, col, r.sink, r.status, o) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Supervise: %v", err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

func (r *running) detail() any { return r.status.Snapshot() }

func (r *running) waitUp(t *testing.T) {
	t.Helper()
	collectortest.Eventually(t, "up", func() bool { return r.status.Snapshot().State == collectors.Up }, r.detail)
}

func (r *running) waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	collectortest.Eventually(t, what, ok, r.detail)
}
