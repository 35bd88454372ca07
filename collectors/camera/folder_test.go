package camera_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
	"edgelabel/collectors/collectortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// folderPeer is a drop folder as a collectortest.Peer.
type folderPeer struct{ dir string }

func (p *folderPeer) Start(t *testing.T) { must(t, os.MkdirAll(p.dir, 0o755)) }
func (p *folderPeer) Stop(t *testing.T)  { must(t, os.RemoveAll(p.dir)) }

func (p *folderPeer) Send(t *testing.T, n int) {
	write(t, p.dir, fmt.Sprintf("p%d.png", n), pngOf(t, noisy(n, 8, 8)))
}

func (p *folderPeer) SendBad(t *testing.T) { write(t, p.dir, "bad.png", []byte("scrap")) }

func (p *folderPeer) Has(s *collectortest.Sink, n int) bool {
	return slices.ContainsFunc(s.Images(), func(p collectors.Picture) bool { return p.Name == fmt.Sprintf("p%d.png", n) })
}

func TestConformance(t *testing.T) {
	for _, polling := range []bool{false, true} {
		t.Run(fmt.Sprintf("polling=%v", polling), func(t *testing.T) {
			collectortest.Run(t, func(t *testing.T) (collectors.Collector, collectortest.Peer) {
				out, dir := t.TempDir(), filepath.Join(t.TempDir(), "drop")
				c, err := camera.New(camera.Config{
					Name: "cam1", Dir: dir, DoneDir: out, BadDir: out, OnlyPolling: polling,
					Settle: 20 * time.Millisecond, PollInterval: 20 * time.Millisecond,
				})
				must(t, err)
				return c, &folderPeer{dir}
			}, collectortest.Exempt{collectortest.RecordsGaps: "what nobody reads stays in the folder"})
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
}

// rig runs a folder under test.
type rig struct {
	t      *testing.T
	dir    string
	sink   *collectortest.Sink
	status *collectors.Status
}

// folder starts a collector on a new folder. before is called when the folder is there and nobody watches it yet.
func folder(t *testing.T, change func(*camera.Config), before func(dir string)) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), sink: collectortest.NewSink(), status: collectors.NewStatus("cam1", time.Now)}
	cfg := camera.Config{Name: "cam1", Dir: r.dir, Settle: 40 * time.Millisecond, PollInterval: 100 * time.Millisecond}
	if change != nil {
		change(&cfg)
	}
	if before != nil {
		before(r.dir)
	}
	c, err := camera.New(cfg)
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx, r.sink, r.status) }()
	t.Cleanup(func() {
		cancel()
		must(t, <-ended)
	})
	r.eventually("up", func() bool { return r.status.Snapshot().State == collectors.Up })
	return r
}

func (r *rig) eventually(what string, ok func() bool) {
	r.t.Helper()
	collectortest.Eventually(r.t, what, ok, func() any { return r.status.Snapshot() })
}

func (r *rig) images(n int) []collectors.Picture {
	r.t.Helper()
	r.eventually(fmt.Sprintf("%d images", n), func() bool { return len(r.sink.Images()) == n })
	return r.sink.Images()
}

