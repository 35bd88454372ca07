package model_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/model"
)

func studio(url string) model.Config {
	return model.Config{Protocol: model.LabelStudio, URL: url, Name: "defects", Token: "secret", Class: classOf, OK: []string{"ok"}, Labels: []string{"Scratch", "a<b"}}
}

const studioAnswer = `{"results":[{"model_version":"v7","score":0.4,"result":[
{"id":"a","from_name":"rectangle","to_name":"image","type":"rectanglelabels","original_width":200,"original_height":100,"image_rotation":0,"score":0.9,
 "value":{"x":10,"y":20,"width":30,"height":40,"rotation":0,"rectanglelabels":["Scratch"]}},
{"type":"polygonlabels","score":0.7,"value":{"points":[[0,0],[50,0],[110,100]],"closed":true,"polygonlabels":["Alien"]}},
{"type":"rectanglelabels","value":{"x":1,"y":1,"width":3,"height":4,"rectanglelabels":["Faint"]}},
{"type":"brushlabels","score":0.9,"value":{"format":"rle","rle":[0,1],"brushlabels":["Scratch"]}}]}]}`

func TestLabelStudio(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Tasks []struct{ Data struct{ Image string } }
			Label string `json:"label_config"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in.Tasks) != 1 || r.URL.Path != "/ml/predict" || r.Header.Get("Authorization") != "Bearer secret" {
			t.Errorf("%s: %v %+v", r.URL, err, in)
			return
		}
		text, found := strings.CutPrefix(in.Tasks[0].Data.Image, "data:image/png;base64,")
		data, err := base64.StdEncoding.DecodeString(text)
		m, err2 := png.Decode(bytes.NewReader(data))
		if !found || err != nil || err2 != nil || m.Bounds() != picture().Rect || !strings.Contains(in.Label, `value="a&lt;b"`) {
			t.Errorf("%v %v %s", err, err2, in.Label)
		}
		w.Write([]byte(studioAnswer))
	})
	f, err := ask(t, studio(s.URL+"/ml"))
	if err != nil || len(f.Regions) != 2 || f.Score < 0.89 || f.Score > 0.91 {
		t.Fatalf("%+v %v", f, err)
	}
	box, polygon := f.Regions[0], f.Regions[1]
	if box.Box != image.Rect(20, 20, 80, 60) || box.Points != nil || box.Area != 2400 || box.Type != "Scratch" || box.Score != 0.9 {
		t.Errorf("%+v", box)
	}
	if len(polygon.Points) != 3 || polygon.Points[2] != [2]float64{200, 100} || polygon.Area != 5000 {
		t.Errorf("%+v", polygon)
	}
	if f.Explain.EN != "The model defects (version v7) proposes 2: Scratch 0.90, Alien 0.70. Without a class here: Alien. 1 more results are of a kind that is not read." ||
		f.Explain.ZH != "模型 defects（版本 v7）提出 2 处：Scratch 0.90、Alien 0.70。没有对应类别：Alien。另有 1 个结果的类型无法读取。" {
		t.Errorf("%s\n%s", f.Explain.EN, f.Explain.ZH)
	}
}

func TestChoices(t *testing.T) {
	for choice, want := range map[string]bool{"OK": false, "bent": true} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Write([]byte(`{"results":[{"result":[{"type":"choices","score":0.8,"value":{"choices":["` + choice + `"]}}]}]}`))
		})
		f, err := ask(t, studio(s.URL))
		if err != nil || f.Score >= vision.Suspect != want || len(f.Regions) > 0 {
			t.Errorf("%s: %+v %v", choice, f, err)
		}
	}
}
