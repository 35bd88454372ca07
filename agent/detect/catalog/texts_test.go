package catalog_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

var force = series.Tag{ID: "press1.force", Name: "压力 Force", Unit: "kN", Kind: series.Number}

func ptr(v float64) *float64 { return &v }

// calm is n values about 100 of a signal with a cycle of 20.
func calm(n int) []float64 {
	rnd := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, n)
	for i := range values {
		values[i] = 100 + math.Round(1000*math.Sin(2*math.Pi*float64(i)/20)+50*rnd.NormFloat64())/100
	}
	return values
}

func then(values []float64, more ...float64) []float64 { return append(values, more...) }

// TestTexts holds the sentences of every kind, in both languages, to those that people agreed on: testdata/texts.txt. After a change of
// wording write it anew with EDGELABEL_WRITE_TEXTS=1 and read it.
func TestTexts(t *testing.T) {
	about := label.Text{ZH: "压力 Force 与 设定 Setpoint 的偏差", EN: "The deviation of 压力 Force from 设定 Setpoint"}
	nan := math.NaN()
	moved := calm(900)
	for i := range moved[700:] {
		moved[700+i] += 30
	}
	odd := calm(1400)
	for i := range odd[1000:1020] {
		odd[1000+i] = 200 - odd[1000+i]
	}
	far := then(calm(500), 200, 200, 200, 200, 200, 200, 100, 100)
	var b strings.Builder
	for _, tt := range []struct {
		rule   detect.Rule
		values []float64
	}{
		{detect.Rule{Kind: detect.Limit, L: ptr(10), H: ptr(480), HH: ptr(520)}, []float64{100, 490, 530, 100, 5, 100}},
		{detect.Rule{Kind: detect.Limit, LL: ptr(1), OnDelay: 2 * time.Second}, []float64{100, 0, 0, 0, 0, 100}},
		{detect.Rule{Kind: detect.Stuck, Period: 3 * time.Second}, []float64{1, 2, 2, 2, 2, 2, 2, 3}},
		{detect.Rule{Kind: detect.Missing, Period: 2 * time.Second}, []float64{1, nan, nan, nan, nan, 2}},
		{detect.Rule{Kind: detect.Rate, PerSecond: 50}, []float64{1, 100, 200, 201, 202}},
		{detect.Rule{Kind: detect.Deviation, From: "press1.setpoint", H: ptr(20), About: about}, []float64{0, 25, 25, 0}},
		{detect.Rule{Kind: detect.Expression, Of: "press1.force / press1.setpoint", H: ptr(2), About: label.Text{ZH: "press1.force / press1.setpoint", EN: "press1.force / press1.setpoint"}}, []float64{1, 3, 3, 1}},
		{detect.Rule{Kind: detect.Expression, Of: "press1.state == 'Running' and press1.force < 1"}, []float64{0, 1, 1, 0}},
		{detect.Rule{Kind: detect.SPC, Chart: detect.Chart{Learn: 200, Rules: []int{1}, Decouple: detect.Raw}}, far},
		{detect.Rule{Kind: detect.SPC, Chart: detect.Chart{Learn: 200, Plot: detect.EWMA, Decouple: detect.Raw}}, far},
		{detect.Rule{Kind: detect.RobustZ}, far},
		{detect.Rule{Kind: detect.Novelty}, far},
		{detect.Rule{Kind: detect.Change}, moved},
		{detect.Rule{Kind: detect.Shape, Warmup: 600}, odd},
	} {
		d, err := catalog.New(force, tt.rule)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", tt.rule.Kind)
		tell(&b, d, tt.values)
	}
	b.WriteString("multivariate\n")
	together(t, &b)
	hold(t, b.String())
}

func hold(t *testing.T, got string) {
	const file = "testdata/texts.txt"
	if os.Getenv("EDGELABEL_WRITE_TEXTS") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\n%s\nwant\n%s", file, got, want)
	}
}

// tell writes the candidates: as they open, become worse and close.
func tell(b *strings.Builder, d detect.Detector, values []float64) {
	for i, v := range values {
		at := int64(i+1) * 1e9
		events := d.Tick(at)
		if !math.IsNaN(v) {
			events = d.Push(series.Sample{Tag: force.ID, Source: at, Value: v})
		}
		write(b, events)
	}
}

func write(b *strings.Builder, events []detect.Event) {
	for _, ev := range events {
		what := "opens"
		switch {
		case ev.Closed:
			what = "closes"
		case ev.Changed:
			what = "rises"
		}
		fmt.Fprintf(b, "  %s\n    %s\n    %s\n", what, ev.Candidate.Explain.ZH, ev.Candidate.Explain.EN)
	}
}

func together(t *testing.T, b *strings.Builder) {
	tags := []series.Tag{force, {ID: "press1.oil", Name: "油温 Oil", Unit: "°C"}, {ID: "press1.speed", Name: "转速 Speed"}}
	p, err := catalog.NewPanel(series.Tag{ID: "press1", Name: "1 号压机 Press 1"}, tags, detect.Rule{Kind: detect.Multivariate})
	if err != nil {
		t.Fatal(err)
	}
	values := calm(700)
	for i, v := range values {
		row := []float64{v, 40 + v/10, 2 * v}
		if i >= 500 && i < 560 {
			row[1] = 80
		}
		write(b, p.Row(int64(i+1)*1e9, row))
	}
}
