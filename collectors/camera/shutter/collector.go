package shutter

import (
	"context"
	"fmt"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
)

// Connect reaches a camera, hands it to use and lets go of it. The context of use ends with the connection.
type Connect func(ctx context.Context, a Asked, status *collectors.Status, use func(context.Context, Camera) error) error

// Collector is a camera that is asked. It implements collectors.Collector; Run must not be called while another Run is going on.
type Collector struct {
	cfg     Asked
	job     Job
	connect Connect
}

var _ collectors.Collector = (*Collector)(nil)

// NewCollector checks the configuration. It opens nothing. schemes are those that the camera's address may have.
func NewCollector(a Asked, connect Connect, schemes ...string) (*Collector, error) {
	a, err := a.checked(schemes...)
	if err != nil {
		return nil, err
	}
	return &Collector{cfg: a, job: Job{Name: a.Name, Limits: a.Limits, Now: a.Now}, connect: connect}, nil
}

// Name implements collectors.Collector.
func (c *Collector) Name() string { return c.cfg.Name }

// Run asks for pictures until ctx ends or the camera does not give one.
func (c *Collector) Run(ctx context.Context, sink collectors.Sink, status *collectors.Status) error {
	err := c.connect(ctx, c.cfg, status, func(ctx context.Context, cam Camera) error {
		c.job.Camera = cam
		return c.cfg.Shutter.Run(ctx, &c.job, sink, status)
	})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("camera %s: %w", c.cfg.Name, err)
	}
	return nil
}

// Probe asks for one picture and looks at it.
func (c *Collector) Probe(ctx context.Context) error {
	return c.connect(ctx, c.cfg, collectors.NewStatus(c.cfg.Name, c.cfg.Now), func(ctx context.Context, cam Camera) error {
		data, err := cam.Take(ctx)
		if err == nil {
			_, _, _, err = camera.Inspect(data, c.cfg.Limits)
		}
		return err
	})
}
