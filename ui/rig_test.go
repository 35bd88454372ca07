package ui_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/ui"
	"edgelabel/ui/auth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "a long pass phrase"

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

type rig struct {
	t      *testing.T
	store  *store
	auth   *auth.Auth
	server *ui.Server
	log    *logged
}

// logged is a log that several goroutines write.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func start(t testing.TB, change func(*ui.Config)) *rig {
	t.Helper()
	now := func() time.Time { return noon }
	a, err := auth.Open(auth.Config{Dir: t.TempDir(), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for id, role := range map[string]auth.Role{"li": auth.Labeler, "wang": auth.Labeler, "sun": auth.Reviewer, "chief": auth.Admin} {
		if err := a.Users().Add(id, "", role, ""); err != nil {
			t.Fatal(err)
		}
	}
	r := &rig{store: newStore(), auth: a, log: &logged{}}
	r.t, _ = t.(*testing.T)
	cfg := ui.Config{
		Items: r.store, Labels: r.store, Media: r.store, Feed: r.store, Cameras: r.store, Auth: a, Now: now,
		Checkerboard: func(m image.Image, square float64) label.Board {
			return label.Board{Columns: m.Bounds().Dx(), Rows: m.Bounds().Dy(), MMPerPx: square}
		},
		Gateway: ui.Gateway{ID: "gw1", Site: "S", Line: "L", Version: "test", Simulated: true},
		Place:   label.Place{Site: "S", Line: "L"},
		Status:  func(context.Context) ui.Status { return ui.Status{Sources: []ui.Source{{Name: "plc"}}} },
		Signals: func() []ui.Signal {
			return []ui.Signal{
				{Tag: series.Tag{ID: "force", Name: "Force", Unit: "kN", Kind: series.Number, Source: "plc"}, Last: &ui.Last{T: 1, V: math.NaN()}},
				{Tag: series.Tag{ID: "temp"}},
			}
		},
		Metrics: func(w io.Writer) { io.WriteString(w, "edgelabel_up 1\n") },
		Ingest:  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }),
		Page: fstest.MapFS{
			"index.html": {Data: []byte("<title>the page</title>")}, "assets/app-1.js": {Data: []byte("long script")},
			"assets/app-1.js.gz": {Data: []byte("short")}, "favicon.svg": {Data: []byte("<svg/>")}, "secret.key": {Data: []byte("x")},
		},
		Log: slog.New(slog.NewTextHandler(r.log, nil)),
	}
	if change != nil {
		change(&cfg)
	}
	if r.server, err = ui.New(cfg); err != nil {
		t.Fatal(err)
	}
	return r
}

// call is one request; by is who is signed in, "" nobody.
type call struct {
	by, method, path, body string
	header                 map[string]string
	from                   string // remote address
}

func (r *rig) do(c call) *httptest.ResponseRecorder {
	if c.method == "" {
		c.method = http.MethodGet
	}
	req := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
	req.Host = "gw.local"
	if c.from != "" {
		req.RemoteAddr = c.from
	}
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	if c.by != "" {
		cookie, err := r.auth.Cookie(label.Person{ID: c.by}, false)
		if err != nil {
			r.t.Fatal(err)
		}
		req.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	r.server.ServeHTTP(w, req)
	return w
}

// want fails the test unless the answer has the status; of an error, also the code.
func (r *rig) want(c call, status int, code string) *httptest.ResponseRecorder {
	r.t.Helper()
	w := r.do(c)
	var body struct {
		Error struct{ Code, Message string }
	}
	if code != "" {
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			r.t.Errorf("%s %s: %v in %q", c.method, c.path, err, w.Body)
		}
	}
	if w.Code != status || body.Error.Code != code || code != "" && body.Error.Message == "" {
		r.t.Errorf("%s %s as %q: %d %s, want %d %s", c.method, c.path, c.by, w.Code, w.Body, status, code)
	}
	return w
}

func parse[T any](t *testing.T, w *httptest.ResponseRecorder) (v T) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return v
}

func (r *rig) item(it label.Item) {
	r.store.set(func(s *store) { s.rows[it.ID] = label.Row{Item: it} })
}

// emptyFS is a page that was not built.
type emptyFS struct{}

func (emptyFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
