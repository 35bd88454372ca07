package sources

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"edgelabel/agent/config"
	"edgelabel/collectors/camera/rtsp"
	"edgelabel/collectors/camera/snapshot"
	"edgelabel/collectors/mqtt"
	"edgelabel/collectors/opcua"
	"edgelabel/collectors/sparkplug"
)

// Probe tries one source.
type Probe struct {
	Kind, Name string
	Try        func(ctx context.Context) error
}

// Probes lists how each source that is called is tried. The one of an OPC UA server makes this gateway's certificate when there is none yet.
func (s *Sources) Probes() []Probe {
	var all []Probe
	for _, o := range s.cfg.OPCUA {
		all = append(all, Probe{OPCUA, o.Name, func(ctx context.Context) error { return opcua.Probe(ctx, s.opcua(o)) }})
	}
	for _, m := range s.cfg.MQTT {
		all = append(all, Probe{MQTT, m.Name, func(ctx context.Context) error { return mqtt.Probe(ctx, s.Broker(m)) }})
	}
	for _, p := range s.cfg.Sparkplug {
		all = append(all, Probe{Sparkplug, p.Name, func(ctx context.Context) error { return sparkplug.Probe(ctx, s.sparkplug(p)) }})
	}
	for _, c := range s.cfg.Cameras {
		if try := s.probeCamera(c); try != nil {
			all = append(all, Probe{Camera, c.Name, try})
		}
	}
	return all
}

// probeCamera tries a camera that is called; nil when others come to us with its pictures.
func (s *Sources) probeCamera(c config.Camera) func(context.Context) error {
	switch {
	case c.Folder != nil:
		return func(context.Context) error { return canMove(c.Folder.Dir) }
	case c.Snapshot != nil:
		return func(ctx context.Context) error {
			asked, err := s.asked(c.Name, c.Snapshot)
			if err != nil {
				return err
			}
			return snapshot.Probe(ctx, asked)
		}
	case c.RTSP != nil:
		return func(ctx context.Context) error {
			asked, err := s.asked(c.Name, c.RTSP)
			if err != nil {
				return err
			}
			return rtsp.Probe(ctx, asked)
		}
	}
	return nil
}

// canMove writes and removes a file: what moving pictures out of the folder needs.
func canMove(dir string) error {
	f, err := os.CreateTemp(dir, ".edgelabel-probe-*")
	if pe, is := errors.AsType[*fs.PathError](err); is {
		err = pe.Err // the folder matters, not the file
	}
	if err != nil {
		return fmt.Errorf("write to folder %s: %w", dir, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
