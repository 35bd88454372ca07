package camera_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
	"edgelabel/collectors/collectortest"
)

func beside(s camera.Sidecar) func(*camera.Config) {
	return func(c *camera.Config) { c.Sidecar = &s }
}

// arrived waits for so many pictures and returns them.
func (r *rig) arrived(n int) []collectors.Picture {
	r.t.Helper()
	collectortest.Eventually(r.t, "pictures", func() bool { return len(r.sink.Images()) >= n }, func() any { return r.status.Snapshot() })
	return r.sink.Images()
}

func TestSidecarSaysWhatThePictureShows(t *testing.T) {
	want := collectors.Picture{Part: "P-7", Result: "not_ok", Recipe: "blue", Taken: 1_700_000_000_500_000_000}
	for name, c := range map[string]struct {
		side camera.Sidecar
		file string
		text string
	}{
		"json": {camera.Sidecar{Fields: map[string]string{"part": "Unit.Serial", "result": "checks.1.verdict"}}, "a_OK.png.json",
			`{"unit": {"serial": "P-7"}, "checks": [{"verdict": "ok"}, {"verdict": "NG"}], "recipe": "blue", "time": 1700000000.5}`},
		"stem": {camera.Sidecar{}, "a_OK.json", "\ufeff" + `{"part": "P-7", "result": "NG", "recipe": "blue", "time": "2023-11-14T22:13:20.5Z"}`},
		"xml": {camera.Sidecar{Ext: ".xml", Fields: map[string]string{"part": "part.@id", "recipe": "@recipe"}, TimeLayout: "2006-01-02 15:04:05.0"}, "a_OK.png.xml",
			`<?xml version="1.0"?><shot recipe="blue"><part id="P-7">&amp;</part><result> NG </result><time>2023-11-14 22:13:20.5</time></shot>`},
		"lines": {camera.Sidecar{Ext: ".txt", Fields: map[string]string{"part": "serial no"}}, "a_OK.png.txt",
			"# a comment\r\nSerial No = P-7\r\nresult: NG\r\nrecipe;blue\r\ntime=1700000000.5\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			r := folder(t, func(cfg *camera.Config) {
				cfg.Pattern = "{part}_{result}"
				cfg.Sidecar = &c.side
			}, nil)
			write(t, r.dir, "a_OK.png", pngOf(t, noisy(1, 8, 8)))
			write(t, r.dir, c.file, []byte(c.text))
			got := r.arrived(1)[0]
			if got.Part != want.Part || got.Result != want.Result || got.Recipe != want.Recipe || got.Taken != want.Taken {
				t.Errorf("%+v, want %+v", got, want)
			}
			collectortest.Eventually(t, "both are put away", func() bool {
				left, err := filepath.Glob(filepath.Join(r.dir, "*.*"))
				moved, merr := filepath.Glob(filepath.Join(r.dir, "done", "*.*"))
				return err == nil && merr == nil && len(left) == 0 && len(moved) == 2
			}, nil)
			if s := r.status.Snapshot(); len(s.Problems) > 0 || len(s.Rejected) > 0 {
				t.Errorf("status %+v", s)
			}
		})
	}
}

func TestPictureWaitsForItsSidecar(t *testing.T) {
	r := folder(t, beside(camera.Sidecar{}), nil)
	write(t, r.dir, "a.png", pngOf(t, noisy(1, 8, 8)))
	collectortest.Eventually(t, "the status to say it", func() bool {
		return strings.Contains(r.status.Snapshot().Problems["a.png"], "waits for its .json")
	}, nil)
	write(t, r.dir, "a.png.json", []byte(`{"part": "P`)) // half of it
	collectortest.Eventually(t, "the status to say it", func() bool {
		return strings.Contains(r.status.Snapshot().Problems["a.png"], "waits for a whole a.png.json")
	}, nil)
	if n := len(r.sink.Images()); n != 0 {
		t.Fatalf("%d pictures without a whole sidecar", n)
	}
	write(t, r.dir, "a.png.json", []byte(`{"part": "P-1"}`))
	if got := r.arrived(1)[0]; got.Part != "P-1" {
		t.Errorf("%+v", got)
	}
}

