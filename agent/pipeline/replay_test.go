package pipeline_test

import (
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
