package upload_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"edgelabel/agent/export/foreign"
	"edgelabel/agent/export/foreign/upload"
	"edgelabel/agent/label"
)

// gateway answers as a gateway does, and is busy every now and then.
type gateway struct {
	labels map[string]label.Draft // by item
	keys   map[string]bool
	busy   int
	images int

	proposed []string // item and body
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.busy++; g.busy%4 == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, err := io.ReadAll(r.Body)
	if _, signedIn := r.Cookie("s"); err != nil || signedIn != nil && strings.HasPrefix(r.URL.Path, "/api/v1/items") {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	switch {
	case r.URL.Path == "/api/v1/session":
		if !strings.Contains(string(body), "secret") {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":{"message":"user, password or token is wrong"}}`)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "s", Value: "1", Path: "/"})
	case r.URL.Path == "/api/v1/taxonomy":
		fmt.Fprint(w, `{"revision":4,"classes":[{"id":"dent","name":{"zh-CN":"凹坑","en":"Dent"}}]}`)
	case strings.HasPrefix(r.URL.Path, "/ingest/"):
		g.picture(w, r, string(body))
	case strings.HasSuffix(r.URL.Path, "/proposals"):
		g.propose(w, r, body)
	default:
		g.label(w, r, body)
	}
}

func (g *gateway) propose(w http.ResponseWriter, r *http.Request, body []byte) {
	item := strings.Split(r.URL.Path, "/")[4]
	if _, has := g.labels[item]; has {
		w.WriteHeader(http.StatusConflict)
		return
	}
	g.proposed = append(g.proposed, item+" "+string(body))
	w.WriteHeader(http.StatusNoContent)
}

func (g *gateway) picture(w http.ResponseWriter, r *http.Request, body string) {
	switch {
	case r.Header.Get("Authorization") != "Bearer token" || r.URL.Query().Get("camera") != "old":
		w.WriteHeader(http.StatusUnauthorized)
	case body == "broken":
		w.WriteHeader(http.StatusUnsupportedMediaType)
		fmt.Fprint(w, `{"error":{"message":"no picture"}}`)
	case body == "unselected":
		fmt.Fprint(w, `{"sha256":"x"}`)
	default:
		g.images++
		fmt.Fprintf(w, `{"sha256":"sha-%s","item":"item-%s"}`, body, body)
	}
}

func (g *gateway) label(w http.ResponseWriter, r *http.Request, body []byte) {
	item := strings.Split(r.URL.Path, "/")[4]
	key := r.Header.Get("Idempotency-Key")
	if _, has := g.labels[item]; has && !g.keys[key] {
		w.WriteHeader(http.StatusConflict)
		return
	}
	var d label.Draft
	if err := json.Unmarshal(body, &d); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	g.labels[item], g.keys[key] = d, true
	w.WriteHeader(http.StatusCreated)
}

func open(t *testing.T, g http.Handler, password string) (*upload.Gateway, error) {
	return openFor(t, g, password, "")
}

func openFor(t *testing.T, g http.Handler, password, source string) (*upload.Gateway, error) {
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return upload.Open(t.Context(), upload.Config{URL: server.URL + "/", User: "li", Password: password, Token: "token", Camera: "old", Source: source,
		HTTP: server.Client(), Wait: func(context.Context) error { return nil }})
}

var dataset = fstest.MapFS{
	"a.json": {Data: []byte(`{"imagePath":"a.png","imageWidth":9,"imageHeight":9,"shapes":[{"label":"DENT","points":[[1,1],[5,1],[1,5]]},{"label":"rust","points":[[1,1],[5,1],[1,5]]}]}`)},
	"b.json": {Data: []byte(`{"imagePath":"b.png","imageWidth":9,"imageHeight":9}`)},
	"c.json": {Data: []byte(`{"imagePath":"c.png","imageWidth":9,"imageHeight":9}`)},
	"d.json": {Data: []byte(`{"imagePath":"d.png","imageWidth":9,"imageHeight":9}`)},
	"e.json": {Data: []byte(`{"imagePath":"gone.png","imageWidth":9,"imageHeight":9}`)},
	"a.png":  {Data: []byte("a")}, "b.png": {Data: []byte("b")}, "c.png": {Data: []byte("broken")}, "d.png": {Data: []byte("unselected")},
}

func TestBring(t *testing.T) {
	g := &gateway{labels: map[string]label.Draft{}, keys: map[string]bool{}}
	to, err := open(t, g, "secret")
	if err != nil {
		t.Fatal(err)
	}
	bring := func() (upload.Summary, map[string]string) {
		lost := map[string]string{}
		s, err := to.Bring(t.Context(), foreign.Labelme, dataset, func(file, reason string) { lost[file] += reason })
		if err != nil {
			t.Fatal(err)
		}
		return s, lost
	}
	s, lost := bring()
	if s != (upload.Summary{Pictures: 3, Labels: 2, Regions: 1, Lost: 4}) {
		t.Errorf("%+v, %v", s, lost)
	}
	for file, want := range map[string]string{"a.png": `class "rust"`, "c.png": "415: no picture", "d.png": "select: all", "gone.png": "not exist"} {
		if !strings.Contains(lost[file], want) {
			t.Errorf("%s: %q, want %q", file, lost[file], want)
		}
	}
	a, b := g.labels["item-a"], g.labels["item-b"]
	if a.Verdict != label.NotOK || a.Taxonomy != 4 || len(a.Regions) != 1 || a.Regions[0].Class != "dent" || a.Regions[0].Image != "sha-a" || a.Input != label.API {
		t.Errorf("%+v", a)
	}
	if b.Verdict != label.OK || len(b.Regions) != 0 {
		t.Errorf("%+v", b)
	}
	if again, _ := bring(); again != s || len(g.labels) != 2 {
		t.Errorf("a second time: %+v", again)
	}
	g.keys = map[string]bool{} // somebody else labelled them
	if s, lost := bring(); s.Labels != 0 || !strings.Contains(lost["b.png"], "has a label already") {
		t.Errorf("%+v, %v", s, lost)
	}
}

func TestBringAsProposals(t *testing.T) {
	g := &gateway{labels: map[string]label.Draft{}, keys: map[string]bool{}}
	to, err := openFor(t, g, "secret", "labelme")
	if err != nil {
		t.Fatal(err)
	}
	s, err := to.Bring(t.Context(), foreign.Labelme, dataset, func(string, string) {})
	if err != nil || s != (upload.Summary{Pictures: 3, Proposals: 1, Regions: 1, Lost: 4}) || len(g.labels) != 0 {
		t.Errorf("%+v, %v, labels %v", s, err, g.labels)
	}
	if len(g.proposed) != 1 || !strings.HasPrefix(g.proposed[0], "item-a ") || !strings.Contains(g.proposed[0], `"source":"labelme"`) || !strings.Contains(g.proposed[0], `"class":"dent"`) {
		t.Errorf("%q", g.proposed)
	}
	g.labels["item-a"] = label.Draft{} // somebody judged it meanwhile
	lost := ""
	if s, err := to.Bring(t.Context(), foreign.Labelme, dataset, func(_, reason string) { lost += reason }); err != nil || s.Proposals != 0 || !strings.Contains(lost, "takes no proposals any more") {
		t.Errorf("%+v, %v, %s", s, err, lost)
	}
}

func TestSignInIsRefused(t *testing.T) {
	if _, err := open(t, &gateway{}, "wrong"); err == nil || !strings.Contains(err.Error(), "sign in as li: gateway answers 401: user, password or token is wrong") {
		t.Error(err)
	}
}

// A gateway that stays busy ends the import, and does not hang it.
func TestBusyGateway(t *testing.T) {
	busy := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	if _, err := open(t, busy, "secret"); err == nil || !strings.Contains(err.Error(), "503") {
		t.Error(err)
	}
}
