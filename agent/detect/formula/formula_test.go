package formula_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"edgelabel/agent/detect/formula"
	"edgelabel/agent/series"
)

func kinds(tag string) (series.Kind, bool) {
	kind, ok := map[string]series.Kind{
		"flow": series.Number, "press1.force": series.Number, "press1.sub.force": series.Number, "press-1.t": series.Number,
		"press1.on": series.Bool, "press1.state": series.Text, "press1.wave": series.Wave,
	}[tag]
	return kind, ok
}

func TestEval(t *testing.T) {
	values := map[string]series.Sample{
		"flow": {Value: 3}, "press1.force": {Value: 12}, "press1.sub.force": {Value: 5}, "press-1.t": {Value: -4},
		"press1.on": {Value: 1}, "press1.state": {Value: math.NaN(), Text: "Running"},
	}
	for text, want := range map[string]float64{
		"press1.force / flow":                           4,
		"press1.force + press1.sub.force":               17,
		"abs(tag('press-1.t')) + min(flow, 1)":          5,
		"press1.state == 'Running' and flow > 2":        1,
		"press1.state in ['Idle', 'Off'] or !press1.on": 0,
		"flow in [2, 3]":                                1,
		"press1.on ? flow : 0":                          3,
		"round(flow * 1.26)":                            4,
		"5 // only a constant":                          5,
	} {
		f, err := formula.Compile(text, kinds)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var in []series.Sample
		for _, tag := range f.Tags() {
			in = append(in, values[tag])
		}
		if got, ok := f.Eval(in); !ok || got != want {
			t.Errorf("%s: %v %v, want %v", text, got, ok, want)
		}
	}
}

func TestNoValue(t *testing.T) {
	f, err := formula.Compile("press1.force / flow", kinds)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.Tags(), []string{"flow", "press1.force"}) || f.Condition() {
		t.Errorf("%v, condition %v", f.Tags(), f.Condition())
	}
	for name, in := range map[string][]series.Sample{
		"bad":      {{Value: 1, Status: series.StatusBad}, {Value: 1}},
		"nan":      {{Value: 1}, {Value: math.NaN()}},
		"division": {{Value: 0}, {Value: 1}},
	} {
		if v, ok := f.Eval(in); ok {
			t.Errorf("%s: %v", name, v)
		}
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		text         string
		line, column int
		part         string
	}{
		{"flow >", 1, 6, "unexpected token"},
		{"flow + nothing.here", 1, 8, `no tag "nothing.here"`},
		{"flow +\n  gone", 2, 3, `no tag "gone"`},
		{"flow + 'a'", 1, 6, "invalid operation"},
		{"press1.wave > 1", 1, 8, "features"},
		{"tag('x') > 1", 1, 1, `no tag "x"`},
		{"'text'", 0, 0, "want a number or a condition"},
		{"1..1000000000", 1, 2, "no operator"},
		{"len(press1.state)", 1, 1, "functions"},
		{"map([1], flow)", 1, 10, "want arithmetic"},
		{"1 % 0", 1, 3, "no operator %"},
		{"", 1, 1, "unexpected token EOF"},
		{strings.Repeat("1+", 500) + "1", 1, 258, "nodes"},
		{strings.Repeat(" ", 3000), 0, 0, "at most"},
	}
	for _, tt := range tests {
		_, err := formula.Compile(tt.text, kinds)
		var e *formula.Error
		if !errors.As(err, &e) || !strings.Contains(e.Text, tt.part) || e.Line != tt.line || e.Column != tt.column {
			t.Errorf("%.30q: %v, want %d:%d %s", tt.text, err, tt.line, tt.column, tt.part)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"flow > 1", "press1.force / flow", "tag('press-1.t')", "1 % 0", "press1.state in ['a']", "((((", "flow ? 1 : 2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := formula.Compile(text, kinds)
		if err != nil {
			return
		}
		in := make([]series.Sample, len(c.Tags()))
		if v, ok := c.Eval(in); ok && (math.IsNaN(v) || math.IsInf(v, 0)) {
			t.Errorf("%q yields %v", text, v)
		}
	})
}

func BenchmarkEval(b *testing.B) {
	f, err := formula.Compile("press1.state == 'Running' and press1.force / flow > 1.5", kinds)
	if err != nil {
		b.Fatal(err)
	}
	in := []series.Sample{{Value: 3}, {Value: 12}, {Text: "Running"}}
	b.ReportAllocs()
	for b.Loop() {
		f.Eval(in)
	}
}
