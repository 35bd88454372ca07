package store_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"edgelabel/agent/series"
	"edgelabel/store"

	"golang.org/x/sys/unix"
)

// large says whether benchmarks may take minutes to prepare: make bench says so.
func large() bool { return os.Getenv("EDGELABEL_BENCH_LARGE") == "1" }

// BenchmarkSeries draws a signal of 1 kHz for 2000 columns: over all of it, a tenth, a fifteenth, for which the cells of a million samples are
// just too wide, and a hundredth. All is sealed but what came last. It reads from the system's cache, and cold, when all has to come from
// the disk.
func BenchmarkSeries(b *testing.B) {
	for _, n := range []int{1_000_000, 100_000_000} {
		b.Run(fmt.Sprintf("samples=%d", n), func(b *testing.B) {
			if n > 1_000_000 && !large() {
				b.Skip("takes minutes to write: EDGELABEL_BENCH_LARGE is not 1")
			}
			x := open(b, b.TempDir(), store.Options{Series: 64 << 30})
			end := writeWave(b, x, n)
			x.expectSealed(b)
			st := must(x.Stats(b.Context()))(b)
			for name, share := range map[string]int{"all": 1, "tenth": 10, "fifteenth": 15, "hundredth": 100} {
				length := (end - t0) / int64(share)
				query := func(b *testing.B, i int) {
					from := t0 + int64(i%7)*(end-t0-length)/7
					got, gaps, err := x.Reduce(b.Context(), []string{"force"}, from, from+length, 2000)
					if err != nil || len(gaps) > 0 || got[0].Buckets == nil && n/share > 4000 {
						b.Fatal(len(got[0].T), gaps, err)
					}
				}
				b.Run(name, func(b *testing.B) {
					used := processorTime(b)
					for i := 0; b.Loop(); i++ {
						query(b, i)
					}
					b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/query")
					b.ReportMetric(float64((processorTime(b)-used).Microseconds())/1000/float64(b.N), "cpu-ms/query") // says more on a machine that others use
					b.ReportMetric(float64(st.Series.Bytes)/float64(n), "bytes/sample")
				})
				b.Run(name+"/cold", func(b *testing.B) {
					for i := range b.N {
						b.StopTimer()
						x.forget(b)
						b.StartTimer()
						query(b, i)
					}
					b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/query")
				})
			}
		})
	}
}

// forget has the system take the sealed segments out of its cache.
func (x *opened) forget(b *testing.B) {
	b.Helper()
	for _, path := range must(filepath.Glob(filepath.Join(x.dir, "series", "*.seg")))(b) {
		f := must(os.Open(path))(b)
		check(b, unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED))
		check(b, f.Close())
	}
}

// writeWave stores n samples of a noisy sine with 0.001 steps at 1 kHz and returns where they end.
func writeWave(b *testing.B, x *opened, n int) int64 {
	b.Helper()
	const batch = 8000
	ended := make(chan error, 4)
	for range cap(ended) {
		ended <- nil
	}
	noise := uint64(1)
	for k := 0; k < n; k += batch {
		check(b, <-ended)
		list := make([]series.Sample, min(batch, n-k))
		for i := range list {
			noise = noise*6364136223846793005 + 1442695040888963407
			at := t0 + int64(k+i)*1e6
			list[i] = series.Sample{Tag: "force", Source: at, Receive: at + 2e6, Value: math.Round(1000*math.Sin(float64(k+i)/500)+float64(noise>>58)) / 1000}
		}
		check(b, x.Append(b.Context(), list, func(err error) { ended <- err }))
	}
	for range cap(ended) {
		check(b, <-ended)
	}
	return t0 + int64(n)*1e6
}

// expectSealed waits until only the newest segment is raw.
func (x *opened) expectSealed(b *testing.B) {
	b.Helper()
	for range 6000 {
		raw := must(filepath.Glob(filepath.Join(x.dir, "series", "*.raw")))(b)
		if len(raw) <= 1 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.Fatal("segments are not sealed")
}

// processorTime is what this process has used of the processors.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	check(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
