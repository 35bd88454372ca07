package camera_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
	"edgelabel/collectors/collectortest"
)

type ingest struct {
	*camera.Ingest
	sink   *collectortest.Sink
	status *collectors.Status
}

func newIngest(t testing.TB, change func(*camera.IngestConfig)) *ingest {
	t.Helper()
	in := &ingest{sink: collectortest.NewSink(), status: collectors.NewStatus("cam1", time.Now)}
	cfg := camera.IngestConfig{
		Cameras: map[string]camera.IngestCamera{
			"cam1": {Token: "one", Status: in.status},
			"cam2": {Token: "two", Status: collectors.NewStatus("cam2", time.Now)},
			"cam3": {Status: collectors.NewStatus("cam3", time.Now)},
		},
		Token: "general", Sink: in.sink, Limits: camera.Limits{Bytes: 1 << 20}, Wait: 100 * time.Millisecond,
	}
	if change != nil {
		change(&cfg)
	}
	var err error
	if in.Ingest, err = camera.NewIngest(cfg); err != nil {
		t.Fatal(err)
	}
	return in
}

// do sends a request and returns its answer: status, and the error code or hash.
func (in *ingest) do(r *http.Request, token string) (int, string, http.Header) {
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	in.ServeHTTP(w, r)
	var body struct {
		SHA256 string
		Error  struct{ Code, Message string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		return w.Code, "not JSON: " + w.Body.String(), w.Header()
	}
	return w.Code, body.SHA256 + body.Error.Code, w.Header()
}

func raw(query string, data []byte) *http.Request {
	return httptest.NewRequest(http.MethodPost, "/ingest/v1/images?"+query, bytes.NewReader(data))
}

func form(t testing.TB, data []byte, name string, fields ...string) *http.Request {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		m.WriteField(fields[i], fields[i+1])
	}
	if data != nil {
		f, err := m.CreateFormFile("image", name)
		if err != nil {
			t.Fatal(err)
		}
		f.Write(data)
	}
	m.Close()
	r := httptest.NewRequest(http.MethodPost, "/ingest/v1/images", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return r
}

func TestIngestStores(t *testing.T) {
	in := newIngest(t, nil)
	data := pngOf(t, noisy(1, 8, 8))
	query := "camera=cam1&name=a.png&part=P-1&time=2023-11-14T22:13:20Z&result=NG&product=x&recipe=r&job=j"
	status, sum, _ := in.do(raw(query, data), "one")
	if status != 201 || len(sum) != 64 {
		t.Fatalf("%d %s", status, sum)
	}
	p := in.sink.Images()[0]
	p.Data, p.Received = nil, 0
	want := collectors.Picture{Camera: "cam1", Name: "a.png", Taken: 1700000000e9, Part: "P-1", Result: "not_ok", Product: "x", Recipe: "r", Job: "j"}
	if fmt.Sprint(p) != fmt.Sprint(want) {
		t.Errorf("%+v; want %+v", p, want)
	}
	if status, again, _ := in.do(raw(query, data), "general"); status != 200 || again != sum {
		t.Errorf("the same again: %d %s", status, again)
	}
	if s := in.status.Snapshot(); s.Images != 1 || s.Duplicates != 1 {
		t.Errorf("status %+v", s)
	}
	status, sum, _ = in.do(form(t, data, `C:\cam\b.png`, "camera", "cam2", "part", "P-2"), "two")
	if p := in.sink.Images()[1]; status != 201 || len(sum) != 64 || p.Name != "b.png" || p.Part != "P-2" || p.Camera != "cam2" {
		t.Errorf("form: %d %+v", status, p)
	}
}

func TestIngestAnswers(t *testing.T) {
	in := newIngest(t, nil)
	good := pngOf(t, noisy(1, 100, 100))
	long := strings.Repeat("x", 300)
	for name, c := range map[string]struct {
		r      *http.Request
		token  string
		status int
	}{
		"no token":           {raw("camera=cam1", good), "", 401},
		"wrong token":        {raw("camera=cam1", good), "wrong", 401},
		"another's token":    {raw("camera=cam1", good), "two", 401},
		"camera, no token":   {raw("camera=cam3", good), "one", 401},
		"unknown, own token": {raw("camera=cam9", good), "one", 401},
		"unknown camera":     {raw("camera=cam9", good), "general", 400},
		"no camera":          {raw("", good), "general", 400},
		"bad time":           {raw("camera=cam1&time=noon", good), "one", 400},
		"bad result":         {raw("camera=cam1&result=maybe", good), "one", 400},
		"unknown field":      {raw("camera=cam1&colour=red", good), "one", 400},
		"long field":         {raw("camera=cam1&part="+long, good), "one", 400},
		"control character":  {raw("camera=cam1&part=a%00", good), "one", 400},
		"not UTF-8":          {raw("camera=cam1&part=%ff", good), "one", 400},
		"broken query":       {raw("camera=cam1&part=%zz", good), "one", 400},
		"empty body":         {raw("camera=cam1", nil), "one", 415},
		"text":               {raw("camera=cam1", []byte("hello")), "one", 415},
		"truncated":          {raw("camera=cam1", good[:1000]), "one", 415},
		"too many pixels":    {raw("camera=cam1", huge(50000, 50000)), "one", 422},
		"too many bytes":     {raw("camera=cam1", make([]byte, 1<<20+1)), "one", 413},
		"far too many bytes": {raw("camera=cam1", make([]byte, 9<<20)), "one", 413},
		"form without file":  {form(t, nil, "", "camera", "cam1"), "one", 400},
		"form, long field":   {form(t, good, "a.png", "camera", "cam1", "part", long), "one", 400},
		"form, large file":   {form(t, make([]byte, 1<<20+1), "a.png", "camera", "cam1"), "one", 413},
		"wrong method":       {httptest.NewRequest(http.MethodGet, "/ingest/v1/images", nil), "one", 405},
	} {
		status, code, h := in.do(c.r, c.token)
		if status != c.status || code == "" || strings.HasPrefix(code, "not JSON") || h.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s; want %d", name, status, code, c.status)
		}
	}
	if n := len(in.sink.Images()); n > 0 {
		t.Errorf("%d pictures stored", n)
	}
	for reason, n := range map[string]uint64{"truncated": 1, "format": 1, "pixels": 1, "empty": 1} {
		if got := in.status.Snapshot().Rejected[reason]; got != n {
			t.Errorf("%d rejected for %s, want %d", got, reason, n)
		}
	}
}

