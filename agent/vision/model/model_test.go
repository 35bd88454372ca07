package model_test

import (
	"context"
	"encoding/pem"
	"errors"
	"image"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"edgelabel/agent/vision"
	"edgelabel/agent/vision/model"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func classOf(kind string) string { return map[string]string{"Scratch": "scratch", "x": "dent"}[kind] }

func picture() *image.Gray {
	m := image.NewGray(image.Rect(0, 0, 200, 100))
	m.Pix[0] = 255
	return m
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func ask(t *testing.T, cfg model.Config) (vision.Finding, error) {
	t.Helper()
	m, err := model.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m.Inspect(t.Context(), picture())
}

func TestWhatIsNoAnswer(t *testing.T) {
	outputs := func(b, s, l string) string {
		return `{"outputs":[{"name":"b",` + b + `},{"name":"s",` + s + `},{"name":"l",` + l + `}]}`
	}
	for body, cfg := range map[string]func(string) model.Config{
		"garbage":        studio,
		`{"results":[]}`: studio,
		`{"results":[{"result":[{"type":"rectanglelabels","score":7,"value":{"rectanglelabels":["a"]}}]}]}`:    studio,
		`{"results":[{"result":[{"type":"rectanglelabels","value":{}}]}]}`:                                     studio,
		`{"results":[{"result":[{"type":"polygonlabels","value":{"points":[[1,1]],"polygonlabels":["a"]}}]}]}`: studio,
		strings.Repeat(" ", model.DefaultMaxBytes+1):                                                           studio,
		`{"outputs":[]}`: tensors,
		outputs(`"shape":[1,4],"data":[1,2,3]`, `"shape":[1],"data":[1]`, `"shape":[1],"data":[0]`):               tensors,
		outputs(`"shape":[1,4],"data":[1,2,3,4]`, `"shape":[2],"data":[1,1]`, `"shape":[1],"data":[0]`):           tensors,
		outputs(`"shape":[1,4],"data":[1,2,3,4]`, `"shape":[1],"data":["a"]`, `"shape":[1],"data":[0]`):           tensors,
		outputs(`"shape":[1,4],"data":[1,2,3,4]`, `"shape":[1],"data":[-3.5]`, `"shape":[1],"data":[0]`):          tensors,
		outputs(`"shape":[4611686018427387905,4],"data":[1,2,3,4]`, `"shape":[1],"data":[1]`, `"shape":[1]`):      tensors,
		outputs(`"shape":[1,4],"data":"AAAA"`, `"shape":[1],"data":[1]`, `"shape":[1],"data":[null]`):             tensors,
		outputs(`"shape":[1,4],"data":[1,2,3,4]`, `"shape":[1],"data":[1]`, `"shape":[1],"data":[{"nested":{}}]`): tensors,
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) })
		problem := ""
		c := cfg(s.URL)
		c.Problem = func(text string) { problem = text }
		if f, err := ask(t, c); err == nil || problem == "" {
			t.Errorf("%.80s: %+v, problem %q", body, f, problem)
		}
	}
}

func TestAServerThatFailedIsLeftAlone(t *testing.T) {
	var asked atomic.Int64
	var well atomic.Bool
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		if !well.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Write([]byte(`{"results":[{"result":[]}]}`))
	})
	now := time.Unix(1, 0)
	problem := ""
	cfg := studio(s.URL)
	cfg.Now, cfg.Problem = func() time.Time { return now }, func(text string) { problem = text }
	m, err := model.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Inspect(t.Context(), picture()); err == nil || errors.Is(err, vision.ErrAway) || !strings.Contains(problem, "503") {
		t.Errorf("%v, problem %q", err, problem)
	}
	if _, err := m.Inspect(t.Context(), picture()); !errors.Is(err, vision.ErrAway) || asked.Load() != 1 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
	well.Store(true)
	now = now.Add(model.DefaultPause)
	if _, err := m.Inspect(t.Context(), picture()); err != nil || problem != "" {
		t.Errorf("%v, problem %q", err, problem)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Inspect(ctx, picture()); !errors.Is(err, context.Canceled) || problem != "" {
		t.Errorf("stopped: %v, problem %q", err, problem)
	}
}

func TestAServerThatNeverAnswers(t *testing.T) {
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // before that nobody notices that the client has gone
		<-r.Context().Done()
	})
	cfg := studio(s.URL)
	cfg.Timeout = 50 * time.Millisecond
	if _, err := ask(t, cfg); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestNobodyElseIsSpokenTo(t *testing.T) {
	var other atomic.Int64
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { other.Add(1) })
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	t.Setenv("HTTP_PROXY", elsewhere.URL)
	if _, err := ask(t, studio(s.URL)); err == nil || other.Load() != 0 {
		t.Errorf("%v, %d went elsewhere", err, other.Load())
	}
	for _, url := range []string{"http://192.0.2.1/", "ftp://localhost", "https://", "https://u:p@h/", "http://localhost.example.com"} {
		if _, err := model.New(studio(url)); err == nil {
			t.Errorf("%s is taken", url)
		}
	}
	allowed := studio("http://192.0.2.1/")
	allowed.AllowInsecure = true
	if _, err := model.New(allowed); err != nil {
		t.Error(err)
	}
}

func TestHealthBehindAPrivateAuthority(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/health" && r.URL.Path != "/v2/health/ready" {
			w.WriteHeader(http.StatusNotFound)
		}
		w.Write([]byte(`{"status":"UP","model_class":"Defects"}`))
	}))
	defer s.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, cfg := range []model.Config{studio(s.URL), tensors(s.URL)} {
		for file, want := range map[string]bool{ca: true, "": false} {
			cfg.CAFile = file
			m, err := model.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Health(t.Context()); (err == nil) != want {
				t.Errorf("%s with authority %q: %v", cfg.Protocol, file, err)
			}
		}
	}
}

func TestABackendThatIsNotUp(t *testing.T) {
	for _, body := range []string{`{"status":"DOWN"}`, `{}`, "nginx"} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) })
		m, err := model.New(studio(s.URL))
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Health(t.Context()); err == nil {
			t.Errorf("%s is well", body)
		}
	}
}
