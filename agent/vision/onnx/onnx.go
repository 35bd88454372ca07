// Package onnx is what a helper process does with a model of the user in an .onnx file: it answers the Open Inference Protocol v2 about one
// picture at a time.
//
//	request with a file ─▶ picture ─▶ tensor as the model wants it ─▶ Runtime ─▶ form: what its outputs mean ─▶ boxes, scores, labels
//
// The runtime itself is a C library. It is called in a process of its own, so that a model that brings it down takes nobody along.
package onnx

import (
	"cmp"
	"fmt"
	"strconv"
	"time"
)

// Settings say which model is run and how. The helper reads them as JSON.
type Settings struct {
	Name    string        // of the model, for whoever asks
	File    string        // the .onnx file
	Library string        // of the ONNX Runtime: a path, or a name that the system finds
	Socket  string        // where the helper answers
	Threads int           // that work on one picture
	Memory  int64         // bytes that the helper may take
	Timeout time.Duration // for one picture; a model that takes longer ends the helper

	Width, Height int       // pixels, where the model takes any size
	Letterbox     bool      // keep the picture's shape and fill the rest with grey; else it is stretched
	Mean, Std     []float64 // of each channel, taken off values from 0 to 1 and divided by; empty: nothing

	Form   string
	Output Output
	Names  []string // of the classes, the first is 0; empty: those that the file tells
	Least  float64  // scores below it are not told
}

// Output says what the model's outputs are called and mean.
type Output struct {
	Boxes, Scores, Labels string // of Boxes
	Tensor                string // of the other forms; empty: the only output
	Corners               string // of boxes: XYXY, YXYX, XYWH or CXCYWH
	Share                 bool   // boxes are shares of the model's picture; else its pixels
}

// Forms of what a model says.
const (
	Auto    = "auto"    // what the shapes of its outputs say
	Boxes   = "boxes"   // three tensors: boxes, scores, labels
	Rows    = "rows"    // one, [1, n, 6]: left, top, right, bottom, score, label; nothing is told twice
	Yolo    = "yolo"    // one, [1, 4 + classes, n]: centre, size and a score for each class; the same thing is told many times
	Classes = "classes" // one, [1, classes]: a score for each, of the whole picture
	Map     = "map"     // one, [1, 1, height, width]: a score for each pixel
)

// Meanings of the four numbers of a box.
const (
	XYXY   = "xyxy"
	YXYX   = "yxyx"
	XYWH   = "xywh"
	CXCYWH = "cxcywh"
)

// Defaults.
const (
	Program        = "edgelabel-onnx" // the helper
	DefaultLibrary = "libonnxruntime.so.1"
	DefaultMemory  = 1 << 30
	DefaultThreads = 1
)

func (s *Settings) setDefaults() {
	s.Form, s.Output.Corners = cmp.Or(s.Form, Auto), cmp.Or(s.Output.Corners, XYXY)
	s.Output.Boxes, s.Output.Scores = cmp.Or(s.Output.Boxes, "boxes"), cmp.Or(s.Output.Scores, "scores")
	s.Output.Labels = cmp.Or(s.Output.Labels, "labels")
}

// Port is an input or an output of a model.
type Port struct {
	Name  string
	Type  string // Float32, UInt8, or what the runtime calls others
	Shape []int  // less than 1: any size
}

// Types of an input.
const (
	Float32 = "float32"
	UInt8   = "uint8"
)

// Tensor is what goes into a model or comes out of it.
type Tensor struct {
	Shape  []int
	Values []float32
}

// Runtime runs a model. Nobody calls it twice at once.
type Runtime interface {
	// Ports are the inputs and outputs of the model.
	Ports() (in, out []Port)

	// Names are the classes that the file itself tells, by number; it may tell none.
	Names() []string

	// Run returns the outputs that are asked for, in their order. It does not keep in.
	Run(in Tensor, outputs []string) ([]Tensor, error)
}

// Model is a model that was found to be what its settings say.
type Model struct {
	settings Settings
	version  string
	runtime  Runtime
	size     canvas
	form     form
}

// New looks at the model and runs it once on a grey picture. Version is told to whoever asks.
func New(settings Settings, version string, runtime Runtime) (*Model, error) {
	settings.setDefaults()
	if len(settings.Names) == 0 {
		settings.Names = runtime.Names()
	}
	in, out := runtime.Ports()
	size, err := newCanvas(settings, in)
	if err != nil {
		return nil, err
	}
	f, err := newForm(settings, out)
	if err != nil {
		return nil, err
	}
	m := &Model{settings: settings, version: version, runtime: runtime, size: size, form: f}
	if _, err := m.run(size.blank()); err != nil {
		return nil, fmt.Errorf("try the model on a grey picture: %w", err)
	}
	return m, nil
}

// Look judges a picture. What was found lies in shares of it.
func (m *Model) Look(file []byte) ([]Found, error) {
	in, place, err := m.size.fill(file)
	if err != nil {
		return nil, err
	}
	all, err := m.run(in)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Box = place.back(all[i].Box)
	}
	return all, nil
}

func (m *Model) run(in Tensor) ([]Found, error) {
	out, err := m.runtime.Run(in, m.form.outputs)
	if err != nil {
		return nil, err
	}
	all, err := m.form.read(out, m.size)
	if err != nil {
		return nil, fmt.Errorf("form %s: %w", m.form.name, err)
	}
	kept := all[:0]
	for _, f := range all {
		if float64(f.Score) >= m.settings.Least {
			kept = append(kept, f)
		}
	}
	return kept, nil
}

// class is what a number is called; a number without a name is told as it is.
func (m *Model) class(label float32) string {
	if i := int(label); label >= 0 && i < len(m.settings.Names) && float32(i) == label {
		return m.settings.Names[i]
	}
	return "#" + strconv.FormatFloat(float64(label), 'g', -1, 32)
}

// Whole reports whether the model speaks of whole pictures only.
func (m *Model) Whole() bool { return m.form.name == Classes }
