// Package upload brings pictures and labels into a running gateway, through the HTTP API that cameras and the page use.
package upload

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"edgelabel/agent/label"
)

// Config of a Gateway.
type Config struct {
	URL            string // https://gateway:8443
	User, Password string // who the labels will be by
	Token          string // web.ingest.token of the gateway
	Camera         string // a camera of the gateway, with select: all and no asset
	Source         string // bring regions as proposals of this source, such as coco; empty: as labels
	HTTP           *http.Client
	Wait           func(ctx context.Context) error // before a busy gateway is asked again; nil waits five seconds
}

// maxBody bounds an answer, tries how often a busy gateway is asked.
const (
	maxBody = 16 << 20
	tries   = 10
)

// Gateway is a session with a gateway.
type Gateway struct {
	cfg Config
	tax label.Taxonomy
}

// refused is an answer other than success.
type refused struct {
	status  int
	message string
}

func (r *refused) Error() string { return fmt.Sprintf("gateway answers %d: %s", r.status, r.message) }

// Open signs in and reads the taxonomy.
func Open(ctx context.Context, cfg Config) (*Gateway, error) {
	g, err := SignIn(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := g.send(ctx, "GET", "/api/v1/taxonomy", nil, nil, &g.tax); err != nil {
		return nil, fmt.Errorf("taxonomy: %w", err)
	}
	return g, nil
}

// SignIn begins a session that brings no pictures: Token and Camera are not needed.
func SignIn(ctx context.Context, cfg Config) (*Gateway, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	client := *cfg.HTTP
	client.Jar = jar
	cfg.HTTP = &client
	cfg.URL = strings.TrimSuffix(cfg.URL, "/")
	if cfg.Wait == nil {
		cfg.Wait = fiveSeconds
	}
	g := &Gateway{cfg: cfg}
	if err := g.send(ctx, "POST", "/api/v1/session", nil, map[string]string{"user": cfg.User, "password": cfg.Password}, nil); err != nil {
		return nil, fmt.Errorf("sign in as %s: %w", cfg.User, err)
	}
	return g, nil
}

// Call sends a request of the API, body as JSON where it is not nil, and reads the answer's JSON into the last argument where it is not nil.
func (g *Gateway) Call(ctx context.Context, method, path string, body, into any) error {
	return g.send(ctx, method, path, nil, body, into)
}

func fiveSeconds(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(5 * time.Second):
		return nil
	}
}

// Picture stores a picture and returns its hash and the item that shows it; no item when the camera does not make one of it.
func (g *Gateway) Picture(ctx context.Context, name string, data []byte) (sha256, item string, err error) {
	query := url.Values{"camera": {g.cfg.Camera}, "name": {name}}
	var out struct{ SHA256, Item string }
	err = g.send(ctx, "POST", "/ingest/v1/images?"+query.Encode(), map[string]string{"Authorization": "Bearer " + g.cfg.Token}, data, &out)
	return out.SHA256, out.Item, err
}

// Label adds a label once, however often it is sent with the same key. labeled is true, and nothing is changed, when the item has a label
// already.
func (g *Gateway) Label(ctx context.Context, item string, d label.Draft, key string) (labeled bool, err error) {
	return conflicts(g.send(ctx, "POST", "/api/v1/items/"+url.PathEscape(item)+"/labels", map[string]string{"Idempotency-Key": key}, d, nil))
}

// Propose brings regions of a picture that nobody has confirmed. late is true, and nothing is changed, when the item has a label already
// or has left for the centre without one.
func (g *Gateway) Propose(ctx context.Context, item, sha256 string, regions []label.Region) (late bool, err error) {
	body := map[string]any{"image": sha256, "source": g.cfg.Source, "regions": regions}
	return conflicts(g.send(ctx, "POST", "/api/v1/items/"+url.PathEscape(item)+"/proposals", nil, body, nil))
}

func conflicts(err error) (bool, error) {
	var r *refused
	if errors.As(err, &r) && r.status == http.StatusConflict {
		return true, nil
	}
	return false, err
}

// send asks again while the gateway is busy. A body that is bytes goes as it is, any other as JSON.
func (g *Gateway) send(ctx context.Context, method, path string, header map[string]string, body, into any) error {
	raw, isRaw := body.([]byte)
	if body != nil && !isRaw {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return err
		}
	}
	for try := 1; ; try++ {
		err := g.once(ctx, method, path, header, raw, isRaw, into)
		var r *refused
		if try == tries || !errors.As(err, &r) || r.status != http.StatusServiceUnavailable && r.status != http.StatusTooManyRequests {
			return err
		}
		if err := g.cfg.Wait(ctx); err != nil {
			return err
		}
	}
}

func (g *Gateway) once(ctx context.Context, method, path string, header map[string]string, body []byte, isRaw bool, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, g.cfg.URL+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if isRaw {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := g.cfg.HTTP.Do(req)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return &refused{resp.StatusCode, explain(answer)}
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}

// explain is the message of an error's answer.
func explain(answer []byte) string {
	var body struct{ Error struct{ Message string } }
	if json.Unmarshal(answer, &body) == nil && body.Error.Message != "" {
		return body.Error.Message
	}
	return strings.TrimSpace(string(answer[:min(len(answer), 200)]))
}
