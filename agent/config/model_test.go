package config_test

import (
	"strings"
	"testing"

	"edgelabel/agent/config"
)

func TestModel(t *testing.T) {
	parse := func(text string) (*config.Config, error) {
		return config.Parse("m.yaml", []byte("cameras: [{name: c, model: {"+text+"}}]\n"))
	}
	cfg, err := parse("url: 'http://localhost:9090', classes: [{type: a, class: scratch}]")
	if err != nil {
		t.Fatal(err)
	}
	m := cfg.Cameras[0].Model
	if m.Protocol != "label_studio" || m.Threshold != 0.5 || m.MaxBytes != 1<<20 || m.ClassOf("a") != "scratch" || m.ClassOf("b") != "" {
		t.Errorf("%+v", m)
	}
	for text, want := range map[string]string{
		"name: x":                                               "url",
		"url: u, protocol: grpc":                                "label_studio, open_inference, onnx",
		"url: u, threshold: 2":                                  "at most 1",
		"url: u, timeout: 0s":                                   "more than zero",
		"url: u, ca: /no/such":                                  "no such file",
		"url: u, classes: [{type: a}]":                          "both type and class",
		"url: u, protocol: open_inference":                      "name of the model",
		"protocol: onnx":                                        "onnx.file",
		"protocol: onnx, onnx: {file: /no/such}":                "no such file",
		"protocol: onnx, onnx: {file: /dev/null, form: guess}":  "auto, boxes, rows, yolo, classes, map",
		"protocol: onnx, onnx: {file: /dev/null, memory: 0MiB}": "more than zero",
		"url: u, protocol: open_inference, name: n, input: {format: jpeg}":       "bytes, uint8, fp32",
		"url: u, protocol: open_inference, name: n, output: {corners: diagonal}": "xyxy, yxyx",
	} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nwant %q, got %v", text, want, err)
		}
	}
}
