package onnx_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"edgelabel/agent/vision/onnx"
)

// fake is a model whose outputs follow from its input.
type fake struct {
	in, out []onnx.Port
	names   []string
	run     func(in onnx.Tensor) []onnx.Tensor
}

func (f fake) Ports() (in, out []onnx.Port) { return f.in, f.out }

func (f fake) Names() []string { return f.names }

func (f fake) Run(in onnx.Tensor, outputs []string) ([]onnx.Tensor, error) {
	all := f.run(in)
	if len(all) != len(outputs) {
		return nil, errors.New("other outputs were asked for")
	}
	return all, nil
}

func float(shape ...int) []onnx.Port {
	return []onnx.Port{{Name: "x", Type: onnx.Float32, Shape: shape}}
}

func picture(w, h int, value uint8) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{value, 2 * value, 3 * value, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err) // into memory
	}
	return b.Bytes()
}

// always is a model that tells the same whatever it sees.
func always(ports []onnx.Port, out ...onnx.Tensor) fake {
	return fake{in: float(1, 3, 40, 80), out: ports, run: func(onnx.Tensor) []onnx.Tensor { return out }}
}

func look(t *testing.T, s onnx.Settings, f fake) []onnx.Found {
	t.Helper()
	m, err := onnx.New(s, "1", f)
	if err != nil {
		t.Fatal(err)
	}
	all, err := m.Look(picture(160, 120, 40))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func near(a, b [4]float32) bool {
	for i := range a {
		if math.Abs(float64(a[i]-b[i])) > 1e-5 {
			return false
		}
	}
	return true
}

// TestForms reads what models of each kind say about the same box: a quarter to a half across, the upper half down.
func TestForms(t *testing.T) {
	triple := []onnx.Port{{Name: "boxes"}, {Name: "scores"}, {Name: "labels"}}
	one := func(shape ...int) []onnx.Port { return []onnx.Port{{Name: "output0", Shape: shape}} }
	scores, labels := onnx.Tensor{Shape: []int{1}, Values: []float32{.9}}, onnx.Tensor{Shape: []int{1}, Values: []float32{1}}
	for name, c := range map[string]struct {
		settings onnx.Settings
		model    fake
	}{
		"boxes": {onnx.Settings{}, always(triple, onnx.Tensor{Shape: []int{1, 4}, Values: []float32{20, 0, 40, 20}}, scores, labels)},
		"boxes turned, shares": {
			onnx.Settings{Output: onnx.Output{Corners: onnx.YXYX, Share: true}},
			always(triple, onnx.Tensor{Shape: []int{1, 1, 4}, Values: []float32{0, .25, .5, .5}}, scores, labels),
		},
		"rows": {onnx.Settings{Output: onnx.Output{Corners: onnx.XYWH}}, always(one(1, 2, 6), onnx.Tensor{
			Shape: []int{1, 2, 6}, Values: []float32{20, 0, 20, 20, .9, 1, 0, 0, 9, 9, .1, 0},
		})},
		"yolo, told twice": {onnx.Settings{}, always(one(1, 6, 8400), onnx.Tensor{
			Shape: []int{1, 6, 3}, Values: []float32{30, 31, 70, 10, 10, 30, 20, 20, 4, 20, 20, 4, .1, .2, .3, .9, .8, .2},
		})},
		"yolo of any size": {onnx.Settings{Form: onnx.Yolo}, always(one(0, 0, 0), onnx.Tensor{
			Shape: []int{1, 6, 1}, Values: []float32{30, 10, 20, 20, .1, .9},
		})},
	} {
		c.settings.Least = .5
		all := look(t, c.settings, c.model)
		if len(all) != 1 || !near(all[0].Box, [4]float32{.25, 0, .5, .5}) || all[0].Score != .9 || all[0].Label != 1 {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

func TestClasses(t *testing.T) {
	for _, c := range []struct {
		values []float32
		score  float64
	}{{[]float32{.2, .8}, .8}, {[]float32{0, 2}, 1 / (1 + math.Exp(-2))}} {
		all := look(t, onnx.Settings{}, always(float(1, 2), onnx.Tensor{Shape: []int{1, 2}, Values: c.values}))
		if len(all) != 1 || all[0].Label != 1 || math.Abs(float64(all[0].Score)-c.score) > 1e-6 {
			t.Errorf("%v: %+v", c.values, all)
		}
	}
}

func TestMap(t *testing.T) {
	heat := onnx.Tensor{Shape: []int{1, 1, 2, 4}, Values: []float32{0, .6, .8, 0, 0, 0, 0, .4}}
	all := look(t, onnx.Settings{Least: .5}, always(float(1, 1, 2, 4), heat))
	if len(all) != 1 || !near(all[0].Box, [4]float32{.25, 0, .75, .5}) || all[0].Score != .8 {
		t.Errorf("%+v", all)
	}
}

// TestCanvas looks at what a model is given.
func TestCanvas(t *testing.T) {
	given := func(in []onnx.Port, s onnx.Settings) (got onnx.Tensor) {
		t.Helper()
		f := always(float(1, 2), onnx.Tensor{Shape: []int{1, 2}, Values: []float32{0, 1}})
		f.in, f.run = in, func(in onnx.Tensor) []onnx.Tensor {
			got = in
			return []onnx.Tensor{{Shape: []int{1, 2}, Values: []float32{0, 1}}}
		}
		look(t, s, f)
		return got
	}
	share := func(v float64) float32 { return float32(v / 255) }
	for name, c := range map[string]struct {
		in          []onnx.Port
		settings    onnx.Settings
		shape       []int
		first, last float32
	}{
		"channels first": {float(1, 3, 2, 4), onnx.Settings{}, []int{1, 3, 2, 4}, share(40), share(120)},
		"channels last":  {float(0, 2, 4, 3), onnx.Settings{}, []int{1, 2, 4, 3}, share(40), share(120)},
		"no batch":       {float(3, 2, 4), onnx.Settings{}, []int{3, 2, 4}, share(40), share(120)},
		"any size":       {float(1, 3, 0, 0), onnx.Settings{Width: 4, Height: 2}, []int{1, 3, 2, 4}, share(40), share(120)},
		"bytes":          {[]onnx.Port{{Type: onnx.UInt8, Shape: []int{1, 3, 2, 4}}}, onnx.Settings{}, []int{1, 3, 2, 4}, 40, 120},
		"normal":         {float(1, 3, 2, 4), onnx.Settings{Mean: []float64{0, 0, .5}, Std: []float64{1, 1, .5}}, []int{1, 3, 2, 4}, share(40), float32((120./255 - .5) / .5)},
		"letterbox":      {float(1, 3, 2, 8), onnx.Settings{Letterbox: true}, []int{1, 3, 2, 8}, share(114), share(114)},
	} {
		got := given(c.in, c.settings)
		n := len(got.Values)
		if !slices.Equal(got.Shape, c.shape) || got.Values[0] != c.first || got.Values[n-1] != c.last {
			t.Errorf("%s: %v, %v to %v", name, got.Shape, got.Values[0], got.Values[n-1])
		}
	}
}

// TestLetterbox finds the same box as without, in a picture of 160 by 120 on a canvas of 80 by 40: it is 53 wide there, 13 from the left.
func TestLetterbox(t *testing.T) {
	f := always(float(1, 1, 6), onnx.Tensor{Shape: []int{1, 1, 6}, Values: []float32{13, 0, 66, 20, .9, 1}})
	all := look(t, onnx.Settings{Letterbox: true}, f)
	if len(all) != 1 || !near(all[0].Box, [4]float32{0, 0, 1, .5}) {
		t.Errorf("%+v", all)
	}
}

func TestModelsThatAreNotUnderstood(t *testing.T) {
	good := onnx.Tensor{Shape: []int{1, 1, 6}, Values: make([]float32, 6)}
	with := func(change func(*fake)) fake {
		f := always(float(1, 1, 6), good)
		change(&f)
		return f
	}
	for want, c := range map[string]struct {
		settings onnx.Settings
		model    fake
	}{
		"2 inputs":               {model: with(func(f *fake) { f.in = append(f.in, f.in[0]) })},
		"is of float16":          {model: with(func(f *fake) { f.in[0].Type = "float16" })},
		"8 pictures at once":     {model: with(func(f *fake) { f.in[0].Shape = []int{8, 3, 40, 80} })},
		"is no picture":          {model: with(func(f *fake) { f.in[0].Shape = []int{1, 512} })},
		"1 or 3 channels":        {model: with(func(f *fake) { f.in[0].Shape = []int{1, 4, 40, 80} })},
		"want width and height":  {model: with(func(f *fake) { f.in[0].Shape = []int{1, 3, 0, 80} })},
		"does not take 20 by 0":  {settings: onnx.Settings{Width: 20}, model: with(func(*fake) {})},
		"more than 16 Mi":        {model: with(func(f *fake) { f.in[0].Shape = []int{1, 3, 1 << 20, 1 << 20} })},
		"2 numbers for 3":        {settings: onnx.Settings{Mean: []float64{1, 2}}, model: with(func(*fake) {})},
		"std: want more than 0":  {settings: onnx.Settings{Std: []float64{1, 0, 1}}, model: with(func(*fake) {})},
		"which of the outputs":   {model: with(func(f *fake) { f.out = append(f.out, onnx.Port{Name: "y"}) })},
		"do not say what":        {model: with(func(f *fake) { f.out[0].Shape = nil })},
		"want rows of 6":         {model: with(func(f *fake) { f.run = func(onnx.Tensor) []onnx.Tensor { return []onnx.Tensor{{Shape: []int{7}}} } })},
		"no output scores":       {settings: onnx.Settings{Form: onnx.Boxes}, model: with(func(f *fake) { f.out[0].Name = "boxes" })},
		"other outputs were ask": {model: with(func(f *fake) { f.run = func(onnx.Tensor) []onnx.Tensor { return nil } })},
	} {
		if _, err := onnx.New(c.settings, "1", c.model); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestPicturesThatAreNone(t *testing.T) {
	m, err := onnx.New(onnx.Settings{}, "1", always(float(1, 1, 6), onnx.Tensor{Shape: []int{1, 1, 6}, Values: make([]float32, 6)}))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range [][]byte{nil, []byte("text"), picture(9, 9, 1)[:40]} {
		if all, err := m.Look(file); err == nil {
			t.Errorf("%d bytes: %+v", len(file), all)
		}
	}
}

func FuzzParseNames(f *testing.F) {
	f.Add("{0: 'scratch', 2: \"dent\"}")
	f.Add("{9999: ''}")
	f.Fuzz(func(t *testing.T, text string) {
		if n := len(onnx.ParseNames(text)); n > 10_000 {
			t.Errorf("%d names", n)
		}
	})
}

func TestNames(t *testing.T) {
	if got := onnx.ParseNames(`{0: 'scratch', 2: "o'ring"}`); !slices.Equal(got, []string{"scratch", "#1", "o'ring"}) {
		t.Error(got)
	}
}
