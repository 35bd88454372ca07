package replay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/collectortest"
	"edgelabel/collectors/replay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// table reads everything: samples as text, and errors.
func table(t *testing.T, text string) (got []string, errs []error) {
	t.Helper()
	r, err := replay.NewReader(strings.NewReader(text), nil)
	if err != nil {
		return nil, []error{err}
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return got, errs
		}
		if err != nil {
			errs = append(errs, err)
		}
		if row == nil {
			continue
		}
		line := fmt.Sprint(r.Time() / 1e6)
		for _, s := range row {
			if s.Source != r.Time() || s.Receive != r.Time() {
				t.Errorf("sample %+v in a row of %d", s, r.Time())
			}
			line += fmt.Sprintf(" %s=%g", s.Tag, s.Value)
		}
		got = append(got, line)
	}
}

func TestReader(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"comma, unix":           {"time,a,b\n1700000000,1,2\n1700000000.5,3,4\n", "1700000000000 a=1 b=2|1700000000500 a=3 b=4"},
		"semicolon, date":       {"datetime;a;b\r\n2023-11-14 22:13:20;1,5;-2e3\r\n", "1700000000000 a=1.5 b=-2000"},
		"tab, RFC 3339, BOM":    {"\ufeffTime\ta\n2023-11-15T06:13:20+08:00\t1\n", "1700000000000 a=1"},
		"empty cells and lines": {"time,a,b\n1700000000,,2\n\n1700000001,,\n", "1700000000000 b=2|1700000001000"},
		"quotes":                {"\"time\",\"a,b\"\n\"1700000000\",\"1\"\n", "1700000000000 a,b=1"},
		"booleans":              {"time,a,b\n1700000000,true,False\n", "1700000000000 a=1 b=0"},
	} {
		got, errs := table(t, c.text)
		if strings.Join(got, "|") != c.want || errs != nil {
			t.Errorf("%s: %q %v; want %q", name, got, errs, c.want)
		}
	}
}

func TestReaderGoesOnAfterABadRow(t *testing.T) {
	got, errs := table(t, "time,a\nnoon,1\n1700000000,x\n1700000000,0x1p-2\n1700000000,1,2\n1700000000,\"1\n1700000000,inf\n1700000001,7\n")
	if want := "1700000000000|1700000000000|1700000000000|1700000001000 a=7"; strings.Join(got, "|") != want {
		t.Errorf("got %q", got)
	}
	for i, want := range []string{`line 2: time`, `line 3, column "a"`, "line 4", "line 5: 3 cells", "line 6", "line 7"} {
		if i >= len(errs) || !strings.Contains(errs[i].Error(), want) {
			t.Errorf("errors %v; want %q", errs, want)
		}
	}
}

// TestReaderKeepsWhatIsBesideABadCell reads the numbers of a row whose other columns are texts.
func TestReaderKeepsWhatIsBesideABadCell(t *testing.T) {
	got, errs := table(t, "time,state,a,b\n1700000000,Run,1,x\n1700000001,Stop,2,3\n")
	if strings.Join(got, "|") != "1700000000000 a=1|1700000001000 a=2 b=3" || len(errs) != 2 || !strings.Contains(errs[0].Error(), `line 2, column "state"`) {
		t.Errorf("%q %v", got, errs)
	}
}

func TestReaderNaNIsBad(t *testing.T) {
	r, err := replay.NewReader(strings.NewReader("time,a\n1700000000,NaN\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Next()
	if err != nil || len(row) != 1 || !math.IsNaN(row[0].Value) || row[0].Quality() != series.Bad {
		t.Errorf("%+v %v", row, err)
	}
}

func TestReaderRefusesHeaders(t *testing.T) {
	for _, text := range []string{"", "a,b\n", "time\n", "time,a,a\n", "time,\n", "1700000000,1\n", "\"time,a\n"} {
		if _, errs := table(t, text); len(errs) != 1 || !errors.Is(errs[0], replay.ErrHeader) {
			t.Errorf("%q: %v", text, errs)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add("time,a\n1700000000,1\n")
	f.Add("datetime;a;b\n2023-11-14 22:13:20;1,5;\"x\"\n")
	f.Add("\ufefftime\ta\n\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := replay.NewReader(strings.NewReader(text), nil)
		if err != nil {
			return
		}
		for range strings.Count(text, "\n") + 2 {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if len(row) > len(r.Columns()) || err == nil && r.Time() <= 0 {
				t.Errorf("row %+v at %d", row, r.Time())
			}
		}
		t.Error("more rows than lines")
	})
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// play runs a collector until the sink has n samples.
func play(t *testing.T, cfg replay.Config, n int) (*collectortest.Sink, *collectors.Status) {
	t.Helper()
	cfg.Name = "rig"
	c, err := replay.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	sink, status := collectortest.NewSink(), collectors.NewStatus("rig", time.Now)
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx, sink, status) }()
	collectortest.Eventually(t, "samples arrive", func() bool { return len(sink.All()) >= n }, func() any { return status.Snapshot() })
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	return sink, status
}

func TestCollectorPlays(t *testing.T) {
	path := file(t, "time,a,b\n1700000000,1,9\nbroken\n1700000001,2,9\n")
	only := func(column string) (string, bool) { return "rig." + column, column == "a" }
	sink, status := play(t, replay.Config{File: path, Tag: only}, 2)
	got := sink.All()
	if len(got) != 2 || got[0].Tag != "rig.a" || got[1].Value != 2 || got[1].Source != 1700000001e9 {
		t.Errorf("%+v", got)
	}
	if s := status.Snapshot(); s.Samples != 2 || s.Rejected["row"] != 1 || !strings.Contains(s.Problems["row"], "line 3") {
		t.Errorf("%+v", s)
	}
}

func TestCollectorKeepsTheRhythmAndLoops(t *testing.T) {
	path := file(t, "time,a\n1700000000,1\n1700000001,2\n")
	start := time.Now().UnixNano()
	sink, _ := play(t, replay.Config{File: path, Speed: 50, Rebase: true, Loop: true}, 4)
	got := sink.All()
	if got[1].Source-got[0].Source != 1e9 || got[0].Source < start {
		t.Errorf("times are not shifted as a whole: %+v", got)
	}
	if got[1].Receive-got[0].Receive < 1e9/50 || got[2].Value != 1 {
		t.Errorf("a second at fifty times the speed takes at least 20 ms: %+v", got)
	}
}

func TestCollectorFails(t *testing.T) {
	for name, path := range map[string]string{"no file": "/nowhere.csv", "no header": file(t, "1,2,3\n")} {
		c, err := replay.New(replay.Config{Name: "rig", File: path})
		if err != nil {
			t.Fatal(err)
		}
		err = c.Run(t.Context(), collectortest.NewSink(), collectors.NewStatus("rig", time.Now))
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, cfg := range []replay.Config{{File: "f"}, {Name: "n"}, {Name: "n", File: "f", Speed: -1}, {Name: "n", File: "f", Speed: math.NaN()}, {Name: "n", File: "f", Loop: true}} {
		if _, err := replay.New(cfg); err == nil {
			t.Errorf("%+v accepted", cfg)
		}
	}
}
