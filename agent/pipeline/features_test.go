package pipeline_test

import (
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// peaks derives the largest point of each block, times the speed.
type peaks struct{}

func (peaks) Tags() []series.Tag { return []series.Tag{{ID: "m.peak"}} }
func (peaks) Speed() string      { return "m.speed" }

func (peaks) Derive(block, speed series.Sample) []series.Sample {
	return []series.Sample{{Tag: "m.peak", Source: block.Source, Receive: block.Receive, Value: block.Wave[0] * speed.Value, Status: speed.Status}}
}

func (peaks) Spectrum(block, speed series.Sample, tag string) *label.Spectrum {
	return &label.Spectrum{Tag: tag, At: block.Time(), Step: speed.Value, Amplitude: block.Wave}
}

func TestDerivedSignals(t *testing.T) {
	tag := func(id string, kind series.Kind) pipeline.Tag {
		return pipeline.Tag{Tag: series.Tag{ID: id, Kind: kind, Asset: "m", Rate: 100}, Rules: []detect.Rule{}}
	}
	wave, peak := tag("m.wave", series.Wave), tag("m.peak", series.Number)
	wave.Features, peak.Rules = peaks{}, []detect.Rule{{Kind: detect.Limit, H: ptr(50)}}
	r := start(t, pipeline.Config{
		Assets: []pipeline.Asset{{ID: "m", Before: time.Second, After: time.Second}}, Tags: []pipeline.Tag{wave, tag("m.speed", series.Number), peak},
	}, newStore(), nil)
	block := func(s, v float64) series.Sample {
		return series.Sample{Tag: "m.wave", Source: sec(s), Receive: sec(s), Wave: []float64{v, 0}}
	}
	r.send(block(0, 100)) // the speed is not known yet
	r.now.Store(sec(3))
	r.send(num("m.speed", 1, 2), block(1, 10), block(1, 10), num("m.speed", 2, 3), block(2, 30), block(3, 10))
	r.at(6)
	it := r.items(1)[0]
	want(t, "rule", it.Candidates[0].Rule, "m.peak.limit")
	want(t, "value", it.Candidates[0].Value, 90)
	want(t, "from", it.Candidates[0].From, sec(2))
	want(t, "to", it.Candidates[0].To, sec(3))
	spectrum := it.Candidates[0].Spectrum
	if spectrum == nil || spectrum.Tag != "m.peak" || spectrum.At != sec(2) || spectrum.Step != 3 || spectrum.Amplitude[0] != 30 {
		t.Errorf("spectrum %+v, want that of the block that opened the candidate", spectrum)
	}
	w := r.store.window(it.ID)
	got := map[string]int{}
	for _, trace := range w.Traces {
		got[trace.Tag] = len(trace.T)
	}
	want(t, "derived samples in the window", got["m.peak"], 3)
	want(t, "points in the window", got["m.wave"], 6)
	want(t, "repetitions", r.p.Stats().Sources[""].Duplicates, 1)
}
