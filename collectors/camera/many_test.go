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
	const files = 100_000
	data := pngOf(b, noisy(1, 32, 32))
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		for i := range files {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("P%06d_ok.png", i)), data, 0o644); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		drain(b, dir, files)
	}
}

func drain(b *testing.B, dir string, files int64) {
	c, err := camera.New(camera.Config{Name: "cam", Dir: dir, Pattern: "{part}_{result}.png", Settle: 50 * time.Millisecond})
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
	b.ReportMetric(float64(files)/time.Since(began).Seconds(), "files/s")
	b.ReportMetric(float64(sink.most.Load())/(1<<20), "MB-heap")
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.png")); err != nil || len(left) > 1 { // the last may not be put away yet
		b.Fatalf("%d files are left: %v", len(left), err)
	}
}
