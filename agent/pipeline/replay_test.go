package pipeline_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

func replay(t testing.TB, fit int, tags ...pipeline.Tag) *pipeline.Replay {
	t.Helper()
	r, err := pipeline.NewReplay(tags, catalog.New, fit)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func signal(id string, rules ...detect.Rule) pipeline.Tag {
	return pipeline.Tag{Tag: series.Tag{ID: id, Kind: series.Number}, Rules: rules}
}

func TestReplayOfLimits(t *testing.T) {
	r := replay(t, 0, signal("a", detect.Rule{Kind: detect.Limit, H: ptr(10)}), signal("b", detect.Rule{Kind: detect.Limit, L: ptr(0)}))
	rows := []struct {
		values []float64
		a, b   bool
	}{
		{[]float64{5, 5}, false, false}, {[]float64{15, 5}, true, false}, {[]float64{15, -5}, true, true},
		{[]float64{nan, -5}, true, true}, {[]float64{5, nan}, false, true}, {[]float64{5}, false, true}, {[]float64{5, 5}, false, false},
	}
	for i, row := range rows {
		one := make([]pipeline.Score, 2)
		whole := r.Row(sec(float64(i)), row.values, one)
		if one[0].Candidate != row.a || one[1].Candidate != row.b || whole.Candidate != (row.a || row.b) {
			t.Errorf("row %d: %+v and %+v", i, one, whole)
		}
		want(t, "whole score", whole.Score, max(one[0].Score, one[1].Score))
	}
}

func TestReplayFit(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 4))
	r := replay(t, 400, signal("a"), signal("b"))
	r.Row(0, []float64{1e6, 1e6}, nil) // an outlier among what is known to be normal is normal
	flagged := 0
	for i := 1; i < 1000; i++ {
		v := []float64{rnd.NormFloat64(), 100 + rnd.NormFloat64()}
		if i >= 700 && i < 720 {
			v[1] += 20
		}
		one := make([]pipeline.Score, 2)
		whole := r.Row(sec(float64(i)), v, one)
		if i < 400 && (whole.Candidate || whole.Score != 0) {
			t.Errorf("row %d of the fit: %+v", i, whole)
		}
		if whole.Candidate {
			flagged++
			want(t, "signal", one[1].Candidate, true)
			want(t, "score of a candidate", one[1].Score > 0.5, true)
		}
		if !(whole.Score >= 0 && whole.Score <= 1) {
			t.Errorf("row %d: score %v", i, whole.Score)
		}
	}
	want(t, "rows flagged", flagged, 20)
}

func TestReplayReportsBadRules(t *testing.T) {
	if _, err := pipeline.NewReplay([]pipeline.Tag{signal("a", detect.Rule{Kind: "x"})}, catalog.New, 0); err == nil {
		t.Error("no error")
	}
}

func BenchmarkReplayRow(b *testing.B) {
	tags := make([]pipeline.Tag, 8)
	for i := range tags {
		tags[i] = signal(string(rune('a' + i)))
	}
	r := replay(b, 0, tags...)
	rnd := rand.New(rand.NewPCG(4, 4))
	rows := make([][]float64, 1024)
	for i := range rows {
		for range tags {
			rows[i] = append(rows[i], rnd.NormFloat64())
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		r.Row(int64(i)*1e9, rows[i%len(rows)], nil)
	}
	b.ReportMetric(float64(b.N*len(tags))/b.Elapsed().Seconds()/1e6, "Msamples/s")
}

// panel flags rows whose values add up to more than its limit, and counts what it was taught.
type panel struct{ limit, sum, taught float64 }

func (p *panel) Learn([]float64)           { p.taught++ }
func (p *panel) Tick(int64) []detect.Event { return nil }
func (p *panel) Score() float64            { return min(1, p.sum/p.limit/2) }

func (p *panel) Row(_ int64, values []float64) []detect.Event {
	before := p.sum > p.limit
	p.sum = 0
	for _, v := range values {
		if !math.IsNaN(v) {
			p.sum += v
		}
	}
	if after := p.sum > p.limit; after != before {
		return []detect.Event{{Closed: before}}
	}
	return nil
}

func TestReplayTogether(t *testing.T) {
	top := 6.0
	b := signal("b")
	b.Max = &top
	r := replay(t, 2, signal("a", detect.Rule{Kind: detect.Limit, H: ptr(1)}), b)
	p := &panel{limit: 10}
	r.Together(p)
	for i, row := range []struct {
		values []float64
		score  float64
		flag   bool
	}{
		{[]float64{5, 6}, 0, false}, {[]float64{5, 6}, 0, false}, // taught
		{[]float64{4, 6}, .5, false}, {[]float64{5, 6}, .55, true}, {[]float64{8, 4}, .6, true},
		{[]float64{9, 7}, .45, false}, // 7 is out of b's plausible range
	} {
		one := make([]pipeline.Score, 2)
		whole := r.Row(sec(float64(i)), row.values, one)
		want(t, "score", whole.Score, row.score)
		want(t, "candidate", whole.Candidate, row.flag)
		want(t, "signal alone", one[0].Candidate, i >= 2)
	}
	want(t, "taught rows", p.taught, 2)
}
