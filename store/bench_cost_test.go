package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"edgelabel/agent/series"
	"edgelabel/store"
)

// BenchmarkWriteAmplification stores the samples of 1000 signals at 10 Hz, one Append each tenth of a second, lets them be sealed, and says
// how many bytes went to the disk for each byte of them, a sample being 16: its time and its value.
func BenchmarkWriteAmplification(b *testing.B) {
	const signals = 1000
	x := open(b, b.TempDir(), store.Options{})
	before := written(b)
	for i := 0; b.Loop(); i++ {
		list := make([]series.Sample, signals)
		for k := range list {
			at := t0 + int64(i)*1e8
			list[k] = series.Sample{Tag: fmt.Sprintf("line/%d", k), Source: at + int64(k%3)*1e6, Receive: at + 5e6, Value: float64((i*k)%500) / 10}
		}
		appendAll(b, x.Store, list...)
	}
	x.expectSealed(b)
	n := float64(b.N) * signals
	b.ReportMetric(float64(written(b)-before)/(16*n), "written/byte")
	b.ReportMetric(n/b.Elapsed().Seconds(), "samples/s")
}

// written is what this process has given the disk to write.
func written(b *testing.B) (n int64) {
	b.Helper()
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		b.Skip("/proc/self/io: ", err)
	}
	var name string
	for line := string(text); ; {
		var v int64
		if _, err := fmt.Sscanf(line, "%s %d\n", &name, &v); err != nil {
			b.Fatal("/proc/self/io has no write_bytes")
		}
		if name == "write_bytes:" {
			return v
		}
		line = line[len(fmt.Sprintf("%s %d\n", name, v)):]
	}
}

// BenchmarkMemoryPerSignal says what a signal costs while its newest segment is written, for ten times as many signals, too.
func BenchmarkMemoryPerSignal(b *testing.B) {
	for _, signals := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("signals=%d", signals), func(b *testing.B) {
			for b.Loop() {
				x := open(b, b.TempDir(), store.Options{Segment: 1 << 30})
				before := heap()
				for i := range 100 {
					list := make([]series.Sample, signals)
					for k := range list {
						at := t0 + int64(i)*1e8
						list[k] = series.Sample{Tag: fmt.Sprintf("line/%d", k), Source: at, Receive: at + 5e6, Value: float64(i * k)}
					}
					appendAll(b, x.Store, list...)
				}
				b.ReportMetric(float64(heap()-before)/float64(signals), "bytes/signal")
				x.close()
			}
		})
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkOpen opens a directory with so many items and sealed samples, after a clean stop and after an unclean one. The backlog of
// pictures is in the index only: at the start nobody reads them.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		if n > 10_000 && !large() {
			continue
		}
		b.Run(fmt.Sprintf("items=%d", n), func(b *testing.B) {
			dir := b.TempDir()
			x := open(b, dir, store.Options{Targets: []string{"s3"}})
			createAll(b, x.Store, n)
			writeWave(b, x, 2_000_000)
			x.expectSealed(b)
			x.close()
			for name, unclean := range map[string]bool{"clean": false, "unclean": true} {
				b.Run(name, func(b *testing.B) {
					used := processorTime(b)
					for b.Loop() {
						if unclean {
							check(b, os.WriteFile(filepath.Join(dir, "pid"), []byte("1\n"), 0o600))
						}
						s := must(store.Open(dir, store.Options{Targets: []string{"s3"}, MinFree: -1, Ballast: -1, Taxonomy: taxonomy()}))(b)
						check(b, s.Close())
					}
					b.ReportMetric(float64((processorTime(b)-used).Microseconds())/1000/float64(b.N), "cpu-ms/open")
				})
			}
		})
	}
}

// createAll creates items, as many at once as share a commit.
func createAll(b *testing.B, s *store.Store, n int) {
	b.Helper()
	ended, slots := make(chan error, n), make(chan struct{}, 2000)
	for i := range n {
		slots <- struct{}{}
		go func() {
			it := item(i)
			it.Part.PartID = fmt.Sprint(i)
			ended <- s.CreateItem(b.Context(), it)
			<-slots
		}()
	}
	for range n {
		check(b, <-ended)
	}
}
