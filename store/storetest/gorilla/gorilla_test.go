// Package gorilla_test holds the size of stored samples against the Gorilla chunks of Prometheus. It is a module of its own so that the
// product does not depend on Prometheus.
package gorilla_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"edgelabel/agent/series"
	"edgelabel/store/history"

	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// start is when the made-up signals begin.
const start = 1_700_000_000_000_000_000

// perChunk is how many samples Prometheus puts into a chunk.
const perChunk = 120

// BenchmarkBytesPerSample writes signals through the whole history, index and pyramid included, and as Gorilla chunks, of which only the
// chunks themselves count. The history keeps two times of each sample in nanoseconds and its status; a chunk keeps one time in
// milliseconds. Times of the device are in milliseconds here for both; samples of one message came in at the same moment.
func BenchmarkBytesPerSample(b *testing.B) {
	sets := made()
	if skab := recorded(b, "/work/shared/data/skab/dev/other/*.csv"); len(skab) > 0 {
		sets["skab"] = skab
	} else {
		b.Log("SKAB: /work/shared/data/skab is not there")
	}
	var ours, theirs, n int
	for name, samples := range sets {
		b.Run(name, func(b *testing.B) {
			var kept, chunks int
			for b.Loop() {
				kept, chunks = sealed(b, samples), gorilla(b, samples)
			}
			report(b, kept, chunks, len(samples))
			ours, theirs, n = ours+kept, theirs+chunks, n+len(samples)
		})
	}
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
		}
		report(b, ours, theirs, n)
	})
}

func report(b *testing.B, kept, chunks, n int) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(kept)/float64(n), "bytes/sample")
	b.ReportMetric(float64(chunks)/float64(n), "gorilla-bytes/sample")
	b.ReportMetric(float64(kept)/float64(chunks), "of-gorilla")
}

// sealed is what the samples take on disk once they are sealed.
func sealed(b *testing.B, samples []series.Sample) int {
	dir := b.TempDir()
	cfg := history.Config{Dir: filepath.Join(dir, "series"), Quarantine: filepath.Join(dir, "quarantine")}
	for _, d := range []string{cfg.Dir, cfg.Quarantine} {
		check(b, os.MkdirAll(d, 0o700))
	}
	run(b, cfg, func(h *history.History) {
		for k := 0; k < len(samples); k += 1000 {
			done := make(chan error, 1)
			check(b, h.Append(b.Context(), append([]series.Sample(nil), samples[k:min(k+1000, len(samples))]...), func(err error) { done <- err }))
			check(b, <-done)
		}
	})
	run(b, cfg, func(*history.History) { // what was written before is sealed at the start
		for range 1000 {
			raw, err := filepath.Glob(filepath.Join(cfg.Dir, "*.raw"))
			check(b, err)
			if len(raw) == 0 {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		b.Fatal("segments are not sealed")
	})
	total := 0
	files, err := filepath.Glob(filepath.Join(cfg.Dir, "*.seg"))
	check(b, err)
	for _, f := range files {
		info, err := os.Stat(f)
		check(b, err)
		total += int(info.Size())
	}
	return total
}

func run(b *testing.B, cfg history.Config, do func(*history.History)) {
	h, _, err := history.Open(cfg)
	check(b, err)
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	do(h)
	cancel()
	check(b, errors.Join(<-ended, h.Close()))
}

func gorilla(b *testing.B, samples []series.Sample) (total int) {
	chunks, apps, counts := map[string]*chunkenc.XORChunk{}, map[string]chunkenc.Appender{}, map[string]int{}
	for _, x := range samples {
		if counts[x.Tag]%perChunk == 0 {
			if c := chunks[x.Tag]; c != nil {
				total += len(c.Bytes())
			}
			c := chunkenc.NewXORChunk()
			app, err := c.Appender()
			check(b, err)
			chunks[x.Tag], apps[x.Tag] = c, app
		}
		counts[x.Tag]++
		apps[x.Tag].Append(0, x.Time()/1e6, x.Value)
	}
	for _, c := range chunks {
		total += len(c.Bytes())
	}
	return total
}

// made are signals as a line has them, at 10 Hz with a jitter of a millisecond, ten samples of a signal to a message.
func made() map[string][]series.Sample {
	rnd := rand.New(rand.NewPCG(1, 1))
	signals := map[string]func(i int) float64{
		"temperature 0.1": func(i int) float64 {
			return math.Round(10*(60+5*math.Sin(float64(i)/3000)+rnd.NormFloat64()/10)) / 10
		},
		"vibration rms 0.001":   func(i int) float64 { return math.Round(1000*(2+rnd.NormFloat64()/5)) / 1000 },
		"state 0/1":             func(i int) float64 { return float64(i / 37 % 2) },
		"counter":               func(i int) float64 { return float64(100_000 + i/12) },
		"float32 process value": func(i int) float64 { return float64(float32(230 + rnd.NormFloat64())) },
		"press force 0.01": func(i int) float64 {
			return math.Round(100*math.Max(0, 250*math.Sin(float64(i)/8)+rnd.NormFloat64())) / 100
		},
		"setpoint that stays": func(i int) float64 { return 72.5 + float64(i/40_000) },
		"current 12 bits scaled": func(i int) float64 {
			return float64(int(2048+600*math.Sin(float64(i)/50)+4*rnd.NormFloat64())) * 20 / 4096
		},
	}
	sets := map[string][]series.Sample{}
	for name, value := range signals {
		list := make([]series.Sample, 100_000)
		received := int64(0)
		for i := range list {
			at := start + int64(i)*1e8 + rnd.Int64N(3)*1e6 - 1e6
			if i%10 == 0 {
				received = start + int64(i+10)*1e8 + 3e6 + rnd.Int64N(1e6)
			}
			list[i] = series.Sample{Tag: "line1/" + name, Source: at, Receive: received, Value: value(i)}
		}
		sets[name] = list
	}
	return sets
}

// recorded reads the sensor columns of recordings, one message a row.
func recorded(b *testing.B, pattern string) (list []series.Sample) {
	files, err := filepath.Glob(pattern)
	check(b, err)
	rnd := rand.New(rand.NewPCG(2, 2))
	for _, name := range files {
		f, err := os.Open(name)
		check(b, err)
		r := csv.NewReader(f)
		r.Comma = ';'
		head, err := r.Read()
		check(b, err)
		for {
			row, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			check(b, err)
			at, err := time.Parse(time.DateTime, row[0])
			check(b, err)
			received := at.UnixNano() + 3e6 + rnd.Int64N(1e6)
			for k := 1; k < len(row)-2; k++ { // the last two say what was wrong
				v, err := strconv.ParseFloat(row[k], 64)
				check(b, err)
				list = append(list, series.Sample{Tag: fmt.Sprintf("%s/%s", filepath.Base(name), head[k]), Source: at.UnixNano(), Receive: received, Value: v})
			}
		}
		check(b, f.Close())
	}
	return list
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
