package ui_test

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/label"
	"edgelabel/ui"
	"edgelabel/ui/auth"
)

// everyRoute is one request for each route: who is let in.
var everyRoute = []struct {
	method, path string
	admin, open  bool
}{
	{"GET", "/api/v1/session", false, false}, {"POST", "/api/v1/session", false, true}, {"DELETE", "/api/v1/session", false, true},
	{"PUT", "/api/v1/session/pin", false, false}, {"POST", "/api/v1/session/unlock", false, false},
	{"GET", "/api/v1/items", false, false}, {"POST", "/api/v1/items", false, false}, {"GET", "/api/v1/items/i", false, false},
	{"POST", "/api/v1/items/i/labels", false, false}, {"POST", "/api/v1/items/i/claim", false, false}, {"POST", "/api/v1/items/i/proposals", false, false},
	{"GET", "/api/v1/images/0", false, false}, {"GET", "/api/v1/images/0/preview", false, false}, {"GET", "/api/v1/images/0/tiles/0/0_0", false, false},
	{"GET", "/api/v1/images/0/samples/0/0_0", false, false}, {"GET", "/api/v1/images/0/checkerboard", true, false},
	{"GET", "/api/v1/cameras", false, false}, {"PUT", "/api/v1/cameras/cam/scale", true, false}, {"PUT", "/api/v1/cameras/cam/golden", false, false},
	{"GET", "/api/v1/reviews?state=due", true, false}, {"GET", "/api/v1/stats", false, false},
	{"GET", "/api/v1/signals", false, false}, {"GET", "/api/v1/series", false, false}, {"GET", "/api/v1/taxonomy", false, false},
	{"GET", "/api/v1/taxonomy/packs", false, false}, {"PUT", "/api/v1/taxonomy", true, false}, {"GET", "/api/v1/status", false, false}, {"GET", "/api/v1/events", false, false},
	{"GET", "/api/v1/openapi.json", false, true}, {"GET", "/healthz", false, true}, {"GET", "/readyz", false, true},
	{"GET", "/api/v1/drill", true, false}, {"POST", "/api/v1/drill", true, false}, {"DELETE", "/api/v1/drill", true, false},
	{"GET", "/api/v1/rules", false, false}, {"POST", "/api/v1/rules/a/shelve", false, false}, {"PUT", "/api/v1/rules/a/service", true, false},
	{"POST", "/api/v1/rules/a/replay", false, false}, {"GET", "/api/v1/rules/a/replay", false, false}, {"DELETE", "/api/v1/rules/a/replay", false, false},
	{"PUT", "/api/v1/rules/a/tuning", true, false}, {"GET", "/api/v1/tunings", false, false}, {"GET", "/api/v1/detectors", false, false},
	{"GET", "/api/v1/queue", false, false}, {"POST", "/api/v1/similar", false, false}, {"POST", "/api/v1/propagate", false, false},
	{"DELETE", "/api/v1/propagate/s", false, false},
	{"GET", "/metrics", true, false}, {"POST", "/ingest/v1/images", false, true},
}

func TestWhoMayUseWhichRoute(t *testing.T) {
	r := start(t, nil)
	if len(everyRoute) != len(r.server.Patterns()) {
		t.Errorf("%d routes here, %d on the server", len(everyRoute), len(r.server.Patterns()))
	}
	for _, rt := range everyRoute {
		for _, by := range []string{"", "li", "chief"} {
			w := r.do(call{by: by, method: rt.method, path: rt.path})
			refused := w.Code == http.StatusUnauthorized || w.Code == http.StatusForbidden
			if allowed := rt.open || by == "chief" || by == "li" && !rt.admin; allowed == refused {
				t.Errorf("%s %s as %q: %d", rt.method, rt.path, by, w.Code)
			}
			if w.Code == http.StatusInternalServerError || w.Code == http.StatusMethodNotAllowed {
				t.Errorf("%s %s as %q: %d %s", rt.method, rt.path, by, w.Code, w.Body)
			}
		}
	}
}

func TestForeignSitesChangeNothing(t *testing.T) {
	r := start(t, nil)
	r.item(label.Item{ID: "i"})
	claim := func(h map[string]string) call {
		return call{by: "li", method: "POST", path: "/api/v1/items/i/claim", body: "{}", header: h}
	}
	for _, h := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"},
		{"Origin": "http://gw.local:81"}, {"Origin": "%zz"}, {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
	} {
		r.want(claim(h), http.StatusForbidden, "forbidden")
	}
	for _, h := range []map[string]string{nil, {"Sec-Fetch-Site": "same-origin", "Origin": "http://gw.local"}, {"Sec-Fetch-Site": "none"}} {
		r.want(claim(h), http.StatusOK, "")
	}
	r.want(call{by: "li", path: "/api/v1/items", header: map[string]string{"Sec-Fetch-Site": "cross-site"}}, http.StatusOK, "")
	if n := r.server.Counters().Foreign; n != 7 {
		t.Errorf("%d counted", n)
	}
}

