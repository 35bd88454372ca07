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

// BenchmarkWriteAmplification stores the samples of 1000 signals at 10 Hz, one Append each tenth of a second, and says how many bytes went to
// the disk for each byte of them, a sample being 16: its time and its value. Segments are short, so that nearly all of them are sealed.
func BenchmarkWriteAmplification(b *testing.B) {
	const signals = 1000
	x := open(b, b.TempDir(), store.Options{Segment: 128 << 10})
	before := written(b)
	for i := 0; b.Loop(); i++ {
		appendAll(b, x.Store, tenth(signals, i)...)
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

// backlogBytes is what the segments of the opened directory come to: links to a few files, because nobody reads all of them at a start.
const backlogBytes = 10 << 30

// BenchmarkOpen opens a directory with so many items that no target has and 10 GB of samples of 1000 signals, after a clean stop and after
// an unclean one.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		if n > 10_000 && !large() {
			continue
		}
		b.Run(fmt.Sprintf("items=%d", n), func(b *testing.B) {
			dir := b.TempDir()
			x := open(b, dir, store.Options{Targets: []string{"s3"}, Series: 64 << 30})
			createAll(b, x.Store, n)
			writeSignals(b, x, 1000, 1500)
			x.expectSealed(b)
			x.close()
			multiply(b, filepath.Join(dir, "series"), backlogBytes)
			x = open(b, dir, store.Options{Targets: []string{"s3"}, Series: 64 << 30}) // writes down what the links are
			x.close()
			for name, unclean := range map[string]bool{"clean": false, "unclean": true} {
				b.Run(name, func(b *testing.B) {
					used := processorTime(b)
					for b.Loop() {
						if unclean {
							check(b, os.WriteFile(filepath.Join(dir, "pid"), []byte("1\n"), 0o600))
						}
						s := must(store.Open(dir, store.Options{Targets: []string{"s3"}, MinFree: -1, Reserve: -1, Taxonomy: taxonomy()}))(b)
						check(b, s.Close())
					}
					b.ReportMetric(float64((processorTime(b)-used).Microseconds())/1000/float64(b.N), "cpu-ms/open")
				})
			}
		})
	}
}

// writeSignals stores so many steps of a tenth of a second of so many signals.
func writeSignals(b *testing.B, x *opened, signals, steps int) {
	b.Helper()
	for i := range steps {
		appendAll(b, x.Store, tenth(signals, i)...)
	}
}

// tenth is one sample of each signal, in the tenth of a second with the number.
func tenth(signals, number int) []series.Sample {
	list := make([]series.Sample, signals)
	for k := range list {
		at := t0 + int64(number)*1e8
		list[k] = series.Sample{Tag: fmt.Sprintf("line/%d", k), Source: at + int64(k%3)*1e6, Receive: at + 5e6, Value: float64((number*k)%500) / 10}
	}
	return list
}

// multiply links the sealed segments of a folder again and again under lower numbers, which Open takes for older ones.
func multiply(b *testing.B, dir string, bytes int64) {
	b.Helper()
	sealed := must(filepath.Glob(filepath.Join(dir, "*.seg")))(b)
	if len(sealed) == 0 {
		b.Fatal("nothing was sealed")
	}
	num := 1_000_000
	for _, path := range must(filepath.Glob(filepath.Join(dir, "0*")))(b) {
		check(b, os.Rename(path, filepath.Join(dir, fmt.Sprintf("%016d%s", num, filepath.Ext(path)))))
		num++
	}
	sealed = must(filepath.Glob(filepath.Join(dir, "*.seg")))(b)
	for n, sum := 1, int64(0); sum < bytes; n++ {
		path := sealed[n%len(sealed)]
		check(b, os.Link(path, filepath.Join(dir, fmt.Sprintf("%016d.seg", n))))
		sum += must(os.Stat(path))(b).Size()
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
