package snapshot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"edgelabel/collectors/camera"
	"edgelabel/collectors/camera/shutter"
)

// maxDrain is read of an answer that is not wanted, so that its connection can be used again.
const maxDrain = 64 << 10

// errSignIn says that the camera refuses user and password, or asks for a way to sign in that is not known here.
var errSignIn = errors.New("the camera does not let this user in")

// connection is one run's.
type connection struct {
	cfg    Config
	client *http.Client
	ask    challenge // of the camera, once it has asked
	etag   string    // of the newest picture
}

var _ shutter.Camera = (*connection)(nil)

// Take implements shutter.Camera.
func (c *connection) Take(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	answer, err := c.get(ctx)
	if err == nil && answer.StatusCode == http.StatusUnauthorized {
		answer, err = c.signIn(ctx, answer)
	}
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusNotModified:
		return nil, shutter.ErrSame
	case http.StatusOK:
	case http.StatusUnauthorized:
		c.ask = challenge{}
		return nil, errSignIn
	default:
		drain(answer)
		return nil, fmt.Errorf("the camera answers %s", answer.Status)
	}
	data, err := c.read(answer)
	if err == nil {
		c.etag = answer.Header.Get("ETag")
	}
	return data, err
}

func (c *connection) get(ctx context.Context) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.cfg.URL, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Cache-Control", "no-cache")
	r.Header.Set("User-Agent", "edgelabel")
	if c.etag != "" {
		r.Header.Set("If-None-Match", c.etag)
	}
	if err := c.ask.authorize(r, c.cfg.User, c.cfg.Password); err != nil {
		return nil, err
	}
	answer, err := c.client.Do(r)
	if e, is := errors.AsType[*url.Error](err); is {
		err = e.Err // the address is known, and may hold a key
	}
	if err != nil {
		return nil, fmt.Errorf("ask for a picture: %w", err)
	}
	return answer, nil
}

// signIn answers the camera's challenge. A nonce that has grown old is asked for anew in the same way.
func (c *connection) signIn(ctx context.Context, refused *http.Response) (*http.Response, error) {
	drain(refused)
	if c.cfg.User == "" {
		return nil, fmt.Errorf("%w: it wants a user and a password", errSignIn)
	}
	ask, err := parseChallenges(refused.Header.Values("WWW-Authenticate"))
	if err != nil {
		return nil, err
	}
	if ask.basic && !c.cfg.AllowInsecure && refused.Request.URL.Scheme != "https" {
		return nil, fmt.Errorf("%w: the password would travel in clear; use https, or allow_insecure: true", errSignIn)
	}
	c.ask = ask
	return c.get(ctx)
}

func drain(r *http.Response) {
	_, _ = io.CopyN(io.Discard, r.Body, maxDrain) // only for the connection's sake
	_ = r.Body.Close()
}

// read takes one picture from an answer, within the limit. Of a stream of pictures it is the first.
func (c *connection) read(answer *http.Response) ([]byte, error) {
	most := c.cfg.Limits.Bytes
	if answer.ContentLength > most {
		return nil, fmt.Errorf("%w: %d, at most %d are allowed", camera.ErrBytes, answer.ContentLength, most)
	}
	body := io.Reader(answer.Body)
	if kind, params, err := mime.ParseMediaType(answer.Header.Get("Content-Type")); err == nil && kind == "multipart/x-mixed-replace" {
		part, err := multipart.NewReader(body, trimDashes(params["boundary"])).NextPart()
		if err != nil {
			return nil, fmt.Errorf("read the first picture of the stream: %w", err)
		}
		body = part
	}
	b := bytes.NewBuffer(make([]byte, 0, max(answer.ContentLength, 0)+bytes.MinRead))
	if _, err := b.ReadFrom(io.LimitReader(body, most+1)); err != nil {
		return nil, fmt.Errorf("read picture after %d bytes: %w", b.Len(), err)
	}
	if int64(b.Len()) > most {
		return nil, fmt.Errorf("%w: at most %d are allowed", camera.ErrBytes, most)
	}
	return b.Bytes(), nil
}

// trimDashes undoes what some cameras do: they announce the boundary with the dashes that stand before it in the body.
func trimDashes(boundary string) string {
	if len(boundary) > 2 && boundary[:2] == "--" {
		return boundary[2:]
	}
	return boundary
}
