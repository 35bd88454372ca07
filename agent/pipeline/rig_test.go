package pipeline_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// base is the moment that tests count their seconds from.
const base = int64(1_800_000_000) * int64(time.Second)

func sec(s float64) int64 { return base + int64(s*float64(time.Second)) }

// rig is a running pipeline with a clock and a ticker that stand still.
type rig struct {
	t      *testing.T
	p      *pipeline.Pipeline
	store  *store
	now    atomic.Int64
	tick   chan time.Time
	cancel context.CancelFunc
	done   chan error
}

func ptr(v float64) *float64 { return &v }

// press is one machine with two signals and a part number, and a camera that looks at it.
func press() pipeline.Config {
	high := func(name string, h float64) []detect.Rule {
		return []detect.Rule{{Name: name, Kind: detect.Limit, H: &h}}
	}
	tag := func(id, name, unit string, kind series.Kind) series.Tag {
		return series.Tag{ID: id, Name: name, Unit: unit, Kind: kind, Asset: "press1", Source: "plc"}
	}
	return pipeline.Config{
		Place: label.Place{Site: "s", Line: "l"}, Simulated: true,
		Assets: []pipeline.Asset{{ID: "press1", Cell: "c", PartTag: "part", Before: 5 * time.Second, After: 5 * time.Second, MaxDuration: time.Minute}},
		Tags: []pipeline.Tag{
			{Tag: tag("force", "Force", "kN", series.Number), Rules: high("force.limit", 480)},
			{Tag: tag("temp", "Temperature", "°C", series.Number), Rules: high("temp.limit", 80)},
			{Tag: tag("part", "Part", "", series.Text)},
		},
		Cameras: []pipeline.Camera{
			{Name: "cam", Asset: "press1", Select: pipeline.SelectNG, Before: time.Second, After: time.Second},
			{Name: "free", Select: pipeline.SelectEvery, EveryN: 3},
		},
	}
}

func start(t *testing.T, cfg pipeline.Config, s *store, items pipeline.Items) *rig {
	t.Helper()
	r := &rig{t: t, store: s, tick: make(chan time.Time), done: make(chan error, 1)}
	r.now.Store(base)
	cfg.Now = func() time.Time { return time.Unix(0, r.now.Load()) }
	cfg.NewID = func() string { return fmt.Sprintf("id%04d", s.ids.Add(1)) }
	cfg.Tick, cfg.Detector, cfg.Log = r.tick, catalog.New, slog.New(slog.DiscardHandler)
	if items == nil {
		items = s
	}
	p, err := pipeline.New(cfg, s, items)
	if err != nil {
		t.Fatal(err)
	}
	r.p = p
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() { r.done <- p.Run(ctx) }()
	t.Cleanup(r.stop)
	return r
}

func (r *rig) stop() {
	r.cancel()
	select {
	case err, ok := <-r.done:
		if ok && err != nil {
			r.t.Errorf("Run: %v", err)
		}
	case <-time.After(10 * time.Second):
		r.t.Error("Run does not end")
	}
	r.done = make(chan error)
	close(r.done)
}

// send pushes samples and waits until they were judged.
func (r *rig) send(samples ...series.Sample) {
	r.t.Helper()
	if err := r.p.Samples(context.Background(), samples, nil); err != nil {
		r.t.Fatal(err)
	}
	r.wait()
}

// wait returns when the pipeline has nothing left to do. The second tick is taken only after the first is done.
func (r *rig) wait() {
	for r.p.Stats().Queue > 0 {
		time.Sleep(time.Millisecond)
	}
	r.tick <- time.Time{}
	r.tick <- time.Time{}
}

// at moves the gateway's clock.
func (r *rig) at(s float64) {
	r.now.Store(sec(s))
	r.wait()
}

func num(tag string, s, v float64) series.Sample {
	return series.Sample{Tag: tag, Source: sec(s), Receive: sec(s), Value: v}
}

func text(tag string, s float64, v string) series.Sample {
	return series.Sample{Tag: tag, Source: sec(s), Receive: sec(s), Text: v}
}

// run sends one value a second of both signals, from first to last; what over names is above its limit then.
func (r *rig) run(first, last int, over map[string][2]int) {
	r.t.Helper()
	for s := first; s <= last; s++ {
		r.now.Store(sec(float64(s)))
		for _, tag := range []string{"force", "temp"} {
			v := 50.0
			if o, ok := over[tag]; ok && s >= o[0] && s < o[1] {
				v = 512
			}
			r.send(num(tag, float64(s), v))
		}
	}
}

func (r *rig) picture(name, part string, s float64, machine label.Verdict) (item string, known bool) {
	r.t.Helper()
	item, known, err := r.p.Picture(context.Background(), label.Image{
		SHA256: "sha-" + name, Bytes: 3, Format: "png", Width: 10, Height: 10, Camera: "cam", Name: name,
		Taken: sec(s), Received: r.now.Load(), Part: label.Part{PartID: part}, Machine: machine,
	}, []byte(name))
	if err != nil {
		r.t.Fatal(err)
	}
	r.wait()
	return item, known
}

func (r *rig) items(n int) []label.Item {
	r.t.Helper()
	all := r.store.all()
	if len(all) != n {
		for _, it := range all {
			r.t.Logf("item %s %s at %.1f: %d images, %d candidates", it.ID, it.Kind, float64(it.At-base)/1e9, len(it.Images), len(it.Candidates))
		}
		r.t.Fatalf("%d items, want %d", len(all), n)
	}
	return all
}
