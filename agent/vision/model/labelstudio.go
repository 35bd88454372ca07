package model

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// labelStudio speaks to an ML backend of Label Studio: one task at a time, the picture within it.
type labelStudio struct {
	labels []string
	ok     []string
}

func (labelStudio) health() string { return "health" }

func (labelStudio) well(body []byte) error {
	var health struct {
		Status string `json:"status"`
	}
	if err := json.Unmarshal(body, &health); err != nil {
		return err
	}
	if health.Status != "UP" {
		return fmt.Errorf("status %q, want UP", printable(health.Status, mostName))
	}
	return nil
}

func (l labelStudio) request(s shot) (string, any, error) {
	text := "data:image/" + s.format + ";base64," + base64.StdEncoding.EncodeToString(s.file)
	task := map[string]any{"id": 1, "data": map[string]string{"image": text}}
	return "predict", map[string]any{
		"tasks": []any{task}, "project": "1.0", "label_config": l.config(), "params": map[string]any{"context": nil},
	}, nil
}

// config is the labelling that backends look their tags up in.
func (l labelStudio) config() string {
	var b strings.Builder
	b.WriteString(`<View><Image name="image" value="$image"/>`)
	for _, tag := range []struct{ name, kind, value string }{
		{"rectangle", "RectangleLabels", "Label"}, {"polygon", "PolygonLabels", "Label"}, {"choice", "Choices", "Choice"},
	} {
		fmt.Fprintf(&b, `<%s name="%s" toName="image">`, tag.kind, tag.name)
		for _, label := range l.labels {
			fmt.Fprintf(&b, `<%s value="%s"/>`, tag.value, html.EscapeString(label))
		}
		fmt.Fprintf(&b, `</%s>`, tag.kind)
	}
	b.WriteString(`</View>`)
	return b.String()
}

type predictions struct {
	Version string `json:"model_version"`
	Results []struct {
		Version string   `json:"model_version"`
		Score   *float64 `json:"score"`
		Result  []result `json:"result"`
	} `json:"results"`
}

type result struct {
	Type     string   `json:"type"`
	Rotation float64  `json:"image_rotation"`
	Score    *float64 `json:"score"`
	Value    struct {
		X, Y, Width, Height, Rotation float64 // percent of the picture; degrees clockwise around the top left corner
		Points                        [][2]float64
		RectangleLabels               []string
		PolygonLabels                 []string
		Choices                       []string
	} `json:"value"`
}

func (l labelStudio) parse(body []byte, width, height int) (answer, error) {
	var p predictions
	if err := json.Unmarshal(body, &p); err != nil {
		return answer{}, err
	}
	if len(p.Results) != 1 {
		return answer{}, fmt.Errorf("%d results for one task", len(p.Results))
	}
	of := p.Results[0]
	a := answer{version: p.Version}
	if of.Version != "" {
		a.version = of.Version
	}
	for i, r := range of.Result {
		if r.Score == nil {
			r.Score = of.Score
		}
		found, known, err := l.proposal(r, float64(width), float64(height))
		if err != nil {
			return answer{}, fmt.Errorf("result %d: %w", i, err)
		}
		switch {
		case !known:
			a.passed++
		case found.class == "" || len(found.corners) > 0 && !inside(found.corners, width, height):
		default:
			a.found = append(a.found, found)
		}
	}
	return a, nil
}

// proposal reads one result; not known are kinds that nobody reads here. A choice that means good has no class.
func (l labelStudio) proposal(r result, width, height float64) (p proposal, known bool, err error) {
	p.score = 1 // a model without scores means what it says
	if r.Score != nil {
		if p.score, err = score(*r.Score); err != nil {
			return p, false, err
		}
	}
	var classes []string
	switch r.Type {
	case "rectanglelabels":
		classes, p.corners, p.upright = r.Value.RectangleLabels, r.rectangle(width, height), r.Value.Rotation == 0
	case "polygonlabels":
		classes = r.Value.PolygonLabels
		for _, c := range r.Value.Points {
			p.corners = append(p.corners, [2]float64{c[0] / 100 * width, c[1] / 100 * height})
		}
		if len(p.corners) < 3 {
			return p, false, fmt.Errorf("polygon of %d points", len(p.corners))
		}
	case "choices":
		classes = slices.DeleteFunc(slices.Clone(r.Value.Choices), func(choice string) bool { return means(l.ok, choice) })
		if len(classes) == 0 && len(r.Value.Choices) > 0 {
			return p, true, nil
		}
	default:
		return p, false, nil
	}
	if r.Rotation != 0 {
		return p, false, errors.New("image_rotation: the picture was sent upright")
	}
	if len(classes) == 0 || classes[0] == "" {
		return p, false, fmt.Errorf("%s without a label", r.Type)
	}
	p.class = classes[0]
	return p, true, nil
}

// means reports whether a word is one of those that are meant, in capitals or not.
func means(words []string, word string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, word) })
}

func (r result) rectangle(width, height float64) [][2]float64 {
	v := r.Value
	x, y, w, h := v.X/100*width, v.Y/100*height, v.Width/100*width, v.Height/100*height
	sin, cos := math.Sincos(v.Rotation * math.Pi / 180)
	turned := func(dx, dy float64) [2]float64 { return [2]float64{x + dx*cos - dy*sin, y + dx*sin + dy*cos} }
	return [][2]float64{turned(0, 0), turned(w, 0), turned(w, h), turned(0, h)}
}
