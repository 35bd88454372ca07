// Package rtsp takes stills out of a camera's RTSP stream: on a timer, or when a tag says that a part is there.
//
//	shutter ─▶ Take ─▶ the next whole frame of the stream (RTP/JPEG, over TCP) ─▶ shutter: Deliver
//
// Only Motion JPEG can be read: there is no decoder of H.264 or H.265 in Go alone, and the gateway's program has no C in it.
package rtsp

import (
	"context"
	"fmt"

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
	cfg, err := cfg.Checked("rtsp", "rtsps")
	if err != nil {
		return nil, err
	}
	return &Collector{cfg: cfg, job: cfg.Job()}, nil
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
