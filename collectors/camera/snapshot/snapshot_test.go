package snapshot_test

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/camera/shutter"
	"edgelabel/collectors/camera/snapshot"
	"edgelabel/collectors/collectortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	collectortest.Run(t, func(t *testing.T) (collectors.Collector, collectortest.Peer) {
		c := &camera{}
		c.reserve(t)
		s, err := snapshot.New(config(t, c, shutter.Config{Every: 2 * time.Millisecond}))
		must(t, err)
		return s, c
	}, nil)
}

// quiet suits a test.
var quiet = collectors.Options{Min: time.Millisecond, Max: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}

// rig is a camera, and a collector that waits for triggers.
type rig struct {
	*camera
	t      *testing.T
	when   *shutter.Shutter
	sink   *collectortest.Sink
	status *collectors.Status
}

func triggered(t *testing.T, change func(*snapshot.Config)) *rig {
	t.Helper()
	c := &camera{}
	c.Start(t)
	cfg := config(t, c, shutter.Config{Tag: "part", Debounce: time.Nanosecond, Stale: time.Minute})
	if change != nil {
		change(&cfg)
	}
	s, err := snapshot.New(cfg)
	must(t, err)
	r := &rig{c, t, cfg.Shutter, collectortest.NewSink(), collectors.NewStatus("cam", time.Now)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- collectors.Supervise(ctx, s, r.sink, r.status, quiet)
	}()
	t.Cleanup(func() { cancel(); must(t, <-ended) })
	return r
}

func (r *rig) up() {
	r.t.Helper()
	r.eventually("up", func(s collectors.Snapshot) bool { return s.State == collectors.Up })
}

func (r *rig) eventually(what string, ok func(collectors.Snapshot) bool) {
	r.t.Helper()
	collectortest.Eventually(r.t, what, func() bool { return ok(r.status.Snapshot()) }, func() any { return r.status.Snapshot() })
}

// only leaves one picture to be shown.
func (r *rig) only(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frames = [][]byte{picture(n)}
}

// part comes and goes again.
func (r *rig) part() {
	for _, v := range []float64{0, 1} {
		now := time.Now().UnixNano()
		r.when.See(series.Sample{Tag: "part", Value: v, Source: now - int64(time.Hour), Receive: now})
	}
}

func TestOnePictureForEachPart(t *testing.T) {
	r := triggered(t, nil)
	r.up()
	for n := 1; n <= 3; n++ {
		r.only(n)
		r.part()
		r.eventually("picture", func(s collectors.Snapshot) bool { return s.Images == uint64(n) })
	}
	for i, p := range r.sink.Images() {
		if !r.Has(r.sink, i+1) {
			t.Errorf("picture %d is missing", i+1)
		}
		if behind := p.Received - p.Taken; behind < int64(time.Hour) || behind > int64(time.Hour+time.Minute) || p.Name == "" || p.Camera != "cam" {
			t.Errorf("%s of %s is taken %v before it came, want the moment of the trigger by the tag's clock", p.Name, p.Camera, time.Duration(behind))
		}
	}
}

func TestFrozenCamera(t *testing.T) {
	r := triggered(t, nil)
	r.up()
	r.only(1)
	for range 4 {
		r.part()
	}
	r.eventually("frozen", func(s collectors.Snapshot) bool { return s.Problems["picture"] != "" })
	if s := r.status.Snapshot(); s.Images != 1 || s.Duplicates != 3 {
		t.Errorf("%d images, %d duplicates", s.Images, s.Duplicates)
	}
	r.only(2)
	r.part()
	r.eventually("well again", func(s collectors.Snapshot) bool { return s.Problems["picture"] == "" })
}

func TestTriggerOfACameraThatIsAwayIsAnsweredWhenItIsBack(t *testing.T) {
	r := triggered(t, nil)
	r.up()
	r.Stop(t)
	r.part()
	r.eventually("down", func(s collectors.Snapshot) bool { return s.State == collectors.Waiting })
	r.Send(t, 1)
	r.Start(t)
	r.eventually("picture", func(s collectors.Snapshot) bool { return s.Images == 1 })
}

func TestTriggerThatIsTooOldIsRecorded(t *testing.T) {
	r := triggered(t, func(c *snapshot.Config) {
		var err error
		c.Shutter, err = shutter.New(shutter.Config{Tag: "part", Stale: time.Nanosecond})
		must(t, err)
	})
	r.up()
	r.part()
	r.eventually("gap", func(s collectors.Snapshot) bool { return s.Gaps[series.GapDisconnected] == 1 })
	gaps := r.sink.Gaps()
	if len(gaps) != 1 || gaps[0].Source != "cam" || gaps[0].From == 0 || r.status.Snapshot().Rejected["trigger_stale"] != 1 || len(r.sink.Images()) > 0 {
		t.Errorf("%+v, %+v", gaps, r.status.Snapshot())
	}
}

