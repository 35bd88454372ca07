package pipeline_test

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"

	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

var nan = math.NaN()

// FuzzSamples sends anything: every batch is answered once, every sample is stored or repeats one that is, and what is stored has a time
// and a sound status.
func FuzzSamples(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3})
	f.Add(slices.Repeat([]byte{7, 250, 3, 4, 0, 0, 0, 0, 64, 1}, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg := press()
		cfg.Tags[0].Min, cfg.Tags[0].Max, cfg.Tags[0].MaxDelay = ptr(-1e6), ptr(1e6), 50*time.Millisecond
		cfg.Tags = append(cfg.Tags, pipeline.Tag{Tag: series.Tag{ID: "wave", Kind: series.Wave, Rate: 3}})
		s := newStore()
		r := start(t, cfg, s, nil)
		var a answers
		sent, batches := 0, 0
		for ; len(data) >= 10 && batches < 50; data = data[10:] {
			x := series.Sample{
				Tag: []string{"force", "temp", "part", "wave", "?"}[data[0]%5], Receive: base,
				Source: base + int64(int8(data[1]))*1e7, Status: uint32(data[2]) << 24, Value: math.Float64frombits(binary.LittleEndian.Uint64(data[2:])),
			}
			switch data[0] / 64 {
			case 1:
				x.Source = int64(binary.LittleEndian.Uint64(data[1:]))
			case 2:
				x.Wave = []float64{x.Value, 1, -x.Value}
			case 3:
				x.Text, x.Receive = string(data[3:6]), 0
			}
			batch := slices.Repeat([]series.Sample{x}, 1+int(data[1]%3))
			sent, batches = sent+len(batch), batches+1
			r.push(&a, batch...)
		}
		r.stop()
		a.want(t, "all", int64(batches), 0)
		repeated := uint64(0)
		for _, n := range r.p.Stats().Sources {
			repeated += n.Duplicates
		}
		want(t, "stored and repeated", len(s.samples)+int(repeated), sent)
		for _, x := range s.samples {
			if x.Time() <= 0 || x.Receive <= 0 || x.Source > x.Receive && x.Source-x.Receive > int64(time.Hour) {
				t.Errorf("stored with time %d, received %d", x.Source, x.Receive)
			}
			if x.Tag == "force" && math.Abs(x.Value) > 1e6 && x.Quality() != series.Bad {
				t.Errorf("implausible %v is stored as good", x.Value)
			}
		}
	})
}
