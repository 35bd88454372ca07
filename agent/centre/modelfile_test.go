package centre_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"edgelabel/agent/control"
	"edgelabel/agent/label"
)

// file is a model in a file, with settings.
func (c centreFiles) file(content string, settings *control.ModelSettings) control.Model {
	m := c.model(content)
	m.Kind, m.Files[0].Name, m.Settings = control.ONNX, "defects.onnx", settings
	return m
}

// A model in a file holds beside the good pictures of the same camera, and is restored with its settings.
func TestModelInAFile(t *testing.T) {
	g, at := newGateway(t), centreFiles{}
	g.show(at, at.model("golden"))
	pictures := g.holds()
	first := at.file("layers", &control.ModelSettings{Threshold: .4, Classes: []control.ModelClass{{Type: "Delle", Class: "dent"}}})
	was := g.show(at, first)
	g.start()
	held, dir := g.works.ONNX.Held(camera)
	if b, err := os.ReadFile(filepath.Join(dir, "defects.onnx")); err != nil || string(b) != "layers" || !reflect.DeepEqual(held, first) {
		t.Fatalf("%s %v %+v", b, err, held)
	}
	if g.holds() != pictures {
		t.Errorf("the pictures are %s, want %s", g.holds(), pictures)
	}
	if p := g.works.Pulse(control.Change{Models: []control.Model{first}}); p.Candidates != 4 || p.Ended != 6 {
		t.Errorf("%+v", p)
	}
	if p := g.works.Pulse(control.Change{Models: []control.Model{at.model("golden")}}); p.Ended != 0 {
		t.Errorf("pictures end no program: %+v", p)
	}
	second := g.show(at, at.file("more layers", nil))
	if err := g.works.Restore(t.Context(), "hq", "rolled back", second); err != nil {
		t.Fatal(err)
	}
	if held, _ := g.works.ONNX.Held(camera); !reflect.DeepEqual(held, first) {
		t.Errorf("%+v, want %+v", held, first)
	}
	if err := g.works.Restore(t.Context(), "hq", "rolled back", was); err != nil {
		t.Fatal(err)
	}
	if _, dir := g.works.ONNX.Held(camera); dir != "" || g.holds() != pictures {
		t.Errorf("%q holds instead of the configuration's, and %s", dir, g.holds())
	}
}

// The classes of a model stand in the taxonomy of now, or in the one that comes with it.
func TestClassesOfAModel(t *testing.T) {
	g, at := newGateway(t), centreFiles{}
	m := at.file("layers", &control.ModelSettings{Classes: []control.ModelClass{{Type: "a", Class: "crack"}}})
	c := control.Change{Models: []control.Model{m}}
	if _, err := g.works.Before(t.Context(), c); !errors.Is(err, label.ErrInvalid) || !strings.Contains(err.Error(), `"crack"`) {
		t.Error(err)
	}
	c.Taxonomy = &label.Taxonomy{Classes: []label.Class{{ID: "crack"}}}
	if _, err := g.works.Before(t.Context(), c); err != nil {
		t.Error(err)
	}
}

func TestModelsInFilesThatDoNotFit(t *testing.T) {
	g, at := newGateway(t), centreFiles{}
	other := at.file("layers", nil)
	other.Camera = "gone"
	oracle := at.file("layers", nil)
	oracle.Kind = "oracle"
	forged := at.file("layers", nil)
	at[forged.Files[0].SHA256] = "other layers"
	for name, c := range map[string]struct {
		model control.Model
		want  error
	}{
		"a camera without one":   {other, label.ErrNotFound},
		"a kind that is unknown": {oracle, label.ErrInvalid},
		"another content":        {forged, control.ErrFile},
	} {
		if err := g.works.Stage(t.Context(), c.model, at.open); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(g.dir, "onnx", "*", "*")); err != nil || len(left) > 0 {
		t.Errorf("%q are left, %v", left, err)
	}
}
