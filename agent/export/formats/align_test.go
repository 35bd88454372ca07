package formats_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"edgelabel/agent/export"
	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// TestSignalsOnCommonPoints exports two signals that never report at the same time.
func TestSignalsOnCommonPoints(t *testing.T) {
	const at = int64(1e18)
	s := newSource()
	r := s.picture("a", label.NotOK)
	r.Window = func(context.Context) (*series.Window, error) {
		return &series.Window{From: at, To: at + 40, Traces: []series.Trace{
			{Tag: "force", T: []int64{at, at + 17}, V: []float64{1, 2}, Status: []uint32{0, 0}},
			{Tag: "temp", T: []int64{at + 5}, V: []float64{80}, Status: []uint32{0}},
		}}, nil
	}
	dir, _ := run(t, s, "csv", export.Options{Windows: true, Align: &series.Resampling{Step: 10 * time.Nanosecond, Valid: 20 * time.Nanosecond, Method: series.Last}})
	files, err := filepath.Glob(filepath.Join(dir, "windows", "*.csv"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	times, values := map[string][]string{}, map[string][]string{}
	for _, row := range readCSV(t, filepath.Join(dir, "windows"), filepath.Base(files[0])) {
		times[row["tag"]] = append(times[row["tag"]], row["time"])
		values[row["tag"]] = append(values[row["tag"]], row["value"]+" "+row["quality"])
	}
	if !slices.Equal(times["force"], times["temp"]) {
		t.Errorf("points %v and %v", times["force"], times["temp"])
	}
	for tag, want := range map[string][]string{"force": {"1 good", "1 good", "2 good", "2 good"}, "temp": {" bad", "80 good", "80 good", " bad"}} {
		if !slices.Equal(values[tag], want) {
			t.Errorf("%s: %q, want %q", tag, values[tag], want)
		}
	}
}