func TestSession(t *testing.T) {
	r := start(t, nil)
	if err := r.auth.Users().Add("zhao", "赵", auth.Labeler, secret); err != nil {
		t.Fatal(err)
	}
	login := func(body string) call { return call{method: "POST", path: "/api/v1/session", body: body} }
	for body, status := range map[string]int{
		`{"user":"zhao","password":"wrong"}`: 401, `{"user":"who","password":"wrong"}`: 401, `{"token":"wrong"}`: 401,
		`{}`: 400, ``: 400, `{"user":"zhao","role":"admin"}`: 400, `{"user":"zhao"} {}`: 400, `[]`: 400,
		`{"user":"` + strings.Repeat("a", 5000) + `"}`: 413,
	} {
		if w := r.do(login(body)); w.Code != status || len(w.Result().Cookies()) != 0 {
			t.Errorf("%.40s: %d %s", body, w.Code, w.Body)
		}
	}
	w := r.want(login(`{"user":"zhao","password":"`+secret+`"}`), http.StatusOK, "")
	type answer struct{ Person label.Person }
	if got := parse[answer](t, w); got.Person != (label.Person{ID: "zhao", Name: "赵", Role: "labeler"}) {
		t.Errorf("%+v", got)
	}
	cookie := w.Result().Cookies()[0]
	header := map[string]string{"Cookie": cookie.Name + "=" + cookie.Value}
	r.want(call{path: "/api/v1/session", header: header}, http.StatusOK, "")
	r.want(call{method: "DELETE", path: "/api/v1/session", header: header}, http.StatusNoContent, "")
	r.want(call{path: "/api/v1/session", header: header}, http.StatusUnauthorized, "unauthorized")
	if strings.Contains(r.log.String(), secret) {
		t.Error("the log holds a password")
	}
}

func TestTokenSignsInOnceAndTLSMakesTheCookieSecure(t *testing.T) {
	r := start(t, nil)
	token, err := r.auth.NewToken("chief", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest("POST", "/api/v1/session", strings.NewReader(`{"token":"`+token+`"}`))
	req.TLS = &tls.ConnectionState{}
	w := httptest.NewRecorder()
	r.server.ServeHTTP(w, req)
	if c := w.Result().Cookies(); w.Code != http.StatusOK || len(c) != 1 || !c[0].Secure || !c[0].HttpOnly {
		t.Errorf("%d %v", w.Code, c)
	}
	r.want(call{method: "POST", path: "/api/v1/session", body: `{"token":"` + token + `"}`}, http.StatusUnauthorized, "unauthorized")
}

func TestTooManySignIns(t *testing.T) {
	r := start(t, nil)
	for range 30 {
		w := r.do(call{method: "POST", path: "/api/v1/session", body: `{"token":"guess"}`})
		if w.Code == http.StatusTooManyRequests {
			if w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "rate_limited") {
				t.Errorf("%v %s", w.Header(), w.Body)
			}
			return
		}
	}
	t.Error("30 guesses and no limit")
}

func TestMetricsAndHealth(t *testing.T) {
	ready := errors.New("the store in /var/lib is not open")
	r := start(t, func(c *ui.Config) { c.Ready = func() error { return ready } })
	for from, status := range map[string]int{"127.0.0.1:9": 200, "[::1]:9": 200, "10.0.0.9:9": 401, "": 401} {
		if w := r.do(call{path: "/metrics", from: from, header: map[string]string{"X-Forwarded-For": "127.0.0.1"}}); w.Code != status {
			t.Errorf("from %q: %d", from, w.Code)
		}
	}
	if w := r.want(call{by: "chief", path: "/metrics"}, 200, ""); w.Body.String() != "edgelabel_up 1\n" {
		t.Error(w.Body)
	}
	r.want(call{path: "/healthz"}, 200, "")
	if w := r.want(call{path: "/readyz"}, 503, "internal"); strings.Contains(w.Body.String(), "/var/lib") {
		t.Error(w.Body)
	}
	ready = nil
	r.want(call{path: "/readyz"}, 200, "")
}

