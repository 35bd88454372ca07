package agent

import (
	"context"
	"fmt"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/label"
	"edgelabel/agent/vision"
	"edgelabel/agent/vision/beside"
	"edgelabel/agent/vision/model"
)

// What may wait for the model of one camera. Models are slow: with more they would only see older pictures.
const (
	modelPictures = 32
	modelBytes    = 16 << 20
)

// newModels makes what asks the users' models, an inspector for each camera with one: it asks one picture at a time, and a server that is
// slow or away keeps nothing else waiting.
func (a *Agent) newModels() error {
	taxonomy, err := firstTaxonomy(a.cfg)
	if err != nil {
		return err
	}
	for _, c := range a.cfg.Cameras {
		if c.Model == nil {
			continue
		}
		one, err := a.newModel(taxonomy, c.Name, c.Model)
		if err != nil {
			return fmt.Errorf("camera %s: model: %w", c.Name, err)
		}
		a.models = append(a.models, one)
	}
	return nil
}

func (a *Agent) newModel(taxonomy *label.Taxonomy, camera string, m *config.Model) (*beside.Inspector, error) {
	if err := wantsClasses(taxonomy, m.Classes); err != nil {
		return nil, err
	}
	if m.Protocol != model.ONNX {
		asked, err := model.New(a.modelConfig(camera, m))
		if err != nil {
			return nil, err
		}
		return a.askingInspector(camera, m, asked), nil
	}
	f, err := a.newModelFile(camera, m)
	if err != nil {
		return nil, err
	}
	f.inspector = a.askingInspector(camera, m, f)
	a.files = append(a.files, f)
	return f.inspector, nil
}

func (a *Agent) askingInspector(camera string, m *config.Model, asked vision.Detector) *beside.Inspector {
	return beside.New(beside.Config{
		Cameras: []beside.Camera{{
			Name: camera, Class: func(kind string) string { return a.modelOf(camera, m).ClassOf(kind) },
			Learn: func(context.Context) ([]beside.Method, error) {
				return []beside.Method{{Name: model.Method, Detector: asked}}, nil
			},
		}},
		Pictures: modelPictures, Bytes: modelBytes,
		Memory: a.store, Key: "model.waiting." + camera, Open: a.store.OpenBlob, Log: a.opt.Log,
	}, a.pipeline)
}

// modelConfig is how a camera's model is asked. What is wrong with it stands in the camera's status.
func (a *Agent) modelConfig(camera string, m *config.Model) model.Config {
	cfg := model.Config{
		Protocol: m.Protocol, URL: m.URL, Name: m.Name, Token: m.Token.Reveal(), CAFile: m.CA, AllowInsecure: m.AllowInsecure,
		Timeout: time.Duration(m.Timeout), MaxBytes: int64(m.MaxBytes), Threshold: m.Threshold, OK: m.OK, Class: m.ClassOf,
		Input: model.Input(m.Input), Output: model.Output(m.Output), Now: a.opt.Now,
		Problem: func(text string) {
			if s, known := a.sources.CameraStatus()[camera]; known {
				s.Problem(model.Method, text)
			}
		},
	}
	for _, c := range m.Classes {
		cfg.Labels = append(cfg.Labels, c.Type)
	}
	return cfg
}

// probeModel asks for the health of a model's server; a helper is started for it.
func (a *Agent) probeModel(ctx context.Context, c config.Camera) error {
	cfg := a.modelConfig(c.Name, c.Model)
	if c.Model.Protocol == model.ONNX {
		return a.withHelper(ctx, c.Model, cfg, func(ctx context.Context, m *model.Model) error { return m.Health(ctx) })
	}
	m, err := model.New(cfg)
	if err != nil {
		return err
	}
	return m.Health(ctx)
}

func (a *Agent) modelMetrics(m exposition) {
	for _, one := range a.models {
		for name, s := range one.Stats() {
			for result, n := range map[string]uint64{"good": s.Good, "suspect": s.Suspect, "skipped": s.Skipped, "failed": s.Failed} {
				m.counter("model_pictures_total", labels("camera", name, "result", result), n)
			}
		}
	}
	for _, f := range a.files {
		m.counter("model_helper_ended_total", labels("camera", f.camera), f.helper.Ended())
	}
}
