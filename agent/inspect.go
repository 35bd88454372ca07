package agent

import (
	"context"
	"errors"
	"fmt"

	"edgelabel/agent/config"
	"edgelabel/agent/control"
	"edgelabel/agent/label"
	"edgelabel/agent/vision/beside"
	"edgelabel/agent/vision/check"
	"edgelabel/agent/vision/folder"
	"edgelabel/agent/vision/pick"
	"edgelabel/agent/vision/texture"
)

// newInspector makes what judges pictures beside the line. A class that the first taxonomy lacks is an error: no label could hold it.
func (a *Agent) newInspector() (*beside.Inspector, error) {
	taxonomy, err := firstTaxonomy(a.cfg)
	if err != nil {
		return nil, err
	}
	var cameras []beside.Camera
	for _, c := range a.cfg.Cameras {
		if c.Inspect == nil {
			continue
		}
		if err := wantsClasses(taxonomy, append([]config.TypeClass{{Class: c.Inspect.Class}}, c.Inspect.Types...)); err != nil {
			return nil, fmt.Errorf("camera %s: inspect: %w", c.Name, err)
		}
		cameras = append(cameras, beside.Camera{
			Name: c.Name, Learn: a.learner(c.Name, c.Inspect), Class: c.Inspect.ClassOf, Frozen: c.Inspect.Wants(beside.Duplicate),
		})
	}
	return beside.New(beside.Config{Cameras: cameras, Memory: a.store, Open: a.store.OpenBlob, Log: a.opt.Log}, a.pipeline), nil
}

// wantsClasses reports the first class that the taxonomy lacks: no label could hold it.
func wantsClasses(taxonomy *label.Taxonomy, of []config.TypeClass) error {
	for _, t := range of {
		if _, known := taxonomy.Class(t.Class); t.Class != "" && !known {
			return fmt.Errorf("class %q is not in the taxonomy", t.Class)
		}
	}
	return nil
}

// learner makes what a camera's pictures are judged by: its checks, then the method that its good pictures suit.
func (a *Agent) learner(camera string, i *config.Inspect) func(ctx context.Context) ([]beside.Method, error) {
	return func(ctx context.Context) ([]beside.Method, error) {
		good, err := a.goodPictures(camera, i.Reference)
		if err != nil {
			return nil, err
		}
		methods, err := checks(ctx, i, good)
		if err != nil {
			return nil, err
		}
		main, err := a.learn(ctx, camera, i, good)
		if err != nil {
			return nil, err
		}
		a.opt.Log.Info("good pictures learnt", "camera", camera, "method", main.Name, "pictures", len(good.folder.Names()), "by_verdict", len(good.examples))
		return append(methods, main), nil
	}
}

// learn takes what was learnt of the same good pictures before, where it was kept: the texture of many takes a while.
func (a *Agent) learn(ctx context.Context, camera string, i *config.Inspect, good *goodSet) (beside.Method, error) {
	key := "inspection." + camera
	of, err := good.fingerprint()
	if err != nil {
		return beside.Method{}, err
	}
	if state, err := a.store.Learned(key); err != nil {
		a.opt.Log.Warn("what was learnt of good pictures is damaged and set aside; they are learnt anew", "camera", camera, "error", err)
	} else if i.Method != pick.Golden && state != nil {
		if m, err := texture.Restore(state, of); err == nil {
			return beside.Method{Name: pick.Texture, Detector: m}, nil
		}
	}
	method, err := pick.Choose(ctx, i.Method, good.folder.All) // not by verdicts: what people call good does not change what is done
	if err != nil {
		return beside.Method{}, err
	}
	d, name, err := pick.Learn(ctx, method, good.all)
	if err != nil {
		return beside.Method{}, err
	}
	if m, ok := d.(*texture.Model); ok {
		if err := a.store.KeepLearned(key, m.Kept(of)); err != nil {
			a.opt.Log.Error("what was learnt of good pictures is not kept", "camera", camera, "error", err)
		}
	}
	return beside.Method{Name: name, Detector: d}, nil
}

func checks(ctx context.Context, i *config.Inspect, good *goodSet) (all []beside.Method, err error) {
	if i.Wants(check.FocusName) {
		d, err := check.LearnFocus(ctx, i.Focus, good.all)
		if err != nil {
			return nil, err
		}
		all = append(all, beside.Method{Name: check.FocusName, Detector: d})
	}
	if i.Wants(check.ExposureName) {
		d, err := check.LearnExposure(ctx, i.Darkest, i.Brightest, good.all)
		if err != nil {
			return nil, err
		}
		all = append(all, beside.Method{Name: check.ExposureName, Detector: d})
	}
	return all, nil
}

// tryPictures learns the good pictures of a folder as a camera would, and forgets them.
func (a *Agent) tryPictures(ctx context.Context, m control.Model, dir string) error {
	for _, c := range a.cfg.Cameras {
		if c.Name != m.Camera || c.Inspect == nil {
			continue
		}
		f, err := folder.Open(dir)
		if err != nil {
			return err
		}
		good := &goodSet{folder: f}
		if _, err := checks(ctx, c.Inspect, good); err != nil {
			return err
		}
		method, err := pick.Choose(ctx, c.Inspect.Method, f.All)
		if err != nil {
			return err
		}
		_, _, err = pick.Learn(ctx, method, good.all)
		return err
	}
	return fmt.Errorf("camera %s: %w", m.Camera, label.ErrNotFound)
}

// checkReferences opens each folder of good pictures.
func (a *Agent) checkReferences() error {
	var errs []error
	for _, c := range a.cfg.Cameras {
		if c.Inspect != nil {
			if _, err := folder.Open(c.Inspect.Reference); err != nil {
				errs = append(errs, fmt.Errorf("camera %s: inspect: %w", c.Name, err))
			}
		}
	}
	return errors.Join(errs...)
}

func (a *Agent) inspectMetrics(m exposition) {
	for name, s := range a.inspect.Stats() {
		on := func(result string) string { return labels("camera", name, "result", result) }
		m.gauge("inspection_examples", labels("camera", name), float64(len(a.learning.examples.Of(name))))
		m.gauge("inspection_ready", labels("camera", name), map[bool]float64{true: 1}[s.Ready])
		m.counter("inspections_total", on("good"), s.Good)
		m.counter("inspections_total", on("suspect"), s.Suspect)
		m.counter("inspections_total", on("skipped"), s.Skipped)
		m.counter("inspections_total", on("failed"), s.Failed)
	}
}
