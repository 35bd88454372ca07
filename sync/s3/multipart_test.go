package s3_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"edgelabel/sync/s3"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

// breaking is a body that breaks off after so many bytes.
type breaking struct {
	io.ReadSeeker
	left int
}

func (b *breaking) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("line cut (injected)")
	}
	n, err := b.ReadSeeker.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func (b *breaking) Unpaced() io.ReadSeeker { return b.ReadSeeker }

// counting counts the bytes that leave.
type counting struct {
	io.ReadSeeker
	n int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.ReadSeeker.Read(p)
	c.n += n
	return n, err
}

func (c *counting) Unpaced() io.ReadSeeker { return c.ReadSeeker }

// A large object that was cut off goes on where it was, from another process, and is told whole without being read back.
func TestPartsResume(t *testing.T) { onEach(t, resumes) }

func resumes(t *testing.T, g *gateway) {
	b := make([]byte, 36<<20)
	rand.NewChaCha8([32]byte{7}).Read(b)
	sum := uplinktest.Sum(b)
	cut := &breaking{ReadSeeker: bytes.NewReader(b), left: 28 << 20}
	if _, err := g.target(t, "p").PutIfAbsent(t.Context(), "v1/large", cut, int64(len(b)), sum); err == nil {
		t.Fatal("a body that broke off was taken")
	}
	to := g.target(t, "p") // after a restart
	if _, err := to.Head(t.Context(), "v1/large"); !errors.Is(err, uplink.ErrNoObject) {
		t.Fatalf("half an object shows: %v", err)
	}
	rest := &counting{ReadSeeker: bytes.NewReader(b)}
	existed, err := to.PutIfAbsent(t.Context(), "v1/large", rest, int64(len(b)), sum)
	if err != nil || existed {
		t.Fatalf("existed %v, %v", existed, err)
	}
	if rest.n != 12<<20 {
		t.Errorf("%d bytes left again, want the part that was cut and those behind it", rest.n)
	}
	info, err := to.Head(t.Context(), "v1/large")
	if err != nil || info.Size != int64(len(b)) {
		t.Fatalf("%+v, %v", info, err)
	}
	for what, body := range map[bool][]byte{true: b, false: append([]byte{b[0] ^ 1}, b[1:]...)} {
		if same, err := to.Same(info, bytes.NewReader(body)); err != nil || same != what {
			t.Errorf("same: %v, %v; want %v", same, err, what)
		}
	}
	if got := uplinktest.Sum(uplinktest.Read(t, to, "v1/large")); got != sum {
		t.Errorf("read back %s", got)
	}
	if existed, err := to.PutIfAbsent(t.Context(), "v1/large", bytes.NewReader(b), int64(len(b)), sum); err != nil || !existed {
		t.Errorf("again: existed %v, %v", existed, err)
	}
}

// Keys are read again when their file changes; without a change it is read once.
func TestCredentialsFile(t *testing.T) {
	g := newGateway(t, versityGW(), false)
	path := filepath.Join(t.TempDir(), "credentials")
	write := func(text string, age time.Duration) {
		t.Helper()
		when := time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Chtimes(path, when, when)); err != nil {
			t.Fatal(err)
		}
	}
	write("[default]\naws_access_key_id = "+accessKey+"\naws_secret_access_key = expired\n", time.Hour)
	to, err := s3.New(s3.Config{Endpoint: g.addr, Bucket: "plant", Credentials: path, PathStyle: true, CAFile: g.cert})
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if _, err := uplink.Probe(t.Context(), to, "gw"); err == nil || !strings.Contains(err.Error(), "HTTP 403") {
		t.Errorf("expired keys: %v", err)
	}
	write("[default]\naws_access_key_id="+accessKey+"\naws_secret_access_key="+secretKey+"\n[other]\naws_access_key_id=x\n", 0)
	if _, err := uplink.Probe(t.Context(), to, "gw"); err != nil {
		t.Errorf("renewed keys: %v", err)
	}
	write("nothing", -time.Hour)
	if _, err := uplink.Probe(t.Context(), to, "gw"); err == nil || !strings.Contains(err.Error(), "aws_access_key_id") {
		t.Errorf("no keys: %v", err)
	}
}

// tunnel is a proxy that knows CONNECT alone.
func tunnel(t *testing.T, calls *atomic.Int32) string {
	var wg sync.WaitGroup
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wg.Add(1) // the server does not wait for who took the connection over
		defer wg.Done()
		calls.Add(1)
		to, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", r.Host)
		if err != nil || r.Method != http.MethodConnect {
			http.Error(w, "no way", http.StatusBadGateway)
			return
		}
		near, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			to.Close()
			return
		}
		if _, err := io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
			t.Error(err)
		}
		wg.Go(func() { _, _ = io.Copy(to, near); to.Close() })
		wg.Go(func() { _, _ = io.Copy(near, to); near.Close() })
	}))
	t.Cleanup(func() { server.Close(); wg.Wait() })
	return server.URL
}

func TestProxy(t *testing.T) {
	g := newGateway(t, versityGW(), false)
	var calls atomic.Int32
	to, err := s3.New(s3.Config{Endpoint: g.addr, Bucket: "plant", AccessKey: accessKey, SecretKey: secretKey, PathStyle: true, CAFile: g.cert, Proxy: tunnel(t, &calls)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := uplink.Probe(t.Context(), to, "gw"); err != nil || calls.Load() == 0 {
		t.Errorf("%v, %d connections through the proxy", err, calls.Load())
	}
	if err := to.Close(); err != nil {
		t.Error(err)
	}
}

// authority is the PEM file of a test server's certificate.
func authority(t *testing.T, server *httptest.Server) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Every object asks for the encryption that is configured.
func TestEncryptionHeaders(t *testing.T) {
	for given, want := range map[string]string{"AES256": "AES256 ", "aws:kms": "aws:kms ", "aws:kms:plant-key": "aws:kms plant-key", "": " "} {
		var seen atomic.Value
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen.Store(r.Header.Get("X-Amz-Server-Side-Encryption") + " " + r.Header.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"))
			w.Header().Set("ETag", `"x"`)
		}))
		u, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		to, err := s3.New(s3.Config{Endpoint: u.Host, Bucket: "plant", AccessKey: "k", SecretKey: "s", PathStyle: true, Encryption: given, CAFile: authority(t, server)})
		if err != nil {
			t.Fatal(err)
		}
		_, err = to.PutIfAbsent(context.Background(), "v1/x", strings.NewReader("x"), 1, uplinktest.Sum([]byte("x")))
		if err != nil || seen.Load() != want {
			t.Errorf("%q: sent %q, %v", given, seen.Load(), err)
		}
		if err := to.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	}
	if _, err := s3.New(s3.Config{Endpoint: "h", Bucket: "plant", AccessKey: "k", SecretKey: "s", Encryption: "rot13"}); err == nil {
		t.Error("rot13 was taken")
	}
}
