package model_test

import (
	"testing"

	"edgelabel/agent/vision/model"
)

func FuzzLabelStudio(f *testing.F) {
	f.Add([]byte(studioAnswer))
	f.Add([]byte(`{"results":[{"result":[{"type":"rectanglelabels","value":{"x":1e300,"width":1e308,"rotation":45,"rectanglelabels":["a"]}}]}]}`))
	fuzz(f, model.ParseLabelStudio)
}

func FuzzInference(f *testing.F) {
	f.Add([]byte(`{"outputs":[{"name":"b","shape":[1,4],"data":[1,2,3e300,4]},{"name":"s","shape":[1],"data":[1]},{"name":"l","shape":[1],"data":[0]}]}`))
	f.Add([]byte(`{"outputs":[{"name":"b","shape":[0,4],"data":[[]]}]}`))
	fuzz(f, model.ParseInference)
}

func fuzz(f *testing.F, parse func(*model.Model, []byte, int, int) error) {
	m, err := model.New(studio("http://localhost"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(_ *testing.T, body []byte) {
		if err := parse(m, body, 64, 48); err != nil {
			return // refused is fine; a panic is not
		}
	})
}
