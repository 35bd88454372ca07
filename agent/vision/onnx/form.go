package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Found is one thing that a model tells.
type Found struct {
	Box   [4]float32 // left, top, right, bottom as shares of the picture; unused of whole pictures
	Score float32
	Label float32 // the number of its class
}

// form is how the outputs of a model are read.
type form struct {
	name    string
	outputs []string
	read    func(out []Tensor, on canvas) ([]Found, error)
}

func newForm(s Settings, ports []Port) (form, error) {
	o := s.Output
	known := func(name string) bool { return slices.ContainsFunc(ports, func(p Port) bool { return p.Name == name }) }
	triple := []string{o.Boxes, o.Scores, o.Labels}
	if s.Form == Auto && !slices.ContainsFunc(triple, func(name string) bool { return !known(name) }) {
		s.Form = Boxes
	}
	f := form{name: s.Form, outputs: triple}
	if s.Form != Boxes {
		port, err := only(o.Tensor, ports)
		if err != nil {
			return form{}, err
		}
		if f.outputs = []string{port.Name}; s.Form == Auto {
			f.name = guess(port.Shape)
		}
	}
	for _, name := range f.outputs {
		if !known(name) {
			return form{}, fmt.Errorf("the model has no output %s, but %s", name, names(ports))
		}
	}
	f.read = map[string]func([]Tensor, canvas) ([]Found, error){
		Boxes: o.boxes, Rows: o.rows, Yolo: yolo, Classes: classes, Map: pixels(s.Least),
	}[f.name]
	if f.read == nil {
		return form{}, fmt.Errorf("form %s: the outputs %s do not say what they mean: want boxes, rows, yolo, classes or map", f.name, names(ports))
	}
	return f, nil
}

func only(name string, ports []Port) (Port, error) {
	if name == "" && len(ports) == 1 {
		return ports[0], nil
	}
	i := slices.IndexFunc(ports, func(p Port) bool { return p.Name == name })
	if i < 0 {
		return Port{}, fmt.Errorf("want tensor: which of the outputs is read, of %s", names(ports))
	}
	return ports[i], nil
}

// guess is the form that a shape has; Auto where it has none, or the model does not tell its shape.
func guess(shape []int) string {
	switch {
	case len(shape) == 2:
		return Classes
	case len(shape) == 4 && shape[1] == 1:
		return Map
	case len(shape) == 3 && shape[2] == 6:
		return Rows
	case len(shape) == 3 && shape[1] > 4 && (shape[2] < 1 || shape[2] > shape[1]):
		return Yolo
	}
	return Auto
}

func names(ports []Port) string {
	var all []string
	for _, p := range ports {
		all = append(all, fmt.Sprintf("%s %v", p.Name, p.Shape))
	}
	return strings.Join(all, ", ")
}

var errShape = errors.New("the shapes of the outputs do not fit")

func (o Output) boxes(out []Tensor, on canvas) ([]Found, error) {
	boxes, scores, labels := out[0].Values, out[1].Values, out[2].Values
	if len(boxes) != 4*len(scores) || len(labels) != len(scores) {
		return nil, fmt.Errorf("%w: boxes %v, scores %v, labels %v", errShape, out[0].Shape, out[1].Shape, out[2].Shape)
	}
	all := make([]Found, len(scores))
	for i := range all {
		all[i] = Found{o.corners([4]float32(boxes[4*i:]), on), scores[i], labels[i]}
	}
	return all, nil
}

func (o Output) rows(out []Tensor, on canvas) ([]Found, error) {
	v := out[0].Values
	if s := out[0].Shape; len(s) == 0 || s[len(s)-1] != 6 || len(v)%6 != 0 {
		return nil, fmt.Errorf("%w: %v, want rows of 6", errShape, s)
	}
	var all []Found
	for ; len(v) > 0; v = v[6:] {
		all = append(all, Found{o.corners([4]float32(v), on), v[4], v[5]})
	}
	return all, nil
}

// corners makes shares of the canvas, from left and top to right and bottom.
func (o Output) corners(b [4]float32, on canvas) [4]float32 {
	switch o.Corners {
	case YXYX:
		b = [4]float32{b[1], b[0], b[3], b[2]}
	case XYWH:
		b = [4]float32{b[0], b[1], b[0] + b[2], b[1] + b[3]}
	case CXCYWH:
		b = [4]float32{b[0] - b[2]/2, b[1] - b[3]/2, b[0] + b[2]/2, b[1] + b[3]/2}
	}
	if o.Share {
		return b
	}
	w, h := float32(on.width), float32(on.height)
	return [4]float32{b[0] / w, b[1] / h, b[2] / w, b[3] / h}
}

// classes is the one class that a picture is most like. Numbers that are no shares are taken for what comes before a softmax.
func classes(out []Tensor, _ canvas) ([]Found, error) {
	v := out[0].Values
	if len(v) == 0 {
		return nil, fmt.Errorf("%w: %v", errShape, out[0].Shape)
	}
	v = shares(v)
	best := 0
	for i := range v {
		if v[i] > v[best] {
			best = i
		}
	}
	return []Found{{Score: v[best], Label: float32(best)}}, nil
}