func TestIngestWithoutLengthIsLimitedToo(t *testing.T) {
	in := newIngest(t, nil)
	r := raw("camera=cam1", nil)
	r.Body, r.ContentLength = io.NopCloser(io.LimitReader(endless{}, 1<<30)), -1
	if status, _, _ := in.do(r, "one"); status != 413 {
		t.Errorf("%d", status)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestIngestSaysWhenItCannotStore(t *testing.T) {
	in := newIngest(t, func(c *camera.IngestConfig) { c.Concurrent = 1 })
	data := pngOf(t, noisy(1, 8, 8))
	in.sink.Fail(errors.New("disk full at /secret/path"))
	status, code, h := in.do(raw("camera=cam1", data), "one")
	if status != 503 || code != "full" || h.Get("Retry-After") == "" {
		t.Errorf("failing sink: %d %s", status, code)
	}
	in.sink.Fail(nil)
	unblock := in.sink.Block()
	if status, _, h := in.do(raw("camera=cam1", data), "one"); status != 503 || h.Get("Retry-After") == "" {
		t.Errorf("sink that is full: %d", status)
	}
	unblock()

	// One request that stalls in its body holds the only place.
	stalled, feed := io.Pipe()
	first := make(chan int)
	go func() {
		r := raw("camera=cam1", nil)
		r.Body, r.ContentLength = stalled, -1
		status, _, _ := in.do(r, "one")
		first <- status
	}()
	feed.Write(data[:10])
	if status, _, h := in.do(raw("camera=cam1", data), "one"); status != 503 || h.Get("Retry-After") == "" {
		t.Errorf("no place free: %d", status)
	}
	feed.Write(data[10:])
	feed.Close()
	if status := <-first; status != 201 {
		t.Errorf("the first: %d", status)
	}
}

func TestNewIngestRefuses(t *testing.T) {
	if _, err := camera.NewIngest(camera.IngestConfig{Concurrent: -1}); err == nil {
		t.Error("no places accepted")
	}
	if _, err := camera.NewIngest(camera.IngestConfig{Cameras: map[string]camera.IngestCamera{"c": {}}}); err == nil {
		t.Error("camera without a status accepted")
	}
	open, err := camera.NewIngest(camera.IngestConfig{})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := raw("camera=c", nil)
	r.Header.Set("Authorization", "Bearer ")
	if open.ServeHTTP(w, r); w.Code != 401 {
		t.Errorf("without any token: %d", w.Code)
	}
}

func FuzzIngest(f *testing.F) {
	body := func(r *http.Request) []byte { b, _ := io.ReadAll(r.Body); return b }
	r := form(f, pngOf(f, noisy(1, 4, 4)), "a.png", "camera", "cam1", "part", "7")
	f.Add("", r.Header.Get("Content-Type"), body(r))
	f.Add("camera=cam1&time=1700000000", "image/png", pngOf(f, noisy(1, 4, 4)))
	f.Add("camera=cam1&time=%", "multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n--x--"))
	in := newIngest(f, nil)
	f.Fuzz(func(t *testing.T, query, kind string, data []byte) {
		r := raw("", data)
		r.URL = &url.URL{Path: "/ingest/v1/images", RawQuery: query}
		r.Header.Set("Content-Type", kind)
		status, code, _ := in.do(r, "general")
		switch status {
		case 200, 201, 400, 401, 413, 415, 422:
		default:
			t.Errorf("%d %s", status, code)
		}
	})
}
