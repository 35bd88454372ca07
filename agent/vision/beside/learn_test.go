package beside_test

import (
	"context"
	"errors"
	"image"
	"runtime"
	"sync/atomic"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
	"edgelabel/agent/vision/beside"
)

// blind finds nothing.
type blind struct{}

func (blind) Inspect(context.Context, *image.Gray) (vision.Finding, error) {
	return vision.Finding{}, nil
}

// nobody takes every flag.
type nobody struct{}

func (nobody) Flag(context.Context, label.Image, label.Candidate) (string, error) { return "item", nil }

func TestACameraLearnsAnew(t *testing.T) {
	var learnt atomic.Int64
	again := make(chan struct{})
	cam := camera(func(context.Context) ([]beside.Method, error) {
		switch learnt.Add(1) {
		case 1:
			return []beside.Method{{Name: "golden", Detector: bright{}}}, nil
		case 2:
			return nil, errors.New("no good pictures")
		}
		return []beside.Method{{Name: "golden", Detector: blind{}}}, nil
	})
	i := beside.New(beside.Config{Cameras: []beside.Camera{cam}, Gather: func(ctx context.Context) {
		select {
		case <-again:
		case <-ctx.Done():
		}
	}}, nobody{})
	i.Relearn("another")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- i.Run(ctx) }()
	judge := func(until func(beside.Stats) bool) {
		i.Offer(im, picture(t, 200))
		for !until(i.Stats()["cam"]) {
			runtime.Gosched()
		}
	}
	judge(func(s beside.Stats) bool { return s.Suspect == 1 })
	i.Relearn("cam")
	again <- struct{}{}
	for learnt.Load() < 2 {
		runtime.Gosched()
	}
	judge(func(s beside.Stats) bool { return s.Suspect == 2 }) // what it knew before stays
	i.Relearn("cam")
	again <- struct{}{}
	for i.Stats()["cam"].Good == 0 {
		before := i.Stats()["cam"]
		judge(func(s beside.Stats) bool { return s.Suspect+s.Good > before.Suspect+before.Good })
	}
	i.Relearn("cam") // nobody waits for it at a stop
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
