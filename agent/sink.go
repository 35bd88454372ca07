package agent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
	"edgelabel/agent/sources"
	"edgelabel/agent/vision/beside"
	"edgelabel/collectors"
	"edgelabel/collectors/camera"
	"edgelabel/store/failpoint"
)

// sink hands what the collectors read to the pipeline. It looks at each picture before anybody decodes it.
type sink struct {
	*pipeline.Pipeline
	inspect *beside.Inspector
	models  []*beside.Inspector
	limits  camera.Limits
	scale   func(camera string) label.Scale // that holds for pictures that arrive now
	sources *sources.Sources
	looks   map[string]*collectors.Status // by camera
	join    config.Join
}

// sink is where every collector hands in.
func (a *Agent) sink() *sink {
	return &sink{
		Pipeline: a.pipeline, inspect: a.inspect, models: a.models, limits: sources.Limits(a.cfg), scale: a.gauges.ScaleNow,
		sources: a.sources, looks: a.sources.CameraStatus(), join: a.cfg.Join,
	}
}

// Samples implements collectors.Sink: cameras that wait for a part see its tag before the samples wait in any queue.
func (s *sink) Samples(ctx context.Context, batch []series.Sample, done func(error)) error {
	s.sources.See(batch)
	return s.Pipeline.Samples(ctx, batch, done)
}

// Image implements collectors.Sink.
func (s *sink) Image(ctx context.Context, p collectors.Picture) (collectors.Stored, error) {
	format, width, height, err := camera.Inspect(p.Data, s.limits)
	if err != nil {
		return collectors.Stored{}, err
	}
	verdict, err := machineVerdict(p.Result)
	if err != nil {
		return collectors.Stored{}, err
	}
	s.looked(p)
	sum, scale := sha256.Sum256(p.Data), s.scale(p.Camera)
	im := label.Image{
		SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(p.Data)), Format: format.Label(), Width: width, Height: height,
		MMPerPx: scale.MMPerPx, Calibrated: scale.At, Datum: scale.Datum, Camera: p.Camera, Name: p.Name, Taken: p.Taken, Received: p.Received, Machine: verdict,
		Part: label.Part{PartID: p.Part, ProductID: p.Product, ExternalRecipeID: p.Recipe, JobID: p.Job},
	}
	item, known, err := s.Picture(ctx, im, p.Data)
	if errors.Is(err, label.ErrInvalid) {
		err = fmt.Errorf("%w: %w", collectors.ErrRejected, err) // sending it again would not help
	}
	if err != nil {
		return collectors.Stored{}, err
	}
	failpoint.Hit(failpoint.IntakeStored)
	s.inspect.Offer(im, p.Data)
	for _, m := range s.models {
		m.Offer(im, p.Data)
	}
	return collectors.Stored{SHA256: im.SHA256, Item: item, Duplicate: known}, nil
}

// looked notes what a camera is like, whichever way its pictures come, and says when its clock keeps them from joining by time.
func (s *sink) looked(p collectors.Picture) {
	status, known := s.looks[p.Camera]
	if !known {
		return
	}
	const joins = "they join signals and other pictures by their part only"
	ahead, told := status.Picture(len(p.Data), p.Taken, p.Received)
	text := ""
	switch {
	case told && ahead > time.Duration(s.join.Tolerance):
		text = fmt.Sprintf("pictures are dated %s after they came: %s", ahead.Round(time.Millisecond), joins)
	case told && -ahead > time.Duration(s.join.Within):
		text = fmt.Sprintf("pictures are dated %s before they came: %s", (-ahead).Round(time.Millisecond), joins)
	}
	status.Problem("clock", text)
}

func machineVerdict(result string) (label.Verdict, error) {
	var v label.Verdict
	if result == "" {
		return v, nil
	}
	if err := v.UnmarshalText([]byte(result)); err != nil {
		return v, fmt.Errorf("%w: machine result: %w", collectors.ErrRejected, err)
	}
	return v, nil
}
