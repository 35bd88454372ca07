package series_test

import (
	"math"
	"testing"

	"edgelabel/agent/series"
)

func TestQualityIsSeverityAlone(t *testing.T) {
	for status, q := range map[uint32]series.Quality{
		0: series.Good, 0x00000480: series.Good, // information bits: limit and overflow
		0x40000000: series.Uncertain, 0x408F0000: series.Uncertain,
		0x80000000: series.Bad, 0x803C0000: series.Bad, 0xC0000000: series.Bad, 0xFFFFFFFF: series.Bad,
	} {
		if got := series.QualityOf(status); got != q {
			t.Errorf("%#x: %v, want %v", status, got, q)
		}
	}
	for q, name := range map[series.Quality]string{series.Good: "good", series.Uncertain: "uncertain", series.Bad: "bad", 7: "bad"} {
		if q.String() != name {
			t.Errorf("%d: %q, want %q", q, q.String(), name)
		}
	}
}

func TestSame(t *testing.T) {
	a := series.Sample{Tag: "x", Source: 1, Receive: 5, Value: math.NaN(), Text: "a", Wave: []float64{1, math.NaN()}, Status: 3}
	tests := []struct {
		name   string
		change func(s *series.Sample)
		same   bool
	}{
		{"nothing", func(*series.Sample) {}, true},
		{"received again", func(s *series.Sample) { s.Receive = 9 }, true},
		{"tag", func(s *series.Sample) { s.Tag = "y" }, false},
		{"time", func(s *series.Sample) { s.Source = 2 }, false},
		{"value", func(s *series.Sample) { s.Value = 0 }, false},
		{"status", func(s *series.Sample) { s.Status = 0 }, false},
		{"text", func(s *series.Sample) { s.Text = "" }, false},
		{"point of the wave", func(s *series.Sample) { s.Wave[0] = 2 }, false},
		{"length of the wave", func(s *series.Sample) { s.Wave = s.Wave[:1] }, false},
	}
	for _, tt := range tests {
		b := a
		b.Wave = append([]float64(nil), a.Wave...)
		tt.change(&b)
		if a.Same(b) != tt.same || b.Same(a) != tt.same {
			t.Errorf("%s: same is %v", tt.name, !tt.same)
		}
	}
}

func TestTimeIsTheSourcesWhereItHasOne(t *testing.T) {
	if got := (series.Sample{Source: 3, Receive: 5}).Time(); got != 3 {
		t.Errorf("with source time: %d", got)
	}
	if got := (series.Sample{Receive: 5}).Time(); got != 5 {
		t.Errorf("without: %d", got)
	}
}
