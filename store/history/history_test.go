package history_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"edgelabel/agent/series"
	"edgelabel/store/frame"
	"edgelabel/store/history"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type running struct {
	*history.History
	t    *testing.T
	stop func()
}

func open(t *testing.T, dir string, segment int64) (*running, []frame.Damage) {
	t.Helper()
	return openWith(t, dir, history.Config{Segment: segment})
}

func openWith(t *testing.T, dir string, cfg history.Config) (*running, []frame.Damage) {
	t.Helper()
	for _, name := range []string{"series", "quarantine"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cfg.Dir, cfg.Quarantine = filepath.Join(dir, "series"), filepath.Join(dir, "quarantine")
	h, damages, err := history.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	r := &running{History: h, t: t}
	var once sync.Once
	r.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if err := h.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(r.stop)
	return r, damages
}

func (r *running) add(samples ...series.Sample) {
	r.t.Helper()
	done := make(chan error, 1)
	if err := r.Append(r.t.Context(), samples, func(err error) { done <- err }); err != nil {
		r.t.Fatal(err)
	}
	if err := <-done; err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) values(tag string, from, to int64) string {
	r.t.Helper()
	got, gaps, err := r.Read(r.t.Context(), []string{tag}, from, to)
	if err != nil {
		r.t.Fatal(err)
	}
	var list []string
	for _, s := range got[tag] {
		list = append(list, fmt.Sprint(s.Value))
	}
	return strings.TrimSpace(strings.Join(list, " ") + strings.Repeat(" gap", len(gaps)))
}

func sample(tag string, n int) series.Sample {
	return series.Sample{Tag: tag, Source: int64(n + 1), Receive: 1000, Value: float64(n)}
}

// sealed waits until no raw segment but the newest is left.
func (r *running) sealed(dir string) []string {
	r.t.Helper()
	for range 500 {
		raw, err := filepath.Glob(filepath.Join(dir, "series", "*.raw"))
		if err != nil {
			r.t.Fatal(err)
		}
		seg, err := filepath.Glob(filepath.Join(dir, "series", "*.seg"))
		if err != nil {
			r.t.Fatal(err)
		}
		if len(raw) == 0 && len(seg) > 0 {
			return seg
		}
		time.Sleep(5 * time.Millisecond)
	}
	r.t.Fatalf("not sealed: %v", r.Stats().SealErr)
	return nil
}

func TestSegmentsAreSealedAndRead(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, 1) // a segment for each commit
	h.add(sample("a", 2), sample("b", 5), sample("a", 1))
	h.add(sample("a", 1), sample("a", 3)) // 1 again
	h.sealed(dir)
	if got := h.values("a", 0, 100); got != "1 2 3" {
		t.Errorf("a: %s", got)
	}
	if got := h.values("a", 3, 4); got != "2" {
		t.Errorf("a in part: %s", got)
	}
	h.stop()
	h, damages := open(t, dir, 1)
	if got := h.values("b", 0, 100); got != "5" || len(damages) > 0 {
		t.Errorf("b after a restart: %s, %v", got, damages)
	}
	seg, ok := h.Oldest()
	if !ok || seg.From != 2 || seg.To != 6 {
		t.Fatalf("oldest: %+v", seg)
	}
	if err := h.Drop(seg); err != nil {
		t.Fatal(err)
	}
	if got := h.values("a", 0, 100); got != "1 3" {
		t.Errorf("a after dropping the oldest: %s", got)
	}
}

