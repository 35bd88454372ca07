package camera_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/camera"
)

// counting is a sink that keeps nothing, and looks at the memory now and then.
type counting struct {
	n    atomic.Int64
	most atomic.Uint64 // bytes in use
	all  chan struct{} // closed after want pictures
	want int64
}

func (c *counting) Samples(context.Context, []series.Sample, func(error)) error { return nil }
func (c *counting) Gap(context.Context, series.Gap) error                       { return nil }

func (c *counting) Image(context.Context, collectors.Picture) (collectors.Stored, error) {
	n := c.n.Add(1)
	if n%5000 == 1 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		c.most.Store(max(c.most.Load(), m.HeapAlloc))
	}
	if n == c.want {
		close(c.all)
	}
	return collectors.Stored{}, nil
}

// BenchmarkHundredThousandFiles is a folder that nobody has emptied for weeks.
func BenchmarkHundredThousandFiles(b *testing.B) {
	if os.Getenv("EDGELABEL_BENCH_LARGE") == "" {
		b.Skip("a hundred thousand files: set EDGELABEL_BENCH_LARGE=1")
	}
	for name, side := range map[string]*camera.Sidecar{"alone": nil, "with sidecars": {}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				dir := b.TempDir()
				fill(b, dir, 100_000, side != nil)
				b.StartTimer()
				drain(b, camera.Config{Dir: dir, Sidecar: side}, 100_000)
			}
		})
	}
}

// TestFullFolder is the same with fewer files, so that it is known to work.
func TestFullFolder(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 2000, true)
	drain(t, camera.Config{Dir: dir, Sidecar: &camera.Sidecar{}}, 2000)
}

func fill(t testing.TB, dir string, files int, sidecars bool) {
	data := pngOf(t, noisy(1, 32, 32))
	for i := range files {
		name := filepath.Join(dir, fmt.Sprintf("P%06d_ok.png", i))
		err := os.WriteFile(name, data, 0o644)
		if err == nil && sidecars {
			err = os.WriteFile(name+".json", []byte(`{"recipe": "blue"}`), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func drain(b testing.TB, cfg camera.Config, files int64) {
	cfg.Name, cfg.Pattern, cfg.Settle = "cam", "{part}_{result}.png", 50*time.Millisecond
	c, err := camera.New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	sink := &counting{all: make(chan struct{}), want: files}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	began := time.Now()
	go func() { ended <- c.Run(ctx, sink, collectors.NewStatus("cam", time.Now)) }()
	select {
	case <-sink.all:
	case err := <-ended:
		b.Fatal("ended early:", err)
	}
	if bench, is := b.(*testing.B); is {
		bench.ReportMetric(float64(files)/time.Since(began).Seconds(), "files/s")
		bench.ReportMetric(float64(sink.most.Load())/(1<<20), "MB-heap")
	}
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(cfg.Dir, "*.png")); err != nil || len(left) > 1 { // the last may not be put away yet
		b.Fatalf("%d files are left: %v", len(left), err)
	}
}
