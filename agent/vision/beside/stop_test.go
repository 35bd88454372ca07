package beside_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"io/fs"
	"maps"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
	"edgelabel/agent/vision/beside"
)

type memory struct {
	kept map[string][]byte
	fail error
}

func (m *memory) Learned(key string) ([]byte, error) { return m.kept[key], m.fail }

func (m *memory) KeepLearned(key string, state []byte) error {
	m.kept[key] = bytes.Clone(state)
	return m.fail
}

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

// blobs opens one stored picture.
func blobs(sha256 string, data []byte) func(string) (io.ReadSeekCloser, error) {
	return func(s string) (io.ReadSeekCloser, error) {
		if s != sha256 {
			return nil, fs.ErrNotExist
		}
		return file{bytes.NewReader(data)}, nil
	}
}

// stuck is a detector in whose work the agent is stopped.
type stuck struct{ begun chan struct{} }

func (s stuck) Inspect(ctx context.Context, _ *image.Gray) (vision.Finding, error) {
	close(s.begun)
	<-ctx.Done()
	return vision.Finding{}, ctx.Err()
}

func TestWhatWaitsAtAStopIsJudgedAfterIt(t *testing.T) {
	m := &memory{kept: map[string][]byte{}}
	data := picture(t, 200)
	config := func(learn func(context.Context) ([]beside.Method, error)) beside.Config {
		return beside.Config{Cameras: []beside.Camera{camera(learn)}, Memory: m, Open: blobs(im.SHA256, data)}
	}
	f := &flags{got: make(chan label.Candidate, 9)}
	s := stuck{make(chan struct{})}
	first := beside.New(config(func(context.Context) ([]beside.Method, error) {
		return []beside.Method{{Name: "golden", Detector: s}}, nil
	}), f)
	gone := im
	gone.SHA256, gone.Name = "ffff", "evicted.png"
	first.Offer(im, data)
	first.Offer(gone, data)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- first.Run(ctx) }()
	<-s.begun
	crashed := maps.Clone(m.kept) // as if the power failed now
	cancel()
	if err := <-ended; err != nil || len(f.got) > 0 {
		t.Fatalf("%v, %d flagged", err, len(f.got))
	}
	for name, kept := range map[string]map[string][]byte{"stop": m.kept, "crash": crashed} {
		m.kept = maps.Clone(kept)
		second := beside.New(config(ready), f)
		work(t, second, func(s beside.Stats) bool { return s.Suspect == 1 })
		if c := <-f.got; c.Image != im.SHA256 {
			t.Errorf("%s: %+v", name, c)
		}
		third := beside.New(config(ready), f)
		third.Offer(im, picture(t, 0))
		work(t, third, func(s beside.Stats) bool { return s.Good == 1 })
		if s := third.Stats()["cam"]; s.Suspect != 0 {
			t.Errorf("%s: judged again after the next start: %+v", name, s)
		}
	}
}

func TestMemoryThatFailsStopsNothing(t *testing.T) {
	f := &flags{got: make(chan label.Candidate, 9)}
	for _, m := range []*memory{
		{kept: map[string][]byte{}, fail: errors.New("disk")}, {kept: map[string][]byte{"inspection.waiting": []byte("{")}},
	} {
		i := beside.New(beside.Config{Cameras: []beside.Camera{camera(ready)}, Memory: m, Open: blobs("", nil)}, f)
		i.Offer(im, picture(t, 200))
		work(t, i, func(s beside.Stats) bool { return s.Suspect == 1 })
		<-f.got
	}
}

func TestAFrozenCameraIsFlagged(t *testing.T) {
	f := &flags{got: make(chan label.Candidate, 9)}
	c := camera(ready)
	c.Frozen = true
	i := beside.New(beside.Config{Cameras: []beside.Camera{c}}, f)
	offer := func(name string, data []byte) {
		next := im
		next.Name = name
		i.Offer(next, data)
	}
	offer("1.png", picture(t, 0))
	offer("1.png", picture(t, 0)) // handed in again
	offer("2.png", picture(t, 0))
	work(t, i, func(s beside.Stats) bool { return s.Good == 2 && s.Suspect == 1 })
	got := <-f.got
	if got.Detector != beside.Duplicate || got.Rule != "cam.duplicate" || got.Score != 1 || len(got.Regions) > 0 ||
		got.Explain.EN != "Camera cam: Every pixel is as on picture 1.png before: the camera froze, or sent a picture again." ||
		got.Explain.ZH != "相机 cam：与之前的图像 1.png 逐像素相同：相机画面冻结，或同一图像重复发送。" {
		t.Errorf("%+v", got)
	}
}
