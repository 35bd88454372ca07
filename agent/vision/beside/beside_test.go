package beside_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"maps"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
	"edgelabel/agent/vision/beside"
	"edgelabel/agent/vision/plane"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bright flags every picture with a pixel at its top left corner that is not black.
type bright struct{}

func (bright) Inspect(_ context.Context, m *image.Gray) (vision.Finding, error) {
	if m.Pix[0] == 0 {
		return vision.Finding{Score: 0.2}, nil
	}
	f := vision.Finding{Score: 0.9, Explain: label.Text{ZH: "亮。", EN: "Bright."}}
	for range 20 {
		f.Regions = append(f.Regions, vision.Region{Box: image.Rect(2, 1, 30, 3), Score: 0.9, Type: "spot", Area: 10})
	}
	return f, nil
}

type flags struct {
	got  chan label.Candidate
	fail error
}

func (f *flags) Flag(_ context.Context, _ label.Image, c label.Candidate) (string, error) {
	f.got <- c
	return "item", f.fail
}

func picture(t *testing.T, first uint8) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 8, 4))
	m.Pix[0] = first
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func camera(learn func(context.Context) ([]beside.Method, error)) beside.Camera {
	return beside.Camera{Name: "cam", Learn: learn, Class: func(kind string) string { return "class-of-" + kind }}
}

func ready(context.Context) ([]beside.Method, error) {
	return []beside.Method{{Name: "golden", Detector: bright{}}}, nil
}

// work runs an inspector until what was offered is done.
func work(t *testing.T, i *beside.Inspector, done func(beside.Stats) bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- i.Run(ctx) }()
	for !done(i.Stats()["cam"]) {
		select {
		case err := <-ended:
			t.Fatalf("Run ended: %v", err)
		default:
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
}

var im = label.Image{SHA256: "0123456789abcdef0123", Camera: "cam", Name: "a.png", Width: 8, Height: 4, MMPerPx: 0.5, Received: 7}

func TestSuspectPicturesBecomeCandidates(t *testing.T) {
	f := &flags{got: make(chan label.Candidate, 4)}
	i := beside.New(beside.Config{Cameras: []beside.Camera{camera(ready)}}, f)
	i.Offer(im, picture(t, 0))
	i.Offer(im, picture(t, 200))
	i.Offer(im, []byte("no picture"))
	i.Offer(label.Image{Camera: "another"}, nil)
	work(t, i, func(s beside.Stats) bool { return s.Good == 1 && s.Suspect == 1 && s.Failed == 1 && s.Ready })
	c := <-f.got
	if len(f.got) > 0 || c.Detector != "golden" || c.Rule != "cam.golden" || c.Image != im.SHA256 || c.From != 7 || c.Score != 0.9 || c.Severity < 1 {
		t.Errorf("%+v, and %d more", c, len(f.got))
	}
	if c.Explain != (label.Text{ZH: "相机 cam：亮。", EN: "Camera cam: Bright."}) {
		t.Errorf("%+v", c.Explain)
	}
	if len(c.Regions) != 12 {
		t.Fatalf("%d regions", len(c.Regions))
	}
	r := c.Regions[0]
	if *r.Rect != (label.Rect{X: 2, Y: 1, W: 6, H: 2}) || r.Class != "class-of-spot" || r.Origin != label.ByMachine || r.Attributes["type"] != "spot" ||
		*r.Size != (label.Size{Length: 3, Width: 1, Area: 2.5}) || r.ID == c.Regions[1].ID {
		t.Errorf("%+v %+v %+v", r, r.Rect, r.Size)
	}
}

// spot finds a region and measures it.
type spot struct{}

func (spot) Inspect(context.Context, *image.Gray) (vision.Finding, error) {
	return vision.Finding{Score: 0.9, Regions: []vision.Region{{
		Box: image.Rect(1, 1, 7, 3), Score: 0.9, Area: 8, Shape: &plane.Extent{Length: 6, Width: 1.5, Angle: -30, X: 4, Y: 2.5},
	}}}, nil
}

func TestMeasures(t *testing.T) {
	for scale, want := range map[float64]label.Size{0.5: {Length: 3, Width: 0.75, Area: 2}, 0: {}} {
		f := &flags{got: make(chan label.Candidate, 1)}
		i := beside.New(beside.Config{Cameras: []beside.Camera{camera(func(context.Context) ([]beside.Method, error) {
			return []beside.Method{{Name: "golden", Detector: spot{}}}, nil
		})}}, f)
		picked := im
		picked.MMPerPx = scale
		i.Offer(picked, picture(t, 200))
		work(t, i, func(s beside.Stats) bool { return s.Suspect == 1 })
		r := (<-f.got).Regions[0]
		if scale == 0 {
			if r.Size != nil || len(r.Attributes) > 0 {
				t.Errorf("not calibrated: %+v", r)
			}
			continue
		}
		attributes := map[string]string{"diameter_mm": "1.596", "part_x_mm": "2.000", "part_y_mm": "1.250", "angle_deg": "-30.000"}
		if *r.Size != want || !maps.Equal(r.Attributes, attributes) {
			t.Errorf("%+v %+v", r.Size, r.Attributes)
		}
	}
}

func TestTooMuchWaits(t *testing.T) {
	f := &flags{got: make(chan label.Candidate, 99)}
	i := beside.New(beside.Config{Cameras: []beside.Camera{camera(ready)}, Pictures: 3}, f)
	for range 5 {
		i.Offer(im, picture(t, 200))
	}
	if s := i.Stats()["cam"]; s.Skipped != 2 {
		t.Errorf("%+v", s)
	}
	work(t, i, func(s beside.Stats) bool { return s.Suspect == 3 })

	small := beside.New(beside.Config{Cameras: []beside.Camera{camera(ready)}, Bytes: 10}, f)
	small.Offer(im, picture(t, 200)) // larger than all that may wait: alone it may
	small.Offer(im, picture(t, 200))
	if s := small.Stats()["cam"]; s.Skipped != 1 {
		t.Errorf("%+v", s)
	}
}

func TestWhatGoesWrongIsCounted(t *testing.T) {
	f := &flags{got: make(chan label.Candidate, 1), fail: label.ErrFrozen}
	i := beside.New(beside.Config{Cameras: []beside.Camera{camera(ready)}}, f)
	i.Offer(im, picture(t, 200))
	work(t, i, func(s beside.Stats) bool { return s.Failed == 1 && s.Suspect == 0 })

	blind := beside.New(beside.Config{Cameras: []beside.Camera{camera(func(context.Context) ([]beside.Method, error) {
		return nil, errors.New("no good pictures")
	})}}, f)
	blind.Offer(im, picture(t, 200))
	work(t, blind, func(s beside.Stats) bool { return s.Failed == 1 && !s.Ready })
}
