package model_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"testing"

	"edgelabel/agent/vision/model"
)

func inference(url, format string) model.Config {
	return model.Config{
		Protocol: model.OpenInference, URL: url, Name: "det", Class: classOf,
		Input:  model.Input{Name: "in", Format: format, Layout: model.NHWC, Width: 20, Height: 20, Channels: 3},
		Output: model.Output{Boxes: "b", Scores: "s", Labels: "l", Corners: model.XYXY, Names: []string{"x"}},
	}
}

// published is an inference request as the protocol's OpenAPI description has it.
type published struct {
	ID         string         `json:"id"`
	Parameters map[string]any `json:"parameters"`
	Inputs     []struct {
		Name       string         `json:"name"`
		Shape      []int          `json:"shape"`
		Datatype   string         `json:"datatype"`
		Parameters map[string]any `json:"parameters"`
		Data       []any          `json:"data"`
	} `json:"inputs"`
	Outputs []struct {
		Name       string         `json:"name"`
		Parameters map[string]any `json:"parameters"`
	} `json:"outputs"`
}

// inferenceRequest reads a request as strictly as its description allows.
func inferenceRequest(t *testing.T, r *http.Request) (in published) {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil || len(in.Inputs) == 0 || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s: %v", r.Header, err)
		panic(http.ErrAbortHandler)
	}
	for _, x := range in.Inputs {
		n := 1
		for _, size := range x.Shape {
			n *= size
		}
		if x.Name == "" || x.Datatype == "" || n != len(x.Data) {
			t.Errorf("input %s: %d elements of shape %v", x.Name, len(x.Data), x.Shape)
		}
	}
	return in
}

func TestOpenInference(t *testing.T) {
	for format, want := range map[string]struct {
		datatype string
		elements int
		box      image.Rectangle
	}{
		model.Bytes: {"BYTES", 1, image.Rect(2, 4, 10, 12)}, model.UInt8: {"UINT8", 1200, image.Rect(20, 20, 100, 60)}, model.FP32: {"FP32", 1200, image.Rect(20, 20, 100, 60)},
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			in := inferenceRequest(t, r)
			if r.URL.Path != "/v2/models/det/infer" || len(in.Outputs) != 3 || in.Inputs[0].Datatype != want.datatype || len(in.Inputs[0].Data) != want.elements {
				t.Errorf("%s: %s", format, r.URL)
			}
			w.Write([]byte(`{"model_name":"det","model_version":"3","outputs":[{"name":"b","datatype":"FP32","shape":[1,3,4],"data":[[[2,4,10,12],[0,0,1,1],[0,0,0,0]]]},
{"name":"s","datatype":"FP32","shape":[3],"data":[0.75,0.1,0]},{"name":"l","datatype":"INT64","shape":[3],"data":[0,7,0]}]}`))
		})
		f, err := ask(t, inference(s.URL, format))
		if err != nil || len(f.Regions) != 1 || f.Regions[0].Box != want.box || f.Regions[0].Type != "x" || f.Score != 0.75 {
			t.Errorf("%s: %+v %v", format, f, err)
		}
		if f.Explain.EN != "The model det (version 3) proposes 1: x 0.75." {
			t.Error(f.Explain.EN)
		}
	}
}

func tensors(url string) model.Config { return inference(url, model.Bytes) }

const nothing = `{"outputs":[{"name":"b","shape":[0,4],"data":[]},{"name":"s","shape":[0],"data":[]},{"name":"l","shape":[0],"data":[]}]}`

func TestNothingFound(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(nothing)) })
	if f, err := ask(t, tensors(s.URL)); err != nil || f.Score != 0 || len(f.Regions) > 0 {
		t.Errorf("%+v %v", f, err)
	}
}

// TestColours sends a red picture as it was stored, and as planes of red, green and blue.
func TestColours(t *testing.T) {
	red := image.NewRGBA(image.Rect(0, 0, 40, 40))
	for i := range 40 * 40 {
		red.Set(i%40, i/40, color.RGBA{R: 200, A: 255})
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, red, nil); err != nil {
		t.Fatal(err)
	}
	for layout, green := range map[string]int{model.NCHW: 400, model.NHWC: 1} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			var in struct{ Inputs []struct{ Data []float64 } }
			if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
				t.Error(err)
				return
			}
			if got := in.Inputs[0].Data; got[0] < 190 || got[green] > 10 {
				t.Errorf("%s: red %g, green %g", layout, got[0], got[green])
			}
			w.Write([]byte(nothing))
		})
		cfg := inference(s.URL, model.UInt8)
		cfg.Input.Layout = layout
		m, err := model.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.InspectOriginal(t.Context(), file.Bytes()); err != nil {
			t.Error(err)
		}
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Tasks []struct{ Data struct{ Image string } }
		}
		want := "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(file.Bytes())
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Tasks[0].Data.Image != want {
			t.Errorf("%v: %.40s", err, in.Tasks[0].Data.Image)
		}
		w.Write([]byte(`{"results":[{"result":[]}]}`))
	})
	m, err := model.New(studio(s.URL))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.InspectOriginal(t.Context(), file.Bytes()); err != nil {
		t.Error(err)
	}
	if _, err := m.InspectOriginal(t.Context(), []byte("no picture")); err == nil {
		t.Error("a file that is no picture is sent")
	}
}
