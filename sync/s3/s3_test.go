package s3_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgelabel/sync/s3"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRealStores(t *testing.T) {
	for _, k := range []kind{versityGW(), minIO()} {
		for name, insecure := range map[string]bool{"https": false, "http": true} {
			t.Run(k.name+" "+name, func(t *testing.T) {
				g, next := newGateway(t, k, insecure), prefixes()
				uplinktest.TestTarget(t, func(t *testing.T) uplink.Target { return g.target(t, next()) })
			})
		}
	}
}

// A forwarder sends a few hundred items while the store is killed and started again under it.
func TestForwarderOutlivesTheStore(t *testing.T) { onEach(t, outlives) }

func outlives(t *testing.T, g *gateway) {
	const items = 120
	to := g.target(t, "line/2")
	out, blobs := &uplinktest.Outbox{}, uplinktest.Blobs{}
	uplinktest.Fill(t, out, blobs, "A", items)
	f, err := uplink.New(uplink.Config{Gateway: "gw", Name: "central", Target: to, Outbox: out, Blobs: blobs, MaxBatchEntries: 30,
		Linger: time.Millisecond, BackoffMax: 200 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := f.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	for _, batches := range []uint64{1, 3} {
		for f.Status().LastBatch < batches && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		g.stop(t)
		for failures := f.Status().Failures; f.Status().Failures == failures && ctx.Err() == nil; {
			time.Sleep(time.Millisecond)
		}
		g.start(t)
	}
	for out.Left() > 0 && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	cancel()
	wg.Wait()
	r, err := uplink.Verify(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	if s := f.Status(); !r.OK() || r.Items != items || r.Labels != items || r.Blobs != items || s.Failures < 2 {
		t.Errorf("%+v, status %+v", r, s)
	}
}

func TestWrongKeyAndBucket(t *testing.T) {
	g := newGateway(t, versityGW(), false)
	for name, spoil := range map[string]func(*s3.Config){
		"secret": func(c *s3.Config) { c.SecretKey = "wrong" }, "bucket": func(c *s3.Config) { c.Bucket = "none" },
		"authority": func(c *s3.Config) { c.CAFile = "" },
	} {
		cfg := s3.Config{Endpoint: g.addr, Bucket: "plant", AccessKey: accessKey, SecretKey: secretKey, PathStyle: true, CAFile: g.cert}
		spoil(&cfg)
		to, err := s3.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = uplink.Probe(t.Context(), to, "gw")
		if err == nil || !strings.Contains(err.Error(), "put v1/state/gw=gw/probe.json") {
			t.Errorf("%s: %v", name, err)
		}
		t.Log(err)
		if err := to.Close(); err != nil {
			t.Error(err)
		}
	}
}
