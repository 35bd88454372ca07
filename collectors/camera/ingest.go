package camera

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"edgelabel/collectors"
)

// Defaults of IngestConfig.
const (
	DefaultConcurrent = 4
	DefaultWait       = 10 * time.Second
)

const (
	retryAfter  = "5" // seconds
	readTimeout = time.Minute
)

// IngestConfig describes POST /ingest/v1/images.
type IngestConfig struct {
	Cameras    map[string]IngestCamera // by name
	Token      string                  // good for every camera; empty for none
	Sink       collectors.Sink
	Limits     Limits
	Concurrent int           // pictures in memory at a time
	Wait       time.Duration // for a free place, and then for the sink
	Location   *time.Location
	Now        func() time.Time
	Log        *slog.Logger
}

// IngestCamera is a camera that may send.
type IngestCamera struct {
	Token    string             // good for this camera only; empty for none
	Status   *collectors.Status // where its pictures are counted
	ResultOK []string
	ResultNG []string
}

// Ingest takes pictures over HTTP: the bytes as body with the metadata in the query, or multipart/form-data with a file field "image" and
// the metadata as fields. Metadata: camera (required), name, part, time, result, product, recipe, job. The token comes as
// "Authorization: Bearer …". It answers 201 after the picture is on disk, 200 when it was there already, both with {"sha256","item"};
// 400 bad metadata, 401 token, 413 too many bytes, 415 no picture or a truncated one, 422 too many pixels, 503 with Retry-After when
// the gateway cannot store it now.
type Ingest struct {
	cfg   IngestConfig
	slots chan struct{}
}

var _ http.Handler = (*Ingest)(nil)

// NewIngest checks the configuration. Without any token nobody may send.
func NewIngest(cfg IngestConfig) (*Ingest, error) {
	cfg.Concurrent, cfg.Wait = cmp.Or(cfg.Concurrent, DefaultConcurrent), cmp.Or(cfg.Wait, DefaultWait)
	cfg.Limits.Bytes, cfg.Limits.Pixels = cmp.Or(cfg.Limits.Bytes, DefaultMaxBytes), cmp.Or(cfg.Limits.Pixels, DefaultMaxPixels)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Concurrent < 1 || cfg.Limits.Bytes < 1 || cfg.Limits.Pixels < 1 {
		return nil, fmt.Errorf("image ingest: %d at a time, %d bytes, %d pixels: want above zero", cfg.Concurrent, cfg.Limits.Bytes, cfg.Limits.Pixels)
	}
	for name, c := range cfg.Cameras {
		if c.Status == nil {
			return nil, fmt.Errorf("image ingest: camera %q has no status", name)
		}
	}
	return &Ingest{cfg: cfg, slots: make(chan struct{}, cfg.Concurrent)}, nil
}

// problem is an answer other than success.
type problem struct {
	status  int
	code    string
	message string
}

func (p *problem) Error() string { return p.message }

func fault(status int, code, format string, args ...any) *problem {
	return &problem{status, code, fmt.Sprintf(format, args...)}
}

// ServeHTTP implements http.Handler.
func (in *Ingest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	stored, err := in.serve(w, r)
	if err == nil {
		status := http.StatusCreated
		if stored.Duplicate {
			status = http.StatusOK
		}
		in.answer(w, status, map[string]string{"sha256": stored.SHA256, "item": stored.Item})
		return
	}
	p := in.explain(r, err)
	switch p.status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", retryAfter)
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	}
	in.answer(w, p.status, map[string]any{"error": map[string]string{"code": p.code, "message": p.message}})
}

func (in *Ingest) serve(w http.ResponseWriter, r *http.Request) (collectors.Stored, error) {
	var none collectors.Stored
	if r.Method != http.MethodPost {
		return none, fault(http.StatusMethodNotAllowed, "invalid", "want POST")
	}
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !in.knows(token) { // before anything is read
		return none, fault(http.StatusUnauthorized, "unauthorized", "token is missing or unknown")
	}
	ctx, cancel := context.WithTimeout(r.Context(), in.cfg.Wait)
	defer cancel()
	select {
	case in.slots <- struct{}{}:
		defer func() { <-in.slots }()
	case <-ctx.Done():
		return none, fault(http.StatusServiceUnavailable, "full", "%d pictures are being stored already", in.cfg.Concurrent)
	}
	u, err := in.readInTime(w, r)
	if err != nil {
		return none, err
	}
	cam, known := in.cfg.Cameras[u.camera]
	if !in.may(token, cam) { // also when it is unknown: a token for one camera must not tell which others there are
		return none, fault(http.StatusUnauthorized, "unauthorized", "token is not good for this camera")
	}
	if !known {
		return none, fault(http.StatusBadRequest, "invalid", "camera %q is not configured", u.camera)
	}
	return in.store(r.Context(), u, cam)
}

// readInTime keeps a sender that stalls from holding its place for ever.
func (in *Ingest) readInTime(w http.ResponseWriter, r *http.Request) (upload, error) {
	c := http.NewResponseController(w)
	if err := c.SetReadDeadline(time.Now().Add(readTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return upload{}, fmt.Errorf("limit the time to read: %w", err)
	}
	u, err := in.read(w, r)
	if err != nil {
		return u, err
	}
	if err := c.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return u, fmt.Errorf("limit the time to read: %w", err)
	}
	return u, nil
}

func (in *Ingest) store(ctx context.Context, u upload, cam IngestCamera) (collectors.Stored, error) {
	var none collectors.Stored
	p, err := u.picture(newWords(cam.ResultOK, cam.ResultNG), in.cfg.Location, in.cfg.Now().UnixNano())
	if err != nil {
		cam.Status.Reject("metadata")
		return none, err
	}
	ctx, cancel := context.WithTimeout(ctx, in.cfg.Wait)
	defer cancel()
	return Deliver(ctx, in.cfg.Sink, cam.Status, p, in.cfg.Limits)
}

// explain turns an error into an answer. One that is unknown is logged, and told to the camera only as "not now".
func (in *Ingest) explain(r *http.Request, err error) *problem {
	if p, is := errors.AsType[*problem](err); is {
		return p
	}
	switch {
	case errors.Is(err, ErrBytes):
		return fault(http.StatusRequestEntityTooLarge, "too_large", "%v", err)
	case errors.Is(err, ErrPixels):
		return fault(http.StatusUnprocessableEntity, "invalid", "%v", err)
	case errors.Is(err, ErrFormat), errors.Is(err, ErrTruncated), errors.Is(err, ErrEmpty):
		return fault(http.StatusUnsupportedMediaType, "invalid", "%v", err)
	case errors.Is(err, collectors.ErrRejected):
		return fault(http.StatusUnprocessableEntity, "invalid", "the gateway cannot keep this picture")
	}
	in.cfg.Log.Warn("picture was not stored", "from", r.RemoteAddr, "err", err)
	return fault(http.StatusServiceUnavailable, "full", "the gateway cannot store pictures now")
}

func (in *Ingest) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		in.cfg.Log.Debug("camera did not wait for its answer", "err", err)
	}
}

// knows reports whether the token is good for any camera.
func (in *Ingest) knows(token string) bool {
	ok := equal(token, in.cfg.Token)
	for _, c := range in.cfg.Cameras {
		ok = equal(token, c.Token) || ok // always all of them, so that time does not tell
	}
	return ok
}

func (in *Ingest) may(token string, c IngestCamera) bool {
	general, own := equal(token, in.cfg.Token), equal(token, c.Token)
	return general || own
}

// equal compares in constant time. An empty secret is equal to nothing.
func equal(token, secret string) bool {
	a, b := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && secret != ""
}
