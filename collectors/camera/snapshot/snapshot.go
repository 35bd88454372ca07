// Package snapshot asks a camera for pictures over HTTP: on a timer, or when a tag says that a part is there.
//
//	shutter ─▶ GET (basic or digest, private authority) ─▶ one picture ─▶ shutter: Deliver
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
	"edgelabel/collectors/camera/shutter"
)

// DefaultTimeout is that of Config.
const DefaultTimeout = 5 * time.Second

// Config describes one camera. The zero value of a field with a default means it.
type Config struct {
	Name     string // the camera, and the source
	URL      string // http or https, without user and password
	User     string // empty signs in nowhere
	Password string
	// CAFile is a PEM of the authority that vouches for the camera; empty trusts the system's. It is read at every connection attempt.
	CAFile        string
	AllowInsecure bool // any certificate is taken, and a password goes to a camera without TLS in clear

	Timeout time.Duration // for one picture, from the request to its last byte
	Shutter *shutter.Shutter
	Limits  camera.Limits
	Now     func() time.Time
}

// Collector is one camera. It implements collectors.Collector; Run must not be called while another Run is going on.
type Collector struct {
	cfg Config
	job shutter.Job
}

var _ collectors.Collector = (*Collector)(nil)

// New checks the configuration. It opens nothing.
func New(cfg Config) (*Collector, error) {
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Limits.Bytes == 0 {
		cfg.Limits.Bytes = camera.DefaultMaxBytes
	}
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("camera %q: %w", cfg.Name, err)
	}
	return &Collector{cfg: cfg, job: shutter.Job{Name: cfg.Name, Limits: cfg.Limits, Now: cfg.Now}}, nil
}

func (c *Config) check() error {
	at, err := url.Parse(c.URL)
	switch {
	case c.Name == "":
		return errors.New("name is missing")
	case err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https":
		return errors.New("want an http or https address")
	case at.User != nil:
		return errors.New("user and password have keys of their own: an address is shown and logged")
	case c.User == "" && c.Password != "":
		return errors.New("a password without a user")
	case c.Timeout < 0 || c.Limits.Bytes < 0:
		return errors.New("timeout and limits: want above zero")
	case c.Shutter == nil:
		return errors.New("nothing says when to take a picture")
	}
	return nil
}

// Name implements collectors.Collector.
func (c *Collector) Name() string { return c.cfg.Name }

// Run asks for pictures until ctx ends or the camera does not give one.
func (c *Collector) Run(ctx context.Context, sink collectors.Sink, status *collectors.Status) error {
	conn, err := dial(c.cfg)
	if err != nil {
		return fmt.Errorf("camera %s: %w", c.cfg.Name, err)
	}
	defer conn.client.CloseIdleConnections()
	c.job.Camera = conn
	if err := c.cfg.Shutter.Run(ctx, &c.job, sink, status); err != nil && ctx.Err() == nil {
		return fmt.Errorf("camera %s: %w", c.cfg.Name, err)
	}
	return nil
}

// Probe asks for one picture and looks at it.
func Probe(ctx context.Context, cfg Config) error {
	c, err := New(cfg)
	if err != nil {
		return err
	}
	conn, err := dial(c.cfg)
	if err != nil {
		return err
	}
	defer conn.client.CloseIdleConnections()
	data, err := conn.Take(ctx)
	if err == nil {
		_, _, _, err = camera.Inspect(data, c.cfg.Limits)
	}
	return err
}

// dial prepares a connection; nothing is sent yet.
func dial(cfg Config) (*connection, error) {
	conf, err := camera.ClientTLS(cfg.CAFile, cfg.AllowInsecure)
	if err != nil {
		return nil, err
	}
	client := &http.Client{
		Transport: &http.Transport{TLSClientConfig: conf, MaxIdleConns: 1, DisableCompression: true, Proxy: nil},
		// The password is for the configured address, and for nobody whom it points to.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &connection{cfg: cfg, client: client}, nil
}
