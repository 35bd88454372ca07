package agent

import (
	"context"
	"fmt"
	"image"
	"path/filepath"
	"slices"

	"edgelabel/agent/config"
	"edgelabel/agent/control"
	"edgelabel/agent/label"
	"edgelabel/agent/vision"
	"edgelabel/agent/vision/beside"
	"edgelabel/agent/vision/helper"
	"edgelabel/agent/vision/model"
)

// modelFile is a camera's model in a file: the helper that runs it and what asks the helper. The centre may put another file in its place.
type modelFile struct {
	camera    string
	inspector *beside.Inspector // whose pictures it judges
	helper    *helper.Helper
	fresh     func() (*model.Model, error) // asks the model that holds now
	turn      chan struct{}                // has a token while a picture is judged, and while the model changes
	asked     *model.Model
}

func (a *Agent) newModelFile(camera string, m *config.Model) (_ *modelFile, err error) {
	now := func() *config.Model { return a.modelOf(camera, m) }
	f := &modelFile{camera: camera, turn: make(chan struct{}, 1), helper: a.newHelper(now, a.modelConfig(camera, m).Problem)}
	f.fresh = func() (*model.Model, error) {
		cfg := a.modelConfig(camera, now())
		cfg.Dial = f.helper.Dial
		return model.New(cfg)
	}
	f.asked, err = f.fresh()
	return f, err
}

// modelOf is a camera's model as the configuration has it, with what the centre sent in its place.
func (a *Agent) modelOf(camera string, m *config.Model) *config.Model {
	if m.Protocol != model.ONNX {
		return m
	}
	sent, dir := a.centre.ONNX.Held(camera)
	if dir == "" {
		return m
	}
	return withSent(m, sent, dir)
}

func withSent(m *config.Model, sent control.Model, dir string) *config.Model {
	next := *m
	next.ONNX.File = filepath.Join(dir, sent.Files[0].Name)
	s := sent.Settings
	if s == nil {
		return &next
	}
	if s.Threshold > 0 {
		next.Threshold = s.Threshold
	}
	if s.Names != nil {
		next.Output.Names = s.Names
	}
	if s.Classes != nil {
		next.Classes = nil
		for _, c := range s.Classes {
			next.Classes = append(next.Classes, config.TypeClass(c))
		}
	}
	return &next
}

// take waits for the turn; done gives it back.
func (f *modelFile) take(ctx context.Context) (done func(), err error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case f.turn <- struct{}{}:
		return func() { <-f.turn }, nil
	}
}

var _ vision.Original = (*modelFile)(nil)

// Inspect implements vision.Detector.
func (f *modelFile) Inspect(ctx context.Context, picture *image.Gray) (vision.Finding, error) {
	done, err := f.take(ctx)
	if err != nil {
		return vision.Finding{}, err
	}
	defer done()
	return f.asked.Inspect(ctx, picture)
}

// InspectOriginal implements vision.Original.
func (f *modelFile) InspectOriginal(ctx context.Context, file []byte) (vision.Finding, error) {
	done, err := f.take(ctx)
	if err != nil {
		return vision.Finding{}, err
	}
	defer done()
	return f.asked.InspectOriginal(ctx, file)
}

// renew puts the model that holds now in the place of the one that runs. Pictures wait until it is ready. One that does not get ready is
// no error here: the helper tries on, and counts.
func (f *modelFile) renew(ctx context.Context) error {
	done, err := f.take(ctx)
	if err != nil {
		return err
	}
	defer done()
	asked, err := f.fresh()
	if err != nil {
		return err
	}
	f.asked = asked
	f.helper.Restart()
	if err := f.helper.Ready(ctx); ctx.Err() != nil {
		return err
	}
	return nil
}

// modelFiles are those of all cameras.
type modelFiles []*modelFile

func (all modelFiles) of(camera string) *modelFile {
	i := slices.IndexFunc(all, func(f *modelFile) bool { return f.camera == camera })
	if i < 0 {
		return nil
	}
	return all[i]
}

// Renew implements centre.Judge.
func (all modelFiles) Renew(ctx context.Context, camera string) error {
	f := all.of(camera)
	if f == nil {
		return fmt.Errorf("camera %s: %w", camera, label.ErrNotFound)
	}
	return f.renew(ctx)
}

// Stats implements centre.Judge.
func (all modelFiles) Stats() map[string]beside.Stats {
	stats := map[string]beside.Stats{}
	for _, f := range all {
		stats[f.camera] = f.inspector.Stats()[f.camera]
	}
	return stats
}

// ended is how often the helper of a camera ended by itself since the start.
func (all modelFiles) ended(camera string) uint64 {
	if f := all.of(camera); f != nil {
		return f.helper.Ended()
	}
	return 0
}

// Sides of the picture that a model is tried on, pixels.
const (
	triedWidth  = 640
	triedHeight = 480
)

// tryModel has a helper of its own load what the centre sent and answer about one picture, as the configuration of the camera has it.
func (a *Agent) tryModel(ctx context.Context, sent control.Model, dir string) error {
	of := func(c config.Camera) bool {
		return c.Name == sent.Camera && c.Model != nil && c.Model.Protocol == model.ONNX
	}
	i := slices.IndexFunc(a.cfg.Cameras, of)
	if i < 0 {
		return fmt.Errorf("camera %s: %w", sent.Camera, label.ErrNotFound)
	}
	m := withSent(a.cfg.Cameras[i].Model, sent, dir)
	cfg := a.modelConfig(sent.Camera, m)
	cfg.Problem = nil // the status is about the model that holds
	return a.withHelper(ctx, m, cfg, func(ctx context.Context, asked *model.Model) error {
		_, err := asked.Inspect(ctx, image.NewGray(image.Rect(0, 0, triedWidth, triedHeight)))
		return err
	})
}
