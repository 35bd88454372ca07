// Package rtsp takes stills out of a camera's RTSP stream: on a timer, or when a tag says that a part is there.
//
//	shutter ─▶ Take ─▶ the next whole frame of the stream (RTP/JPEG, over TCP) ─▶ shutter: Deliver
//
// Only Motion JPEG can be read: there is no decoder of H.264 or H.265 in Go alone, and the gateway's program has no C in it.
package rtsp

import (
	"context"

	"edgelabel/collectors/camera/shutter"
)

// Config describes one camera.
type Config = shutter.Asked

// New checks the configuration. It opens nothing. The collector plays the stream until that ends.
func New(cfg Config) (*shutter.Collector, error) {
	return shutter.NewCollector(cfg, play, "rtsp", "rtsps")
}

// Probe asks for one picture and looks at it.
func Probe(ctx context.Context, cfg Config) error {
	c, err := New(cfg)
	if err != nil {
		return err
	}
	return c.Probe(ctx)
}
