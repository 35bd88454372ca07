package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// failure is an answer other than the one wanted, or none.
type failure struct {
	status int // 0 without an answer
	text   string
	err    error
	pause  time.Duration
}

func (f *failure) Error() string {
	if f.status == 0 {
		return f.err.Error()
	}
	return fmt.Sprintf("HTTP %d: %s", f.status, f.text)
}

func (f *failure) Unwrap() error { return f.err }

// RetryAfter is how long the store asked to be left alone; 0 when it did not.
func (f *failure) RetryAfter() time.Duration { return f.pause }

func unwrapped(err error) error {
	var f *failure
	if errors.As(err, &f) {
		return f.err
	}
	return err
}

// retryAfter carries the header of that name past the client library, which does not hand it on.
type retryAfter struct{ pause atomic.Int64 }

func (r *retryAfter) get() time.Duration { return time.Duration(r.pause.Load()) }

type askKey struct{}

func asking(ctx context.Context) (context.Context, *retryAfter) {
	r := &retryAfter{}
	return context.WithValue(ctx, askKey{}, r), r
}

// maxPause bounds what a store may ask for.
const maxPause = time.Hour

// watch notes Retry-After, in seconds.
type watch struct{ http.RoundTripper }

func (w watch) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.RoundTripper.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if r, ok := req.Context().Value(askKey{}).(*retryAfter); ok {
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
			r.pause.Store(int64(min(time.Duration(min(s, 1<<20))*time.Second, maxPause)))
		}
	}
	return resp, nil
}
