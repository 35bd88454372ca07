//go:build e2e

package e2e_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// badLine stands between the agent and a bucket over https and does what bad lines and bad stores do:
//
//	agent ─ https ─▶ badLine ─ https ─▶ bucket
type badLine struct {
	port  int
	to    *httputil.ReverseProxy
	every int64 // each so manieth request meets a trouble
	n     atomic.Int64

	mu    sync.Mutex
	conns map[net.Conn]bool
	met   map[string]int // troubles by name
}

func startBadLine(t *testing.T, b *bucket, every int64) *badLine {
	t.Helper()
	far, err := url.Parse(fmt.Sprintf("https://127.0.0.1:%d", b.port))
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(b.cert, strings.Replace(b.cert, "cert.pem", "key.pem", 1))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	l := &badLine{port: listener.Addr().(*net.TCPAddr).Port, every: every, conns: map[net.Conn]bool{}, met: map[string]int{}}
	l.to = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(far)
			r.Out.Host = r.In.Host // it is signed
		},
		Transport:    &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableCompression: true},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	server := &http.Server{Handler: l, ConnState: l.note, ErrorLog: nil}
	server.ErrorLog = quiet()
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return l
}

func (l *badLine) url() string {
	return fmt.Sprintf("s3://labels/plant?endpoint=https://127.0.0.1:%d", l.port)
}

func (l *badLine) note(c net.Conn, s http.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s == http.StateClosed || s == http.StateHijacked {
		delete(l.conns, c)
	} else {
		l.conns[c] = true
	}
}

// cut breaks every connection, in the middle of whatever it carries.
func (l *badLine) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		c.Close()
	}
}

// troubles in turn. Each ends the request, except those that return true.
func (l *badLine) troubles() []struct {
	name string
	make func(http.ResponseWriter, *http.Request) (goOn bool)
} {
	type handle = func(http.ResponseWriter, *http.Request) bool
	const failed = `<?xml version="1.0"?><Error><Code>InternalError</Code><Message>injected</Message></Error>`
	return []struct {
		name string
		make handle
	}{
		{"503", func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return false
		}},
		{"500 with a body", func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, failed)
			return false
		}},
		{"200 with an error body", func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("ETag", `"d41d8cd98f00b204e9800998ecf8427e"`)
			_, _ = io.WriteString(w, failed)
			return false
		}},
		{"reset before", func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }},
		{"reset after", func(_ http.ResponseWriter, r *http.Request) bool {
			l.to.ServeHTTP(&deaf{h: http.Header{}}, r)
			panic(http.ErrAbortHandler)
		}},
		{"reset inside", func(_ http.ResponseWriter, r *http.Request) bool {
			_, _ = io.CopyN(io.Discard, r.Body, 1000)
			panic(http.ErrAbortHandler)
		}},
		{"slow answer", func(http.ResponseWriter, *http.Request) bool { time.Sleep(500 * time.Millisecond); return true }},
		{"wrong checksum", func(w http.ResponseWriter, r *http.Request) bool {
			l.to.ServeHTTP(&liar{w}, r)
			return false
		}},
		{"black hole", func(_ http.ResponseWriter, r *http.Request) bool {
			select {
			case <-r.Context().Done():
			case <-time.After(3 * time.Second):
			}
			panic(http.ErrAbortHandler)
		}},
	}
}

func (l *badLine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if n := l.n.Add(1); l.every > 0 && n%l.every == 0 {
		all := l.troubles()
		trouble := all[n/l.every%int64(len(all))]
		l.mu.Lock()
		l.met[trouble.name]++
		l.mu.Unlock()
		if !trouble.make(w, r) {
			return
		}
	}
	l.to.ServeHTTP(w, r)
}

// deaf takes an answer and tells nobody.
type deaf struct{ h http.Header }

func (d *deaf) Header() http.Header         { return d.h }
func (d *deaf) Write(b []byte) (int, error) { return len(b), nil }
func (d *deaf) WriteHeader(int)             {}

// liar gives another checksum than the store did.
type liar struct{ http.ResponseWriter }

func (l *liar) WriteHeader(code int) {
	h := l.Header()
	if h.Get("X-Amz-Checksum-Sha256") != "" {
		h.Set("X-Amz-Checksum-Sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
	}
	h.Set("ETag", `"00000000000000000000000000000000"`)
	l.ResponseWriter.WriteHeader(code)
}
