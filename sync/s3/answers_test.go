package s3_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"edgelabel/sync/s3"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

// against opens a target at a server that answers as told.
func against(t *testing.T, answer http.HandlerFunc) *s3.Target {
	t.Helper()
	return hasty(t, time.Minute, answer)
}

// hasty is a target that waits no longer than that.
func hasty(t *testing.T, timeout time.Duration, answer http.HandlerFunc) *s3.Target {
	t.Helper()
	srv := httptest.NewServer(answer)
	t.Cleanup(srv.Close)
	to, err := s3.New(s3.Config{Endpoint: strings.TrimPrefix(srv.URL, "http://"), Bucket: "plant", Prefix: "/a/b/", AccessKey: "key",
		SecretKey: "secret", PathStyle: true, Insecure: true, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := to.Close(); err != nil {
			t.Error(err)
		}
	})
	return to
}

func put(t *testing.T, to uplink.Target) (bool, error) {
	body := []byte("body")
	return to.PutIfAbsent(t.Context(), "v1/k", bytes.NewReader(body), 4, uplinktest.Sum(body))
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	if _, err := io.WriteString(w, "<Error><Code>"+code+"</Code><Message>"+code+" it is</Message></Error>"); err != nil {
		panic(http.ErrAbortHandler)
	}
}

func TestWhatIsSent(t *testing.T) {
	sum, err := hex.DecodeString(uplinktest.Sum([]byte("body")))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"If-None-Match": "*", "X-Amz-Content-Sha256": hex.EncodeToString(sum), "Content-Length": "4",
		"X-Amz-Checksum-Sha256": base64.StdEncoding.EncodeToString(sum), "X-Amz-Trailer": "", "Content-Encoding": ""}
	to := against(t, func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Content-Length", r.Header.Get("Content-Length"))
		for name, value := range want {
			if got := r.Header.Get(name); name != "Content-Length" && got != value || name == "Content-Length" && r.ContentLength != 4 {
				t.Errorf("%s: %q, want %q", name, got, value)
			}
		}
		if r.URL.Path != "/plant/a/b/v1/k" {
			t.Errorf("path %s", r.URL.Path)
		}
	})
	if existed, err := put(t, to); existed || err != nil {
		t.Errorf("%v, %v", existed, err)
	}
}

func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answers []int // and 200 from then on
		existed bool
		fails   bool
		calls   int
	}{
		"written": {nil, false, false, 1}, "there": {[]int{412}, true, false, 1}, "conflict": {[]int{409, 409}, false, false, 3},
		"conflict, lost": {[]int{409, 412}, true, false, 2}, "conflict for ever": {[]int{409, 409, 409, 409, 409}, false, true, 4},
		"server error": {[]int{500}, false, true, 1}, "busy": {[]int{503}, false, true, 1}, "forbidden": {[]int{403}, false, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			calls := 0
			to := against(t, func(w http.ResponseWriter, _ *http.Request) {
				if calls++; calls <= len(c.answers) {
					refuse(w, c.answers[calls-1], "Code")
				}
			})
			existed, err := put(t, to)
			if existed != c.existed || (err != nil) != c.fails || calls != c.calls {
				t.Errorf("existed %v, %d calls, error %v", existed, calls, err)
			}
		})
	}
}

func TestRetryAfterIsCarried(t *testing.T) {
	for header, want := range map[string]time.Duration{"7": 7 * time.Second, "": 0, "soon": 0, "-3": 0, "86400": time.Hour} {
		to := against(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			refuse(w, http.StatusServiceUnavailable, "SlowDown")
		})
		_, err := put(t, to)
		var asked uplink.RetryAfterer
		if !errors.As(err, &asked) || asked.RetryAfter() != want || !strings.Contains(err.Error(), "HTTP 503: SlowDown it is") {
			t.Errorf("%q: %v", header, err)
		}
	}
}

func TestStoreWithoutChecksums(t *testing.T) {
	bodies := []string{}
	to := against(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Checksum-Sha256") != "" || r.Header.Get("X-Amz-Checksum-Mode") != "" {
			refuse(w, http.StatusNotImplemented, "NotImplemented")
			return
		}
		b, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Md5") == "" {
			t.Errorf("no MD5: %v", err)
		}
		bodies = append(bodies, string(b))
	})
	for range 2 {
		if _, err := put(t, to); err != nil {
			t.Fatal(err)
		}
	}
	if len(bodies) != 2 || bodies[0] != "body" || bodies[1] != "body" {
		t.Errorf("%q", bodies)
	}
}