// files lists a folder, and folders in it with a slash.
func (r *rig) files(sub string) []string {
	r.t.Helper()
	entries, err := os.ReadDir(filepath.Join(r.dir, sub))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	must(r.t, err)
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestNameGivesMetadata(t *testing.T) {
	r := folder(t, func(c *camera.Config) {
		c.Pattern, c.Location = "{part}_{time:20060102T150405.000}_{result}.png", time.FixedZone("CST", 8*3600)
	}, nil)
	data := pngOf(t, noisy(1, 8, 8))
	write(t, r.dir, "P-1_20231115T061320.250_ng.png", data)
	p := r.images(1)[0]
	if p.Part != "P-1" || p.Taken != 1700000000_250000000 || p.Result != "not_ok" || p.Camera != "cam1" || !bytes.Equal(p.Data, data) || p.Received == 0 {
		t.Errorf("%+v", p)
	}
	write(t, r.dir, "nameless.png", pngOf(t, noisy(2, 8, 8)))
	if p := r.images(2)[1]; p.Part != "" || p.Name != "nameless.png" {
		t.Errorf("%+v", p)
	}
	r.eventually("a hint at the pattern", func() bool { return strings.Contains(r.status.Snapshot().Problems["pattern"], "nameless.png") })
}

func TestHalfWrittenFileIsNotTaken(t *testing.T) {
	r := folder(t, func(c *camera.Config) { c.Settle = 100 * time.Millisecond }, nil)
	data := pngOf(t, noisy(1, 200, 200))
	f, err := os.Create(filepath.Join(r.dir, "slow.png"))
	must(t, err)
	for part := range slices.Chunk(data, len(data)/6) { // in all longer than settling takes
		_, err := f.Write(part)
		must(t, err)
		time.Sleep(30 * time.Millisecond)
	}
	must(t, f.Close())
	if p := r.images(1)[0]; !bytes.Equal(p.Data, data) {
		t.Errorf("%d of %d bytes", len(p.Data), len(data))
	}
	if s := r.status.Snapshot(); len(s.Rejected) > 0 {
		t.Errorf("rejected %v on the way", s.Rejected)
	}
}

func TestRenamedFileNeedNotSettle(t *testing.T) {
	r := folder(t, func(c *camera.Config) { c.Settle, c.PollInterval = time.Hour, time.Hour }, nil)
	write(t, r.dir, ".upload.png", pngOf(t, noisy(1, 8, 8)))
	write(t, r.dir, "upload.png.part", pngOf(t, noisy(2, 8, 8)))
	must(t, os.Rename(filepath.Join(r.dir, ".upload.png"), filepath.Join(r.dir, "upload.png")))
	if p := r.images(1)[0]; p.Name != "upload.png" {
		t.Errorf("%+v", p)
	}
}

func TestUnusableFilesGoToBad(t *testing.T) {
	whole := pngOf(t, noisy(1, 100, 100))
	r := folder(t, nil, func(dir string) {
		write(t, dir, "truncated.png", whole[:len(whole)/2])
		write(t, dir, "text.jpg", []byte("not a picture"))
		write(t, dir, "empty.bmp", nil)
		write(t, dir, "flood.png", huge(50000, 50000))
		write(t, dir, "good.png", whole)
		write(t, dir, "notes.txt", []byte("left alone"))
	})
	r.images(1)
	r.eventually("four rejected", func() bool { return len(r.files("bad")) == 4 })
	want := map[string]uint64{"truncated": 1, "format": 1, "empty": 1, "pixels": 1}
	s := r.status.Snapshot()
	for reason, n := range want {
		if s.Rejected[reason] != n {
			t.Errorf("rejected %v; want %v", s.Rejected, want)
		}
	}
	if !strings.Contains(s.Problems["flood.png"], "50000 x 50000") || !strings.Contains(s.Problems["truncated.png"], "truncated") {
		t.Errorf("problems %v", s.Problems)
	}
	r.eventually("only the notes stay", func() bool { return slices.Equal(r.files("."), []string{"notes.txt"}) })
}

func TestFileStaysUntilStored(t *testing.T) {
	var unblock func()
	r := &rig{t: t, dir: t.TempDir(), sink: collectortest.NewSink(), status: collectors.NewStatus("cam1", time.Now)}
	unblock = r.sink.Block()
	write(t, r.dir, "a.png", pngOf(t, noisy(1, 8, 8)))
	c, err := camera.New(camera.Config{Name: "cam1", Dir: r.dir, Settle: time.Millisecond})
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx, r.sink, r.status) }()
	time.Sleep(100 * time.Millisecond) // when the collector is late the test is merely easier
	if got := r.files("."); !slices.Equal(got, []string{"a.png"}) {
		t.Errorf("folder %v while the picture is not on disk", got)
	}
	unblock()
	r.images(1)
	r.eventually("moved", func() bool { return slices.Equal(r.files("done"), []string{"a.png"}) })
	cancel()
	must(t, <-ended)

	r.sink.Fail(errors.New("disk full"))
	write(t, r.dir, "b.png", pngOf(t, noisy(2, 8, 8)))
	if err := c.Run(t.Context(), r.sink, r.status); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("Run: %v", err)
	}
	if got := r.files("."); !slices.Equal(got, []string{"b.png"}) {
		t.Errorf("folder %v after the sink failed", got)
	}
}

