// Package rtsp takes stills out of a camera's RTSP stream: on a timer, or when a tag says that a part is there.
//
//	shutter ─▶ Take ─▶ the next whole frame of the stream (RTP/JPEG, over TCP) ─▶ shutter: Deliver
//
// Only Motion JPEG can be read: there is no decoder of H.264 or H.265 in Go alone, and the gateway's program has no C in it.
package rtsp

import (
	"context"
	"errors"
	"fmt"
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
	URL      string // rtsp or rtsps, without user and password
	User     string // empty signs in nowhere
	Password string
	// CAFile is a PEM of the authority that vouches for the camera (rtsps); empty trusts the system's. It is read at every connection attempt.
	CAFile        string
	AllowInsecure bool // any certificate is taken

	Timeout time.Duration // for each answer of the camera, and for a frame to come
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
	case err != nil || at.Hostname() == "" || at.Scheme != "rtsp" && at.Scheme != "rtsps":
		return errors.New("want an rtsp or rtsps address")
	case at.User != nil:
		return errors.New("user and password have keys of their own: an address is shown and logged")
	case c.User == "" && c.Password != "":
		return errors.New("a password without a user")
	case c.Timeout < 0:
		return errors.New("timeout: want above zero")
	case c.Shutter == nil:
		return errors.New("nothing says when to take a picture")
	}
	return nil
}

// Name implements collectors.Collector.
func (c *Collector) Name() string { return c.cfg.Name }

// Run plays the stream and takes pictures out of it until ctx ends, or until the stream does.
func (c *Collector) Run(ctx context.Context, sink collectors.Sink, status *collectors.Status) error {
	err := play(ctx, c.cfg, status, func(ctx context.Context, s *stream) error {
		c.job.Camera = s
		return c.cfg.Shutter.Run(ctx, &c.job, sink, status)
	})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("camera %s: %w", c.cfg.Name, err)
	}
	return nil
}

// Probe plays the stream until one whole frame has come.
func Probe(ctx context.Context, cfg Config) error {
	c, err := New(cfg)
	if err != nil {
		return err
	}
	return play(ctx, c.cfg, collectors.NewStatus(cfg.Name, c.cfg.Now), func(ctx context.Context, s *stream) error {
		data, err := s.Take(ctx)
		if err == nil {
			_, _, _, err = camera.Inspect(data, cfg.Limits)
		}
		return err
	})
}
