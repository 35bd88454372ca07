package ui

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync/atomic"
)

// policy lets the page load from this gateway only and be framed by nobody.
const policy = "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; script-src 'self'; connect-src 'self'; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

type counters struct {
	panics, failures, foreign atomic.Uint64
}

// Counters are totals since the start, and Pages is how many pages listen for hints now.
type Counters struct {
	Pages        int
	Hints        uint64 // hints sent to pages
	SlowPages    uint64 // pages closed because they did not keep up
	RefusedPages uint64 // pages sent away because too many listened
	Failures     uint64 // requests that failed for a reason nobody foresaw
	Panics       uint64
	Foreign      uint64 // unsafe requests of other sites, refused
	Decoded      uint64 // images decoded for previews and tiles
	Busy         uint64 // requests for pictures or signals sent away because too many waited
}

// Counters says how the page is doing.
func (s *Server) Counters() Counters {
	hub := s.hub.Counters()
	return Counters{
		Pages: hub.Pages, Hints: hub.Sent, SlowPages: hub.Slow, RefusedPages: hub.Refused,
		Failures: s.counters.failures.Load(), Panics: s.counters.panics.Load(), Foreign: s.counters.foreign.Load(),
		Decoded: s.pictures.decoded.Load(), Busy: s.pictures.gate.busy.Load() + s.windows.gate.busy.Load() + s.counting.busy.Load(),
	}
}

// guard is what every request passes first.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(plain http.ResponseWriter, r *http.Request) {
		w := &response{ResponseWriter: plain, id: s.cfg.NewID()}
		defer s.recovered(w, r)
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Request-Id", w.id)
		if foreign(r) {
			s.counters.foreign.Add(1)
			s.fail(w, r, refuse(http.StatusForbidden, "this request comes from another site"))
			return
		}
		if !strings.HasPrefix(r.URL.Path, "/ingest/") { // pictures have a limit of their own
			r.Body = http.MaxBytesReader(w, r.Body, s.cfg.MaxBody)
		}
		next.ServeHTTP(w, r)
	})
}

// recovered keeps one request's panic from ending the agent.
func (s *Server) recovered(w *response, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v) // net/http's own way to break off an answer
	}
	s.counters.panics.Add(1)
	s.cfg.Log.Error("request panicked", "request", w.id, "method", r.Method, "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
	s.fail(w, r, refuse(http.StatusInternalServerError, "something went wrong on the gateway; its log has the reason under request "+w.id))
}

// foreign reports whether another site makes the browser send a request that changes something. A program that is no browser sends
// neither header; it has no cookie that somebody else could use.
func foreign(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || !strings.EqualFold(u.Host, r.Host)
}

// response remembers its request's id and whether the answer has begun.
type response struct {
	http.ResponseWriter
	id    string
	begun bool
}

func (w *response) WriteHeader(status int) {
	w.begun = w.begun || status >= http.StatusOK
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(b []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(b)
}

// Hijack hands the connection to the live hub.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	h, ok := w.ResponseWriter.(http.Hijacker)
	if !ok {
		return nil, nil, errors.New("this connection cannot be taken over")
	}
	w.begun = true
	return h.Hijack()
}

// Unwrap lets http.ResponseController reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func requestID(w http.ResponseWriter) string {
	if own, ok := w.(*response); ok {
		return own.id
	}
	return ""
}

func began(w http.ResponseWriter) bool {
	own, ok := w.(*response)
	return ok && own.begun
}

// address is the sender's, without port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
