//go:build onnx

package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"edgelabel/agent/vision/onnx"

	ort "github.com/yalue/onnxruntime_go"
)

// library is a model in ONNX Runtime, for as long as this process lives.
type library struct {
	file    string
	options *ort.SessionOptions
	in, out []onnx.Port
	names   []string
	session *ort.DynamicAdvancedSession // of the outputs that were asked for last
	of      string
}

var _ onnx.Runtime = (*library)(nil)

func open(s onnx.Settings) (*library, error) {
	ort.SetSharedLibraryPath(s.Library)
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		return nil, fmt.Errorf("load ONNX Runtime: %w", err)
	}
	if err := ort.DisableTelemetry(); err != nil {
		return nil, err
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(options.SetIntraOpNumThreads(max(1, s.Threads)), options.SetInterOpNumThreads(1)); err != nil {
		return nil, err
	}
	in, out, err := ort.GetInputOutputInfoWithOptions(s.File, options)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", filepath.Base(s.File), err)
	}
	l := &library{file: s.File, options: options, in: ports(in), out: ports(out)}
	l.names, err = classes(s.File)
	return l, err
}

func ports(infos []ort.InputOutputInfo) (all []onnx.Port) {
	for _, i := range infos {
		p := onnx.Port{Name: i.Name, Type: i.DataType.String()}
		switch i.DataType {
		case ort.TensorElementDataTypeFloat:
			p.Type = onnx.Float32
		case ort.TensorElementDataTypeUint8:
			p.Type = onnx.UInt8
		}
		for _, d := range i.Dimensions {
			p.Shape = append(p.Shape, int(d))
		}
		all = append(all, p)
	}
	return all
}

// classes are the names that exporters leave in a file.
func classes(file string) ([]string, error) {
	m, err := ort.GetModelMetadata(file)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", filepath.Base(file), err)
	}
	text, known, err := m.LookupCustomMetadataMap("names")
	if err = errors.Join(err, m.Destroy()); err != nil || !known {
		return nil, err
	}
	return onnx.ParseNames(text), nil
}

func (l *library) Ports() (in, out []onnx.Port) { return l.in, l.out }

func (l *library) Names() []string { return l.names }

func (l *library) Run(in onnx.Tensor, outputs []string) (_ []onnx.Tensor, err error) {
	if err := l.ask(outputs); err != nil {
		return nil, err
	}
	given, err := l.given(in)
	if err != nil {
		return nil, err
	}
	answers := make([]ort.Value, len(outputs))
	defer func() {
		for _, v := range append(answers, given) {
			if v != nil {
				err = errors.Join(err, v.Destroy())
			}
		}
	}()
	if err := l.session.Run([]ort.Value{given}, answers); err != nil {
		return nil, err
	}
	all := make([]onnx.Tensor, len(answers))
	for i, v := range answers {
		if all[i], err = tensor(v); err != nil {
			return nil, fmt.Errorf("output %s: %w", outputs[i], err)
		}
	}
	return all, nil
}

// ask makes the session that yields these outputs.
func (l *library) ask(outputs []string) error {
	of := strings.Join(outputs, "\x00")
	if l.session != nil && l.of == of {
		return nil
	}
	session, err := ort.NewDynamicAdvancedSession(l.file, []string{l.in[0].Name}, outputs, l.options)
	if err != nil {
		return err
	}
	if l.session != nil {
		err = l.session.Destroy()
	}
	l.session, l.of = session, of
	return err
}

func (l *library) given(in onnx.Tensor) (ort.Value, error) {
	shape := make(ort.Shape, len(in.Shape))
	for i, d := range in.Shape {
		shape[i] = int64(d)
	}
	if l.in[0].Type == onnx.UInt8 {
		return ort.NewTensor(shape, convert[float32, uint8](in.Values))
	}
	return ort.NewTensor(shape, in.Values)
}

func tensor(v ort.Value) (t onnx.Tensor, err error) {
	for _, d := range v.GetShape() {
		t.Shape = append(t.Shape, int(d))
	}
	switch v := v.(type) {
	case *ort.Tensor[float32]:
		t.Values = convert[float32, float32](v.GetData())
	case *ort.Tensor[float64]:
		t.Values = convert[float64, float32](v.GetData())
	case *ort.Tensor[int64]:
		t.Values = convert[int64, float32](v.GetData())
	case *ort.Tensor[int32]:
		t.Values = convert[int32, float32](v.GetData())
	case *ort.Tensor[uint8]:
		t.Values = convert[uint8, float32](v.GetData())
	default:
		return t, errors.New("its numbers are of a kind that is not read: want float32, float64, int64, int32 or uint8")
	}
	return t, nil
}

func convert[F, T float32 | float64 | int64 | int32 | uint8](in []F) []T {
	out := make([]T, len(in))
	for i, v := range in {
		out[i] = T(v)
	}
	return out
}
