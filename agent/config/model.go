package config

import (
	"edgelabel/agent/vision/model"
	"edgelabel/agent/vision/onnx"
)

// Model is a model of the user that is asked about each image of a camera: on a server, or in a helper on this machine.
type Model struct {
	Protocol      string      `yaml:"protocol"`
	URL           string      `yaml:"url"`
	Name          string      `yaml:"name"`
	Token         Secret      `yaml:"token"`
	CA            string      `yaml:"ca"`
	AllowInsecure bool        `yaml:"allow_insecure"`
	Timeout       Duration    `yaml:"timeout"`
	MaxBytes      ByteSize    `yaml:"max_bytes"`
	Threshold     float64     `yaml:"threshold"`
	OK            []string    `yaml:"ok"`
	Classes       []TypeClass `yaml:"classes"`
	Input         ModelInput  `yaml:"input"`
	Output        ModelOutput `yaml:"output"`
	ONNX          ModelONNX   `yaml:"onnx"`
}

// ModelONNX is a model in a file, which a helper runs.
type ModelONNX struct {
	File      string    `yaml:"file"`
	Program   string    `yaml:"program"`
	Library   string    `yaml:"library"`
	Form      string    `yaml:"form"`
	Tensor    string    `yaml:"tensor"`
	Letterbox bool      `yaml:"letterbox"`
	Mean      []float64 `yaml:"mean"`
	Std       []float64 `yaml:"std"`
	Threads   int       `yaml:"threads"`
	Memory    ByteSize  `yaml:"memory"`
}

// ModelInput is the tensor with the image.
type ModelInput struct {
	Name     string `yaml:"name"`
	Format   string `yaml:"format"`
	Layout   string `yaml:"layout"`
	Width    int    `yaml:"width"`
	Height   int    `yaml:"height"`
	Channels int    `yaml:"channels"`
}

// ModelOutput names the tensors with what was found.
type ModelOutput struct {
	Boxes   string   `yaml:"boxes"`
	Scores  string   `yaml:"scores"`
	Labels  string   `yaml:"labels"`
	Corners string   `yaml:"corners"`
	Share   bool     `yaml:"share"`
	Names   []string `yaml:"names"`
}

func (m *Model) setDefaults() {
	*m = Model{
		Protocol: model.LabelStudio, Timeout: Duration(model.DefaultTimeout), MaxBytes: model.DefaultMaxBytes, Threshold: model.DefaultThreshold,
		OK:     okWords(),
		Input:  ModelInput{Name: "image", Format: model.Bytes, Layout: model.NCHW, Channels: 3},
		Output: ModelOutput{Boxes: "boxes", Scores: "scores", Labels: "labels", Corners: model.XYXY},
		ONNX: ModelONNX{
			Program: onnx.Program, Library: onnx.DefaultLibrary, Form: onnx.Auto, Threads: onnx.DefaultThreads, Memory: onnx.DefaultMemory,
		},
	}
}

// ClassOf returns the class id for what the model calls a thing; empty where there is none.
func (m *Model) ClassOf(kind string) string {
	for _, c := range m.Classes {
		if c.Type == kind {
			return c.Class
		}
	}
	return ""
}

func (v *validator) model(path string, m *Model) {
	v.oneOf(path+".protocol", m.Protocol, model.LabelStudio, model.OpenInference, model.ONNX)
	if m.URL == "" && m.Protocol != model.ONNX {
		v.wrong(path, "want the url of the model's server")
	}
	v.file(path+".ca", m.CA)
	v.positive(path+".timeout", float64(m.Timeout))
	v.positive(path+".max_bytes", float64(m.MaxBytes))
	if !(m.Threshold > 0 && m.Threshold <= 1) {
		v.wrong(path+".threshold", "want more than 0, at most 1")
	}
	for _, c := range m.Classes {
		if c.Type == "" || c.Class == "" {
			v.wrong(path+".classes", "want both type and class")
		}
	}
	switch m.Protocol {
	case model.OpenInference:
		v.tensors(path, m)
	case model.ONNX:
		v.onnx(path, m)
	}
}

func (v *validator) onnx(path string, m *Model) {
	if m.ONNX.File == "" {
		v.wrong(path, "want onnx.file: the model")
	}
	v.file(path+".onnx.file", m.ONNX.File)
	v.oneOf(path+".onnx.form", m.ONNX.Form, onnx.Auto, onnx.Boxes, onnx.Rows, onnx.Yolo, onnx.Classes, onnx.Map)
	v.oneOf(path+".output.corners", m.Output.Corners, onnx.XYXY, onnx.YXYX, onnx.XYWH, onnx.CXCYWH)
	v.positive(path+".onnx.threads", float64(m.ONNX.Threads))
	v.positive(path+".onnx.memory", float64(m.ONNX.Memory))
}

func (v *validator) tensors(path string, m *Model) {
	if m.Name == "" {
		v.wrong(path, "want the name of the model")
	}
	v.oneOf(path+".input.format", m.Input.Format, model.Bytes, model.UInt8, model.FP32)
	v.oneOf(path+".input.layout", m.Input.Layout, model.NCHW, model.NHWC)
	v.oneOf(path+".output.corners", m.Output.Corners, model.XYXY, model.YXYX, model.XYWH, model.CXCYWH)
}