func TestDamageIsSaidAndCostsLittle(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, 1<<20)
	h.add(sample("a", 1))
	h.add(sample("a", 2))
	h.stop()
	path := filepath.Join(dir, "series", "0000000000000001.raw")
	b := read(t, path)
	put(t, path, append(b, "torn"...))
	h, damages := open(t, dir, 1<<20)
	if len(damages) != 1 || damages[0].Cut != 4 {
		t.Errorf("torn tail: %+v", damages)
	}
	h.sealed(dir)
	h.stop()

	path = filepath.Join(dir, "series", "0000000000000001.seg")
	b = read(t, path)
	b[len(b)-1] ^= 1 // the trailer: the index cannot be found
	put(t, path, b)
	h, damages = open(t, dir, 1<<20)
	if got := h.values("a", 0, 100); got != "gap" || len(damages) != 0 {
		t.Errorf("without its index, which the start does not read: %s, %+v", got, damages)
	}
	h.stop()
	h, damages = open(t, dir, 1<<20)
	if got := h.values("a", 0, 100); got != "1 2" || len(damages) != 1 {
		t.Errorf("without its index, which somebody tried to read: %s, %+v", got, damages)
	}
	h.stop()
	b = read(t, path)
	b[30] ^= 1 // inside the only block
	put(t, path, b)
	h, _ = open(t, dir, 1<<20)
	if got := h.values("a", 0, 100); got != "gap" {
		t.Errorf("with a damaged block: %s", got)
	}
}

func TestGolden(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, 1<<20)
	h.add(sample("b", 7), sample("a", 2), sample("a", 1))
	h.stop()
	raw := hex.Dump(read(t, filepath.Join(dir, "series", "0000000000000001.raw")))
	h, _ = open(t, dir, 1<<20)
	seg := hex.Dump(read(t, h.sealed(dir)[0]))
	for name, got := range map[string]string{"raw": raw, "sealed": seg} {
		if want := string(read(t, "testdata/"+name+".golden")); got != want {
			t.Errorf("%s segment:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestVersion1 reads a sealed segment of the version that had no pyramid.
func TestVersion1(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "series"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "series", "0000000000000001.seg"), undump(t, "testdata/sealed1.golden"))
	h, damages := open(t, dir, 1<<20)
	if got := h.values("a", 0, 100) + ", " + h.values("b", 0, 100); got != "1 2, 7" || len(damages) > 0 {
		t.Errorf("%s, %v", got, damages)
	}
	into := series.NewReducer(0, 100, 1)
	if gaps, err := h.Reduce(t.Context(), map[string]*series.Reducer{"a": into}); err != nil || len(gaps) > 0 || len(into.Result().T) != 2 {
		t.Errorf("reduced: %+v, %v, %v", into.Result(), gaps, err)
	}
}

// undump reads what hex.Dump wrote.
func undump(t *testing.T, path string) (out []byte) {
	t.Helper()
	for line := range strings.Lines(string(read(t, path))) {
		for _, field := range strings.Fields(line[10:58]) {
			b, err := hex.DecodeString(field)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, b...)
		}
	}
	return out
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// FuzzIndex puts any bytes where a sealed segment's index is: opening and reading it reports damage and nothing worse.
func FuzzIndex(f *testing.F) {
	whole, err := os.ReadFile("testdata/index.seed")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(0, whole)
	f.Add(0, []byte("\x01\x01a\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x00\x10"))
	f.Add(1, []byte("\x03\x02\x01a\x01\x08\x04\x01\x02\x01\x0a\x30\x01b\x01\x43\x10\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, version int, index []byte) {
		if len(index) == 0 {
			return
		}
		dir := t.TempDir()
		b := frame.Append(fmt.Appendf(nil, "ELSEALD%d", version&1+1), index)
		b = append(b, 8, 0, 0, 0, 0, 0, 0, 0)
		b = fmt.Appendf(b, "ELINDEX%d", version&1+1)
		for _, name := range []string{"s", "q"} {
			if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		put(t, filepath.Join(dir, "s", "0000000000000001.seg"), b)
		h, _, err := history.Open(history.Config{Dir: filepath.Join(dir, "s"), Quarantine: filepath.Join(dir, "q")})
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := h.Read(t.Context(), []string{"a"}, 0, 100)
		if err != nil || len(got["a"]) > 0 {
			t.Fatalf("%v, %v", got, err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
