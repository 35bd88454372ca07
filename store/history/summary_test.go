package history_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"edgelabel/agent/series"
	"edgelabel/store/block"
	"edgelabel/store/frame"
	"edgelabel/store/history"
)

// many gives several segments of several tags, one of which has fallen silent early.
func many(h *running, from, to int) {
	for n := from; n < to; n++ {
		list := []series.Sample{sample("b", n), sample("c", n), {Tag: "text", Source: int64(n + 1), Text: fmt.Sprint("part ", n)}}
		if n == 0 {
			list = append(list, sample("silent", n))
		}
		h.add(list...)
	}
}

func (r *running) expectLatest(t *testing.T, what string, n int) {
	t.Helper()
	for _, tag := range []string{"b", "c", "text"} {
		if s, ok := r.Latest(tag); !ok || s.Time() != int64(n+1) {
			t.Errorf("%s: latest of %s is %+v, want that at %d", what, tag, s, n+1)
		}
	}
	if s, ok := r.Latest("text"); ok && s.Text != fmt.Sprint("part ", n) {
		t.Errorf("%s: text %q", what, s.Text)
	}
	if st := r.Stats(); st.SealErr != nil || r.values("silent", 0, 1e9) != "0" {
		t.Errorf("%s: %+v", what, st)
	}
}

// TestLatestOutlivesAStop opens a directory with a summary, with one of before, with a damaged one and without any.
func TestLatestOutlivesAStop(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "series", "summary")
	h, _ := open(t, dir, 300)
	many(h, 0, 20)
	h.stop()
	old := read(t, path)
	h, _ = open(t, dir, 300)
	h.expectLatest(t, "after a stop", 19)
	if _, ok := h.Latest("silent"); !ok {
		t.Error("the summary lacks what was said long ago")
	}
	many(h, 20, 31)
	h.stop()
	newest := read(t, path)
	for what, b := range map[string][]byte{"of now": newest, "of before": old, "none": nil} {
		put(t, path, b)
		h, damages := open(t, dir, 300)
		h.expectLatest(t, "summary "+what, 30)
		if len(damages) > 0 {
			t.Errorf("summary %s: %v", what, damages)
		}
		h.stop()
	}
	for at := range newest {
		b := append([]byte(nil), newest...)
		b[at] ^= 0x11
		put(t, path, b)
		h, _ := open(t, dir, 300)
		h.expectLatest(t, fmt.Sprintf("byte %d damaged", at), 30)
		h.stop()
	}
}

// TestSummaryOfOtherFiles wants a summary to be believed only of files that have the length it says.
func TestSummaryOfOtherFiles(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, 300)
	many(h, 0, 20)
	h.stop()
	all, err := filepath.Glob(filepath.Join(dir, "series", "0*"))
	if err != nil || len(all) < 4 {
		t.Fatal(all, err)
	}
	for _, path := range all[2:] {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	h, _ = open(t, dir, 300)
	if s, ok := h.Latest("b"); !ok || s.Time() > 19 {
		t.Errorf("latest of files that are gone: %+v %v", s, ok)
	}
	many(h, 40, 45)
	h.expectLatest(t, "written anew", 44)
}

func FuzzSummary(f *testing.F) {
	f.Add([]byte("ELSERIE1"))
	f.Add(undumpSummary(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		put(t, filepath.Join(dir, "summary"), b)
		h, damages, err := history.Open(history.Config{Dir: dir, Quarantine: dir})
		if err != nil || len(damages) > 0 {
			t.Fatal(damages, err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
}

// undumpSummary is a summary of a segment and the newest sample of a tag.
func undumpSummary(f *testing.F) []byte {
	head := []byte{5, 2, 0, 1, 100, 20, 30, 1}
	b := frame.Append([]byte("ELSERIE1"), head)
	codec, err := block.NewCodec()
	if err != nil {
		f.Fatal(err)
	}
	return frame.Append(b, codec.Append(nil, []series.Sample{sample("a", 1)}))
}
