package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

type inferred struct {
	Name    string   `json:"model_name"`
	Version string   `json:"model_version"`
	Outputs []output `json:"outputs"`
}

type output struct {
	Name  string          `json:"name"`
	Shape []int           `json:"shape"`
	Data  json.RawMessage `json:"data"`
}

func (n *inference) parse(body []byte, width, height int) (answer, error) {
	var r inferred
	if err := json.Unmarshal(body, &r); err != nil {
		return answer{}, err
	}
	t, err := n.table(r)
	if err != nil {
		return answer{}, err
	}
	a := answer{name: r.Name, version: r.Version}
	for i := range t.scores {
		p := proposal{upright: true}
		if p.score, err = score(t.scores[i]); err == nil {
			p.class, err = n.class(t.labels[i])
		}
		if err != nil {
			return answer{}, fmt.Errorf("row %d: %w", i, err)
		}
		if !t.whole {
			p.corners = n.corners([4]float64(t.boxes[4*i:]), width, height)
		}
		if t.whole && !means(n.ok, p.class) || !t.whole && inside(p.corners, width, height) {
			a.found = append(a.found, p)
		}
	}
	return a, nil
}

// table is what was found, one row each. The whole picture has no boxes.
type table struct {
	whole         bool
	boxes, scores []float64
	labels        []any
}

func (n *inference) table(r inferred) (t table, err error) {
	t.whole = n.boxless && !r.has(n.out.Boxes)
	if !t.whole {
		if t.boxes, err = numbers(r.flat(n.out.Boxes)); err != nil {
			return t, fmt.Errorf("output %s: %w", n.out.Boxes, err)
		}
	}
	if t.scores, err = numbers(r.flat(n.out.Scores)); err != nil {
		return t, fmt.Errorf("output %s: %w", n.out.Scores, err)
	}
	if t.labels, err = r.flat(n.out.Labels); err != nil {
		return t, fmt.Errorf("output %s: %w", n.out.Labels, err)
	}
	if !t.whole && len(t.boxes) != 4*len(t.scores) || len(t.labels) != len(t.scores) {
		return t, fmt.Errorf("%d numbers of boxes, %d scores and %d labels do not fit", len(t.boxes), len(t.scores), len(t.labels))
	}
	return t, nil
}

func (n *inference) class(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case float64:
		if i := int(v); v >= 0 && v < float64(len(n.out.Names)) && float64(i) == v {
			return n.out.Names[i], nil
		}
		return "#" + strconv.FormatFloat(v, 'g', -1, 64), nil
	}
	return "", fmt.Errorf("label %v: want a text or a number", v)
}

// corners puts a box into pixels of the picture.
func (n *inference) corners(b [4]float64, width, height int) [][2]float64 {
	switch n.out.Corners {
	case YXYX:
		b = [4]float64{b[1], b[0], b[3], b[2]}
	case XYWH:
		b = [4]float64{b[0], b[1], b[0] + b[2], b[1] + b[3]}
	case CXCYWH:
		b = [4]float64{b[0] - b[2]/2, b[1] - b[3]/2, b[0] + b[2]/2, b[1] + b[3]/2}
	}
	sx, sy := 1.0, 1.0
	switch {
	case n.out.Share:
		sx, sy = float64(width), float64(height)
	case n.in.Format != Bytes:
		sx, sy = float64(width)/float64(n.in.Width), float64(height)/float64(n.in.Height)
	}
	return [][2]float64{{b[0] * sx, b[1] * sy}, {b[2] * sx, b[1] * sy}, {b[2] * sx, b[3] * sy}, {b[0] * sx, b[3] * sy}}
}

func (r inferred) has(name string) bool {
	return slices.ContainsFunc(r.Outputs, func(t output) bool { return t.Name == name })
}

// flat returns the elements of an output, which may come nested or not, and whose shape must say as many.
func (r inferred) flat(name string) ([]any, error) {
	i := slices.IndexFunc(r.Outputs, func(t output) bool { return t.Name == name })
	if i < 0 {
		return nil, errors.New("is missing")
	}
	var data []any
	if err := json.Unmarshal(r.Outputs[i].Data, &data); err != nil {
		return nil, err
	}
	all := flatten(nil, data)
	if !holds(r.Outputs[i].Shape, len(all)) {
		return nil, fmt.Errorf("shape %v with %d elements", r.Outputs[i].Shape, len(all))
	}
	return all, nil
}

// holds reports whether a shape has n elements, however large its numbers are.
func holds(shape []int, n int) bool {
	if n == 0 {
		return slices.Contains(shape, 0)
	}
	product := 1
	for _, d := range shape {
		if d < 1 || product > n/d {
			return false
		}
		product *= d
	}
	return product == n
}

func flatten(out, in []any) []any {
	for _, v := range in {
		if list, ok := v.([]any); ok {
			out = flatten(out, list)
		} else {
			out = append(out, v)
		}
	}
	return out
}

func numbers(all []any, err error) ([]float64, error) {
	out := make([]float64, len(all))
	for i, v := range all {
		f, ok := v.(float64)
		if !ok {
			return nil, fmt.Errorf("element %d is no number", i)
		}
		out[i] = f
	}
	return out, err
}
