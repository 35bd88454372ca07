package pipeline_test

import (
	"context"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// sink takes everything at once.
type sink struct{ *store }

func (sink) AppendThinned(_ context.Context, _, _ []series.Sample, done func(error)) error {
	done(nil)
	return nil
}

// BenchmarkSamples is the way of a sample from the source to a detector and the store's door: limits on two signals.
func BenchmarkSamples(b *testing.B) {
	cfg := press()
	cfg.NewID, cfg.Detector = func() string { return "x" }, catalog.New
	cfg.Tags[1].Rules = []detect.Rule{{Kind: detect.Limit, H: ptr(1e9)}}
	s := newStore()
	p, err := pipeline.New(cfg, sink{s}, s)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- p.Run(ctx) }()
	const size = 100
	answered := make(chan struct{}, 1)
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i += size {
		batch := make([]series.Sample, size)
		for k := range batch {
			batch[k] = num([]string{"force", "temp"}[k%2], float64(i+k)/100, float64(k))
		}
		done := func(error) {}
		if i+size >= b.N {
			done = func(error) { answered <- struct{}{} }
		}
		if err := p.Samples(ctx, batch, done); err != nil {
			b.Fatal(err)
		}
	}
	<-answered
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Msamples/s")
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}
