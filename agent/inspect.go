package agent

import (
	"context"
	"errors"
	"fmt"

	"edgelabel/agent/config"
	"edgelabel/agent/vision"
	"edgelabel/agent/vision/beside"
	"edgelabel/agent/vision/folder"
	"edgelabel/agent/vision/golden"
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
		classes := []string{c.Inspect.Class}
		for _, t := range c.Inspect.Types {
			classes = append(classes, t.Class)
		}
		for _, id := range classes {
			if _, known := taxonomy.Class(id); id != "" && !known {
				return nil, fmt.Errorf("camera %s: inspect: class %q is not in the taxonomy", c.Name, id)
			}
		}
		cameras = append(cameras, beside.Camera{Name: c.Name, Method: c.Inspect.Method, Learn: learner(c.Inspect), Class: c.Inspect.ClassOf})
	}
	return beside.New(beside.Config{Cameras: cameras, Log: a.opt.Log}, a.pipeline), nil
}

func learner(i *config.Inspect) func(ctx context.Context) (vision.Detector, error) {
	return func(ctx context.Context) (vision.Detector, error) {
		good, err := folder.Open(i.Reference)
		if err != nil {
			return nil, err
		}
		return golden.Learn(ctx, golden.Config{}, good.All)
	}
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
		m.gauge("inspection_ready", labels("camera", name), map[bool]float64{true: 1}[s.Ready])
		m.counter("inspections_total", on("good"), s.Good)
		m.counter("inspections_total", on("suspect"), s.Suspect)
		m.counter("inspections_total", on("skipped"), s.Skipped)
		m.counter("inspections_total", on("failed"), s.Failed)
	}
}
