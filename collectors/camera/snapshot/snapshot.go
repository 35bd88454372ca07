// Package snapshot asks a camera for pictures over HTTP: on a timer, or when a tag says that a part is there.
//
//	shutter ─▶ GET (basic or digest, private authority) ─▶ one picture ─▶ shutter: Deliver
package snapshot

import (
	"context"
	"fmt"
	"net/http"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
	"edgelabel/collectors/camera/shutter"
)

// Config describes one camera.
type Config = shutter.Asked

// Collector is one camera. It implements collectors.Collector; Run must not be called while another Run is going on.
type Collector struct {
	cfg Config
	job shutter.Job
}

var _ collectors.Collector = (*Collector)(nil)

// New checks the configuration. It opens nothing.
func New(cfg Config) (*Collector, error) {
	cfg, err := cfg.Checked("http", "https")
	if err != nil {
		return nil, err
	}
	return &Collector{cfg: cfg, job: cfg.Job()}, nil
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