func TestAfter(t *testing.T) {
	one, two := pngOf(t, noisy(1, 8, 8)), pngOf(t, noisy(2, 8, 8))
	t.Run("move keeps both of one name", func(t *testing.T) {
		r := folder(t, nil, nil)
		write(t, r.dir, "a.png", one)
		r.eventually("moved", func() bool { return len(r.files("done")) == 1 })
		write(t, r.dir, "a.png", two)
		r.eventually("moved", func() bool { return len(r.files("done")) == 2 })
	})
	t.Run("delete", func(t *testing.T) {
		r := folder(t, func(c *camera.Config) { c.After = camera.Delete }, nil)
		write(t, r.dir, "a.png", one)
		r.images(1)
		r.eventually("deleted", func() bool { return len(r.files(".")) == 0 })
	})
	t.Run("keep takes each content once", func(t *testing.T) {
		r := folder(t, func(c *camera.Config) { c.After = camera.Keep }, func(dir string) {
			write(t, dir, "a.png", one)
			write(t, dir, "bad.png", []byte("scrap"))
		})
		r.images(1)
		r.eventually("rejected", func() bool { return r.status.Snapshot().Rejected["format"] == 1 })
		write(t, r.dir, "b.png", two)
		r.images(2)
		time.Sleep(250 * time.Millisecond) // some looks at the folder
		if s := r.status.Snapshot(); s.Duplicates != 0 || s.Rejected["format"] != 1 {
			t.Errorf("read again: %+v", s)
		}
		write(t, r.dir, "a.png", two)
		r.images(3)
	})
}

func TestLinksAndFoldersAreLeftAlone(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.png")
	must(t, os.WriteFile(secret, pngOf(t, noisy(1, 8, 8)), 0o600))
	r := folder(t, nil, func(dir string) {
		must(t, os.Symlink(secret, filepath.Join(dir, "link.png")))
		must(t, os.Mkdir(filepath.Join(dir, "folder.png"), 0o755))
		write(t, dir, "z.png", pngOf(t, noisy(2, 8, 8)))
	})
	r.images(1)
	time.Sleep(150 * time.Millisecond) // a look or two more
	if got := r.images(1); got[0].Name != "z.png" || len(r.status.Snapshot().Rejected) > 0 {
		t.Errorf("%+v", got)
	}
	if _, err := os.Lstat(secret); err != nil {
		t.Error(err)
	}
}

func TestManyFilesAtTheStart(t *testing.T) {
	if testing.Short() {
		t.Skip("long: left to make test")
	}
	const n = 2000
	r := folder(t, nil, func(dir string) {
		for i := range n {
			write(t, dir, fmt.Sprintf("p%04d.png", i), pngOf(t, noisy(i, 4, 4)))
		}
	})
	r.images(n)
	r.eventually("all moved", func() bool { return len(r.files("done")) == n && len(r.files(".")) == 0 })
}

func TestNewRefuses(t *testing.T) {
	_, err := camera.New(camera.Config{After: "burn", PollInterval: 1, Limits: camera.Limits{Bytes: -1}})
	for _, want := range []string{"name", "folder", `"burn"`, "poll interval", "limits"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in %v", want, err)
		}
	}
	if _, err := camera.New(camera.Config{Name: "c", Dir: "/d", DoneDir: "/d/"}); err == nil {
		t.Error("a folder cannot be its own archive")
	}
}

// TestDoneFolderStaysInsideItsBudget holds that a camera that never stops does not fill the disk.
func TestDoneFolderStaysInsideItsBudget(t *testing.T) {
	old := pngOf(t, noisy(1, 8, 8))
	r := folder(t, func(c *camera.Config) { c.KeepBytes = int64(len(old)) }, func(dir string) {
		must(t, os.MkdirAll(filepath.Join(dir, "done"), 0o755))
		for i, name := range []string{"oldest.png", "older.png", "newest.png"} {
			path := filepath.Join(dir, "done", name)
			must(t, os.WriteFile(path, old, 0o600))
			at := time.Now().Add(time.Duration(i-10) * time.Hour)
			must(t, os.Chtimes(path, at, at))
		}
	})
	r.eventually("only the newest is left", func() bool { return slices.Equal(r.files("done"), []string{"newest.png"}) })
}