func TestHeadTellsChecksums(t *testing.T) {
	sum := uplinktest.Sum([]byte("body"))
	raw, err := hex.DecodeString(sum)
	if err != nil {
		t.Fatal(err)
	}
	md5 := strings.Repeat("ab", 16)
	for name, c := range map[string]struct {
		header, etag string
		want         uplink.Info
	}{
		"both":       {base64.StdEncoding.EncodeToString(raw), md5, uplink.Info{SHA256: sum, MD5: md5}},
		"md5":        {"", md5, uplink.Info{MD5: md5}},
		"multipart":  {"", md5 + "-3", uplink.Info{Tag: md5 + "-3"}},
		"of parts":   {base64.StdEncoding.EncodeToString(raw) + "-3", "x", uplink.Info{}},
		"none":       {"", "", uplink.Info{}},
		"not base64": {"%%%", "%%%", uplink.Info{}},
	} {
		to := against(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Amz-Checksum-Sha256", c.header)
			w.Header().Set("ETag", `"`+c.etag+`"`)
			w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
			w.Header().Set("Content-Length", "4")
		})
		c.want.Key, c.want.Size = "v1/k", 4
		if got, err := to.Head(t.Context(), "v1/k"); err != nil || got != c.want {
			t.Errorf("%s: %+v, want %+v, error %v", name, got, c.want, err)
		}
	}
}

// A body that stands still breaks off instead of holding the forwarder for ever.
func TestStalledBody(t *testing.T) {
	release := make(chan struct{})
	to := hasty(t, 200*time.Millisecond, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		w.WriteHeader(http.StatusOK)
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-release
	})
	t.Cleanup(func() { close(release) })
	r, err := to.Get(t.Context(), "v1/k")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadAll(r); err == nil {
		t.Error("the body ended well")
	}
}

func TestParseTarget(t *testing.T) {
	env := map[string]string{"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}
	for in, want := range map[string]s3.Config{
		"s3://plant": {Endpoint: "s3.amazonaws.com", Bucket: "plant"},
		"s3://plant/a/b/?endpoint=https://10.0.0.7:7070&ca=/ca.pem": {Endpoint: "10.0.0.7:7070", Bucket: "plant", Prefix: "a/b", PathStyle: true,
			CAFile: "/ca.pem"},
		"s3://plant?region=cn-north-1&endpoint=http://nas": {Endpoint: "nas", Bucket: "plant", Region: "cn-north-1", PathStyle: true, Insecure: true},
		"s3://plant?path_style=true":                       {Endpoint: "s3.amazonaws.com", Bucket: "plant", PathStyle: true},
	} {
		want.AccessKey, want.SecretKey, want.Token = "a", "s", "t"
		if got, err := s3.ParseTarget(in, func(k string) string { return env[k] }); err != nil || got != want {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
	env["EDGELABEL_S3_ACCESS_KEY"], env["EDGELABEL_S3_SECRET_KEY"] = "own", "secret"
	if got, err := s3.ParseTarget("s3://plant", func(k string) string { return env[k] }); err != nil || got.AccessKey != "own" || got.Token != "" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, in := range []string{"", "plant", "s3:plant", "http://plant", "s3://key:secret@plant", "s3://plant?endpoint=nas:1", "s3://plant?colour=red",
		"s3://plant?endpoint=https://k:s@nas", "s3://plant?path_style=maybe", "s3://plant?a=%zz", "s3://plant#x"} {
		_, err := s3.ParseTarget(in, func(string) string { return "" })
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{"s3://plant/a?endpoint=https://h:1&region=r", "s3://plant?path_style=1", "s3://", "s3://a?ca=%2F"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cfg, err := s3.ParseTarget(s, func(string) string { return "k" })
		if err == nil && (cfg.Bucket == "" || cfg.Endpoint == "") {
			t.Errorf("%q: %+v", s, cfg)
		}
	})
}

func TestNewRefusesHalfAConfig(t *testing.T) {
	whole := s3.Config{Endpoint: "h", Bucket: "plant", AccessKey: "a", SecretKey: "s"}
	for name, spoil := range map[string]func(*s3.Config){
		"endpoint": func(c *s3.Config) { c.Endpoint = "" }, "bucket": func(c *s3.Config) { c.Bucket = "" },
		"access": func(c *s3.Config) { c.AccessKey = "" }, "secret": func(c *s3.Config) { c.SecretKey = "" },
		"authority": func(c *s3.Config) { c.CAFile = "/does/not/exist" }, "no authority": func(c *s3.Config) { c.CAFile = "answers_test.go" },
	} {
		cfg := whole
		spoil(&cfg)
		if _, err := s3.New(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := s3.New(whole); err != nil {
		t.Error(err)
	}
}