// TestSidecarIsNoticedWhenItComes holds that nobody waits for the next look at the folder.
func TestSidecarIsNoticedWhenItComes(t *testing.T) {
	for _, name := range []string{"a.png.json", "a.json"} {
		r := folder(t, func(c *camera.Config) { c.Sidecar, c.PollInterval = &camera.Sidecar{Wait: time.Hour}, time.Hour }, nil)
		write(t, r.dir, "a.png", pngOf(t, noisy(1, 8, 8)))
		r.eventually("the status to say it", func() bool { return r.status.Snapshot().Problems["a.png"] != "" })
		write(t, r.dir, name, []byte(`{"part": "P-1"}`))
		if got := r.arrived(1)[0]; got.Part != "P-1" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestPictureIsKeptWithoutASidecar(t *testing.T) {
	for name, c := range map[string]struct{ text, reason string }{
		"none":      {"", "sidecar_missing"},
		"scrap":     {"{", "sidecar"},
		"bad time":  {`{"part": "P-1", "time": "noon"}`, "sidecar"},
		"too large": {`{"part": "` + strings.Repeat("x", 1<<20) + `"}`, "sidecar"},
		"not text":  {"\xff", "sidecar"},
	} {
		t.Run(name, func(t *testing.T) {
			r := folder(t, beside(camera.Sidecar{Wait: 60 * time.Millisecond}), nil)
			write(t, r.dir, "a.png", pngOf(t, noisy(1, 8, 8)))
			if c.text != "" {
				write(t, r.dir, "a.json", []byte(c.text))
			}
			r.arrived(1)
			if s := r.status.Snapshot(); s.Rejected[c.reason] != 1 {
				t.Errorf("status %+v", s)
			}
		})
	}
}

func TestSidecarIsChecked(t *testing.T) {
	for _, s := range []camera.Sidecar{
		{Ext: "json"}, {Ext: "."}, {Ext: "./x"}, {Wait: -1}, {Fields: map[string]string{"colour": "c"}}, {Fields: map[string]string{"part": ""}}, {TimeLayout: "noon"},
	} {
		if _, err := camera.New(camera.Config{Name: "cam", Dir: t.TempDir(), Sidecar: &s}); err == nil {
			t.Errorf("%+v was taken", s)
		}
	}
}

// TestSidecarsOfAFolderThatWaited shows a folder that nobody has read for a while.
func TestSidecarsOfAFolderThatWaited(t *testing.T) {
	const files = 300
	picture := pngOf(t, noisy(1, 8, 8))
	r := folder(t, beside(camera.Sidecar{}), func(dir string) {
		for i := range files {
			name := fmt.Sprintf("p%03d.png", i)
			write(t, dir, name, picture)
			write(t, dir, name+".json", fmt.Appendf(nil, `{"part": "P-%03d"}`, i))
		}
	})
	for _, p := range r.arrived(files) {
		if want := "P-" + p.Name[1:4]; p.Part != want {
			t.Errorf("%s is of %s", p.Name, p.Part)
		}
	}
}

func FuzzSidecar(f *testing.F) {
	f.Add(".json", []byte(`{"part": {"a": [1, true, null, "x"]}, "time": 1.7e9}`))
	f.Add(".xml", []byte(`<a b="c"><part>1</part><!-- --><time>2</time></a>`))
	f.Add(".txt", []byte("part=1\n:\n=x\ntime\t2\n"))
	f.Fuzz(func(t *testing.T, ext string, data []byte) {
		part, taken, err := camera.ReadSidecar(camera.Sidecar{Ext: ext}, data)
		if errors.Is(err, camera.ErrSidecar) && (part != "" || taken != 0) {
			t.Errorf("%q, %d with %v", part, taken, err)
		}
		again, _, _ := camera.ReadSidecar(camera.Sidecar{Ext: ext}, data)
		if strings.TrimSpace(part) != part || again != part {
			t.Errorf("part %q, then %q", part, again)
		}
	})
}
