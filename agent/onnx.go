package agent

import (
	"cmp"
	"context"
	"encoding/json"
	"path/filepath"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/vision/helper"
	"edgelabel/agent/vision/model"
	"edgelabel/agent/vision/onnx"
)

// newHelper makes what keeps the program with a model running, each time with the model of now. A model that ends it, or never returns,
// costs nobody else anything.
func (a *Agent) newHelper(now func() *config.Model, problem func(string)) *helper.Helper {
	return helper.New(helper.Config{
		Program: now().ONNX.Program, Problem: problem, Log: a.opt.Log,
		Settings: func(socket string) ([]byte, error) { return json.Marshal(onnxSettings(now(), socket)) },
	})
}

func onnxSettings(m *config.Model, socket string) onnx.Settings {
	return onnx.Settings{
		Name: cmp.Or(m.Name, filepath.Base(m.ONNX.File)), File: m.ONNX.File, Library: m.ONNX.Library, Socket: socket,
		Threads: m.ONNX.Threads, Memory: int64(m.ONNX.Memory), Timeout: time.Duration(m.Timeout),
		Width: m.Input.Width, Height: m.Input.Height, Letterbox: m.ONNX.Letterbox, Mean: m.ONNX.Mean, Std: m.ONNX.Std,
		Form: m.ONNX.Form, Names: m.Output.Names, Least: m.Threshold,
		Output: onnx.Output{
			Boxes: m.Output.Boxes, Scores: m.Output.Scores, Labels: m.Output.Labels, Tensor: m.ONNX.Tensor,
			Corners: m.Output.Corners, Share: m.Output.Share,
		},
	}
}

// withHelper runs a helper as long as somebody asks it.
func (a *Agent) withHelper(ctx context.Context, m *config.Model, cfg model.Config, ask func(context.Context, *model.Model) error) error {
	ctx, cancel := context.WithCancel(ctx)
	h := a.newHelper(func() *config.Model { return m }, nil)
	cfg.Dial = h.Dial
	asked, err := model.New(cfg)
	if err != nil {
		cancel()
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	if err = h.Ready(ctx); err == nil {
		err = ask(ctx, asked)
	}
	cancel()
	return cmp.Or(err, <-ended)
}
