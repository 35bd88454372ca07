package history_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"edgelabel/agent/series"
	"edgelabel/store/history"
)

// thin appends samples and ends and waits until both are on disk.
func (r *running) thin(samples []series.Sample, ends ...series.Sample) {
	r.t.Helper()
	done := make(chan error, 1)
	if err := r.AppendThinned(context.Background(), samples, ends, func(err error) { done <- err }); err != nil {
		r.t.Fatal(err)
	}
	if err := <-done; err != nil {
		r.t.Fatal(err)
	}
}

// killed is a copy of what a kill at this moment would leave, opened.
func (r *running) killed(dir string) *running {
	r.t.Helper()
	after := r.t.TempDir()
	err := copySegments(after, dir)
	for errors.Is(err, fs.ErrNotExist) { // one was sealed meanwhile
		after = r.t.TempDir()
		err = copySegments(after, dir)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	h, damages := open(r.t, after, history.DefaultSegment)
	if len(damages) > 0 {
		r.t.Fatalf("damages: %v", damages)
	}
	return h
}

func copySegments(to, from string) error {
	return os.CopyFS(filepath.Join(to, "series"), os.DirFS(filepath.Join(from, "series")))
}

func one(s series.Sample) []series.Sample { return []series.Sample{s} }

func TestEndIsPartOfTheHistoryOnlyAfterAKill(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, history.DefaultSegment)
	h.thin(one(sample("a", 0)), sample("a", 1))
	h.thin(nil, sample("a", 2), sample("b", 1))
	if got := h.values("a", 0, 100); got != "0" {
		t.Errorf("while it runs: %s", got)
	}
	after := h.killed(dir)
	if got := after.values("a", 0, 100) + ", " + after.values("b", 0, 100); got != "0 2, 1" {
		t.Errorf("after a kill: %s", got)
	}
	if s, ok := after.Latest("a"); !ok || s.Value != 2 {
		t.Errorf("newest after a kill: %+v", s)
	}
}

func TestLaterSampleReplacesAnEnd(t *testing.T) {
	for name, c := range map[string]struct {
		samples, ends []series.Sample
		want          string
	}{
		"the end itself":     {samples: one(sample("a", 5)), want: "0 5"},
		"a later one":        {samples: one(sample("a", 7)), want: "0 7"},
		"an earlier one":     {samples: one(sample("a", 3)), want: "0 3 5"},
		"one of another tag": {samples: one(sample("b", 9)), want: "0 5"},
		"another end":        {ends: one(sample("a", 8)), want: "0 8"},
		"both":               {samples: one(sample("a", 5)), ends: one(sample("a", 8)), want: "0 5 8"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			h, _ := open(t, dir, history.DefaultSegment)
			h.thin(one(sample("a", 0)), sample("a", 5))
			h.thin(c.samples, c.ends...)
			if got := h.killed(dir).values("a", 0, 100); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestEndBecomesASampleAfterARefusal is for those who cannot tell then what of theirs is on disk.
func TestEndBecomesASampleAfterARefusal(t *testing.T) {
	var full atomic.Bool
	dir := t.TempDir()
	h, _ := openWith(t, dir, history.Config{Admit: func() error {
		if full.Load() {
			return errors.New("full")
		}
		return nil
	}})
	h.thin(one(sample("a", 0)), sample("a", 5))
	full.Store(true)
	refused := make(chan error, 1)
	if err := h.AppendThinned(t.Context(), one(sample("a", 6)), nil, func(err error) { refused <- err }); err != nil || <-refused == nil {
		t.Fatalf("a full store took it: %v", err)
	}
	full.Store(false)
	h.thin(one(sample("a", 8)))
	if got := h.values("a", 0, 100); got != "0 5 8" {
		t.Errorf("%s, want the end too", got)
	}
}

// TestEndOutlivesItsSegment rolls and seals segments while an end is not decided.
func TestEndOutlivesItsSegment(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, 1) // a segment for each commit
	h.thin(one(sample("a", 0)), sample("a", 5))
	for n := range 6 {
		h.thin(one(sample("b", n)))
		if got := h.killed(dir).values("a", 0, 100); got != "0 5" {
			t.Fatalf("after %d further segments: %s", n+1, got)
		}
	}
	h.thin(one(sample("a", 6)))
	h.thin(one(sample("b", 7)))
	h.sealed(dir)
	if got := h.killed(dir).values("a", 0, 100); got != "0 6" {
		t.Errorf("decided: %s", got)
	}
}

// TestSegmentOfEndsAloneGoes keeps no file in which there is no history.
func TestSegmentOfEndsAloneGoes(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, 1)
	h.thin(one(sample("a", 0)))
	for n := range 20 {
		h.thin(nil, sample("a", n+1))
	}
	h.thin(one(sample("a", 30)))
	h.sealed(dir)
	if st := h.Stats(); st.Segments > 3 {
		t.Errorf("%d segments of two samples", st.Segments)
	}
}

// TestTornEnd cuts the file at every byte of the newest frames: what was on disk before is there.
func TestTornEnd(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, history.DefaultSegment)
	h.thin(one(sample("a", 0)), sample("a", 1))
	raw := filepath.Join(dir, "series", "0000000000000001.raw")
	whole := fileSize(t, raw)
	h.thin(one(sample("a", 1)), sample("a", 2))
	for size := whole; size < fileSize(t, raw); size += 7 {
		after := t.TempDir()
		for _, name := range []string{"series", "quarantine"} {
			if err := os.MkdirAll(filepath.Join(after, name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		copyHead(t, filepath.Join(after, "series", filepath.Base(raw)), raw, size)
		r, _ := open(t, after, history.DefaultSegment)
		if got := r.values("a", 0, 100); got != "0 1" {
			t.Fatalf("cut at %d: %s", size, got)
		}
		r.stop()
	}
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func copyHead(t *testing.T, to, from string, n int64) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, n))
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
