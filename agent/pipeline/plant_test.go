package pipeline_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/detect/detecttest"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

const (
	plantTags    = 1000
	plantLearned = 100
	plantRate    = 10 // Hz
)

// plant is fifty machines with twenty signals each, two of which are learned; the rest has what every signal has by itself.
func plant() pipeline.Config {
	cfg := pipeline.Config{Detector: catalog.New, NewID: func() string { return "x" }}
	for i := range plantTags {
		asset := fmt.Sprint("m", i/20)
		if i%20 == 0 {
			cfg.Assets = append(cfg.Assets, pipeline.Asset{ID: asset})
		}
		t := pipeline.Tag{Tag: series.Tag{ID: fmt.Sprint("t", i), Kind: series.Number, Asset: asset}}
		if i%(plantTags/plantLearned) == 0 {
			t.Rules = []detect.Rule{{Kind: detect.Novelty, Refractory: detect.DefaultRefractory}}
		}
		cfg.Tags = append(cfg.Tags, t)
	}
	return cfg
}

// BenchmarkPlant is a thousand signals at 10 Hz from the source to candidates, as a share of a core, and the memory that they take once
// windows are full. An operation is a second of the plant.
func BenchmarkPlant(b *testing.B) {
	empty := heap()
	s := newStore()
	p, err := pipeline.New(plant(), sink{s}, s)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error)
	go func() { ended <- p.Run(ctx) }()
	rnd := rand.New(rand.NewPCG(6, 6))
	values := make([]float64, 1<<14)
	for i := range values {
		values[i] = 100 + rnd.NormFloat64()
	}
	from := time.Now().UnixNano()
	second := func(at int) {
		answered := make(chan struct{})
		for k := range plantRate {
			batch := make([]series.Sample, plantTags)
			t := from + int64(at*plantRate+k)*int64(time.Second)/plantRate
			for i := range batch {
				batch[i] = series.Sample{Tag: fmt.Sprint("t", i), Source: t, Receive: t, Value: values[((at*plantRate+k)*plantTags+i*7)%len(values)]}
			}
			done := func(error) {}
			if k == plantRate-1 {
				done = func(error) { close(answered) }
			}
			if err := p.Samples(ctx, batch, done); err != nil {
				b.Error(err)
			}
		}
		<-answered
	}
	const full = 200 // seconds that fill the windows and end learning
	for at := range full {
		second(at)
	}
	cpu := detecttest.CPU(b)
	for i := range b.N {
		second(full + i)
	}
	b.ReportMetric(100*cpu().Seconds()/float64(b.N), "%core")
	b.ReportMetric(float64(heap()-empty)/1e6, "MB")
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	runtime.KeepAlive(p)
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