func TestUnknownErrorsShowNothing(t *testing.T) {
	r := start(t, nil)
	r.store.set(func(s *store) { s.fail = errors.New("open /secret/path: bbolt page 7") })
	w := r.want(call{by: "li", path: "/api/v1/items"}, 500, "internal")
	id := w.Header().Get("X-Request-Id")
	if strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), id) || id == "" {
		t.Error(w.Body)
	}
	if !strings.Contains(r.log.String(), "bbolt page 7") || !strings.Contains(r.log.String(), id) {
		t.Error(r.log)
	}
}

func TestPanicCostsOneRequest(t *testing.T) {
	r := start(t, func(c *ui.Config) { c.Signals = func() []ui.Signal { panic("internal detail") } })
	if w := r.want(call{by: "li", path: "/api/v1/signals"}, 500, "internal"); strings.Contains(w.Body.String(), "detail") {
		t.Error(w.Body)
	}
	if n := r.server.Counters().Panics; n != 1 || !strings.Contains(r.log.String(), "internal detail") {
		t.Errorf("%d panics, log %s", n, r.log)
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	r := start(t, nil)
	r.want(call{by: "li", path: "/api/v1/nothing"}, 404, "not_found")
	r.want(call{by: "li", path: "/api/v2/items"}, 404, "not_found")
	r.want(call{by: "li", method: "DELETE", path: "/api/v1/items"}, 405, "invalid")
	r.want(call{method: "GET", path: "/ingest/v1/images"}, 405, "invalid")
	r.want(call{method: "POST", path: "/"}, 405, "")
}

func TestIncompleteConfigIsAnError(t *testing.T) {
	if _, err := ui.New(ui.Config{}); err == nil {
		t.Error("no error")
	}
}

func TestHeaders(t *testing.T) {
	r := start(t, nil)
	for _, path := range []string{"/", "/api/v1/items", "/nothing/here", "/assets/none.js"} {
		h := r.do(call{path: path}).Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

func TestPageFiles(t *testing.T) {
	r := start(t, nil)
	for _, c := range []struct{ path, body, cache string }{
		{"/", "<title>the page</title>", "no-store"}, {"/items/7", "<title>the page</title>", "no-store"}, {"/index.html", "<title>the page</title>", "no-store"},
		{"/assets/app-1.js", "long script", "public, max-age=31536000, immutable"}, {"/favicon.svg", "<svg/>", "no-cache"},
	} {
		w := r.do(call{path: c.path})
		if w.Code != 200 || w.Body.String() != c.body || w.Header().Get("Cache-Control") != c.cache {
			t.Errorf("%s: %d %s %v", c.path, w.Code, w.Body, w.Header())
		}
	}
	for _, path := range []string{"/assets/none.js", "/assets/", "/robots.txt", "/secret.key", "/assets/../../etc/passwd.txt"} {
		if w := r.do(call{path: path}); w.Code != 404 && w.Code != http.StatusTemporaryRedirect {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for accept, body := range map[string]string{"gzip, br": "short", "br": "long script", "gzip;q=0": "long script"} {
		w := r.do(call{path: "/assets/app-1.js", header: map[string]string{"Accept-Encoding": accept}})
		if w.Body.String() != body || (w.Header().Get("Content-Encoding") == "gzip") != (body == "short") || w.Header().Get("Vary") == "" {
			t.Errorf("%s: %s %v", accept, w.Body, w.Header())
		}
	}
}

func TestStandInWithoutABuiltPage(t *testing.T) {
	r := start(t, func(c *ui.Config) { c.Page = emptyFS{} })
	if w := r.do(call{path: "/"}); !strings.Contains(w.Body.String(), "make ui") {
		t.Error(w.Body)
	}
}

func TestRequestIsBounded(t *testing.T) {
	r := start(t, nil)
	r.item(label.Item{ID: "i"})
	body, err := json.Marshal(label.Draft{Verdict: label.OK, Terminal: strings.Repeat("a", 3<<20)})
	if err != nil {
		t.Fatal(err)
	}
	r.want(call{by: "li", method: "POST", path: "/api/v1/items/i/labels", body: string(body), header: map[string]string{"Idempotency-Key": "k"}}, 413, "too_large")
	big := start(t, func(c *ui.Config) {
		c.Ingest = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n, err := io.Copy(io.Discard, r.Body); err != nil || n != int64(len(body)) {
				t.Errorf("ingest read %d, %v", n, err)
			}
		})
	})
	big.want(call{method: "POST", path: "/ingest/v1/images", body: string(body)}, 200, "")
}