func TestETag(t *testing.T) {
	r := triggered(t, nil)
	r.up()
	r.mu.Lock()
	r.respond = func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		_, _ = w.Write(picture(1))
	}
	r.mu.Unlock()
	r.part()
	r.eventually("picture", func(s collectors.Snapshot) bool { return s.Images == 1 })
	r.part()
	r.eventually("not modified", func(s collectors.Snapshot) bool { return s.Duplicates == 1 })
}

// probe asks once a camera that answers as told.
func probe(t *testing.T, respond http.HandlerFunc, change func(*snapshot.Config)) error {
	t.Helper()
	c := &camera{respond: respond}
	c.Start(t)
	cfg := config(t, c, shutter.Config{Every: time.Second})
	if change != nil {
		change(&cfg)
	}
	return snapshot.Probe(context.Background(), cfg)
}

func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		respond http.HandlerFunc
		change  func(*snapshot.Config)
		want    string // of the error; empty wants none
	}{
		"a picture": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(picture(1)) }, nil, ""},
		"a stream": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=--frame")
			for n := range 2 {
				fmt.Fprintf(w, "--frame\r\nContent-Type: image/png\r\n\r\n%s\r\n", picture(n))
			}
		}, nil, ""},
		"not found": {http.NotFound, nil, "404"},
		"elsewhere": {http.RedirectHandler("http://192.0.2.1/", http.StatusFound).ServeHTTP, nil, "302"},
		"nothing":   {func(http.ResponseWriter, *http.Request) {}, nil, "empty"},
		"cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			_, _ = w.Write([]byte("x"))
		}, nil, "after 1 bytes"},
		"large, told":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 2000)) }, small, "at most 1000"},
		"large, untold": {func(w http.ResponseWriter, _ *http.Request) { endless(w) }, small, "at most 1000"},
		"slow":          {func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() }, hasty, "deadline"},
		"no user":       {digest("u", "p", "MD5"), nil, "wants a user"},
		"digest":        {digest("u", "p", "MD5"), as("u", "p"), ""},
		"sha-256":       {digest("u", "p", "SHA-256"), as("u", "p"), ""},
		"wrong":         {digest("u", "p", "MD5"), as("u", "q"), "does not let"},
		"basic, clear":  {basic("u", "p"), as("u", "p"), "in clear"},
		"basic":         {basic("u", "p"), func(c *snapshot.Config) { c.User, c.Password, c.AllowInsecure = "u", "p", true }, ""},
		"bearer": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.WriteHeader(401)
		}, as("u", "p"), "neither"},
	} {
		t.Run(name, func(t *testing.T) {
			err := probe(t, c.respond, c.change)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "hush") {
				t.Errorf("the address' key is in the error: %v", err)
			}
		})
	}
}

func small(c *snapshot.Config) { c.Limits.Bytes = 1000 }
func hasty(c *snapshot.Config) { c.Timeout = 20 * time.Millisecond }

func as(user, password string) func(*snapshot.Config) {
	return func(c *snapshot.Config) { c.User, c.Password = user, password }
}

func endless(w http.ResponseWriter) {
	for range 100 {
		_, _ = w.Write(make([]byte, 1000))
		w.(http.Flusher).Flush()
	}
}

func basic(user, password string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if u, p, ok := r.BasicAuth(); !ok || u != user || p != password {
			w.Header().Set("WWW-Authenticate", `Basic realm="cam"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write(picture(1))
	}
}

func TestPrivateAuthority(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(picture(1)) }))
	defer s.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	must(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600))
	cfg := config(t, &camera{}, shutter.Config{Every: time.Second})
	cfg.URL = s.URL
	if err := snapshot.Probe(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("unknown authority: %v", err)
	}
	cfg.CAFile = ca
	must(t, snapshot.Probe(context.Background(), cfg))
	cfg.CAFile = ca + "?"
	if err := snapshot.Probe(context.Background(), cfg); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no authority: %v", err)
	}
}

func TestConfig(t *testing.T) {
	for want, change := range map[string]func(*snapshot.Config){
		"name":       func(c *snapshot.Config) { c.Name = "" },
		"http:// or": func(c *snapshot.Config) { c.URL = "rtsp://h/" },
		"keys of":    func(c *snapshot.Config) { c.URL = "http://u:p@h/" },
		"without":    func(c *snapshot.Config) { c.Password = "p" },
		"above":      func(c *snapshot.Config) { c.Timeout = -1 },
		"says when":  func(c *snapshot.Config) { c.Shutter = nil },
	} {
		cfg := config(t, &camera{addr: "h"}, shutter.Config{Every: time.Second})
		change(&cfg)
		if _, err := snapshot.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
