package ui

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"edgelabel/agent/label"
	"edgelabel/ui/auth"
)

// refusal is an error that a handler itself finds; its text is for the browser.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

func refuse(status int, text string) error { return &refusal{status, text} }

func invalid(format string, args ...any) error {
	return &refusal{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type failure struct {
	Error  problem      `json:"error"`
	Newest *label.Label `json:"newest,omitempty"` // of a conflict
}

// statusOf is the one place where an error becomes an answer. The text is empty for an error that a browser must not see.
func statusOf(err error) (status int, text string) {
	var own *refusal
	var conflict *label.Conflict
	var limited *auth.Limited
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &own):
		return own.status, own.text
	case errors.As(err, &conflict):
		return http.StatusConflict, "somebody labelled this item in the meantime"
	case errors.As(err, &limited):
		return http.StatusTooManyRequests, limited.Error()
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, fmt.Sprintf("the request is longer than %d bytes", tooLarge.Limit)
	case errors.Is(err, label.ErrSamePerson):
		return http.StatusForbidden, "nobody reviews their own label"
	case errors.Is(err, label.ErrInvalid):
		return http.StatusBadRequest, err.Error()
	case errors.Is(err, auth.ErrDenied):
		return http.StatusUnauthorized, "not signed in"
	case errors.Is(err, label.ErrNotFound):
		return http.StatusNotFound, "not found"
	case errors.Is(err, label.ErrFrozen):
		return http.StatusConflict, "this item can no longer change"
	case errors.Is(err, label.ErrStale):
		return http.StatusConflict, "somebody changed this in the meantime: read it again"
	case errors.Is(err, label.ErrFull):
		return http.StatusInsufficientStorage, "the gateway's disk is full: nothing was saved"
	}
	return http.StatusInternalServerError, ""
}

// codeOf names a status as the API does.
func codeOf(status int) string {
	switch status {
	case http.StatusNotFound:
		return "not_found"
	case http.StatusConflict:
		return "conflict"
	case http.StatusUnauthorized:
		return "unauthorized"
	case http.StatusForbidden:
		return "forbidden"
	case http.StatusInsufficientStorage:
		return "full"
	case http.StatusRequestEntityTooLarge:
		return "too_large"
	case http.StatusTooManyRequests:
		return "rate_limited"
	}
	if status < http.StatusInternalServerError {
		return "invalid"
	}
	return "internal"
}

// fail answers with the error. What nobody foresaw is logged with the request's id, and only the id is shown.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // nobody is there to read it
	}
	status, text := statusOf(err)
	if text == "" {
		s.counters.failures.Add(1)
		id := requestID(w)
		s.cfg.Log.Error("request failed", "request", id, "method", r.Method, "path", r.URL.Path, "err", err)
		text = "something went wrong on the gateway; its log has the reason under request " + id
	}
	if began(w) {
		return // too late for an answer: the browser sees a short one
	}
	body := failure{Error: problem{Code: codeOf(status), Message: text}}
	if conflict := new(label.Conflict); errors.As(err, &conflict) {
		body.Newest = &conflict.Newest
	}
	if limited := new(auth.Limited); errors.As(err, &limited) {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(limited.Retry.Seconds()))))
	}
	w.Header().Del("ETag")
	w.Header().Set("Cache-Control", "no-store")
	if err := answer(w, status, body); err != nil {
		s.cfg.Log.Error("answer lost", "request", requestID(w), "err", err)
	}
}
