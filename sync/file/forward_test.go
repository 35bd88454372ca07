package file_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"edgelabel/sync/file"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

// The disk is pulled out in the middle and comes back.
func TestForwarderToADisk(t *testing.T) {
	const items = 20
	root := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(root, 0o700); err != nil {
		t.Fatal(err)
	}
	to := file.New(file.Config{Root: root})
	out, blobs := &uplinktest.Outbox{}, uplinktest.Blobs{}
	uplinktest.Fill(t, out, blobs, "A", items)
	f, err := uplink.New(uplink.Config{Gateway: "gw", Name: "disk", Target: to, Outbox: out, Blobs: blobs, MaxBatchEntries: 5,
		Linger: time.Millisecond, BackoffMin: time.Millisecond, BackoffMax: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
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
	until := func(done func(uplink.Status) bool) {
		for !done(f.Status()) && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
	}
	until(func(s uplink.Status) bool { return s.LastBatch >= 2 })
	if err := os.Rename(root, root+" in a pocket"); err != nil {
		t.Fatal(err)
	}
	until(func(s uplink.Status) bool { return s.Failures >= 2 || out.Left() == 0 })
	if err := os.Rename(root+" in a pocket", root); err != nil {
		t.Fatal(err)
	}
	until(func(uplink.Status) bool { return out.Left() == 0 })
	cancel()
	wg.Wait()
	r, err := uplink.Verify(t.Context(), to)
	if err != nil || !r.OK() || r.Items != items || r.Labels != items {
		t.Errorf("%+v, %v; status %+v", r, err, f.Status())
	}
}
