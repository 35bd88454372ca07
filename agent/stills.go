package agent

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/camera/rtsp"
	"edgelabel/collectors/camera/shutter"
	"edgelabel/collectors/camera/snapshot"
)

// cameraPatience bounds the wait between two attempts to reach a camera: it is near, and parts go by while nobody looks.
const cameraPatience = 2 * time.Second

// camera makes the collector of a camera; nil when others come to us with its pictures.
func (a *Agent) camera(c config.Camera) (collectors.Collector, error) {
	still := cmp.Or(c.Snapshot, c.RTSP)
	if still == nil {
		return a.folder(c)
	}
	when, err := a.shutter(still)
	if err != nil {
		return nil, err
	}
	if c.Snapshot != nil {
		return snapshot.New(a.asked(c, c.Snapshot, when))
	}
	return rtsp.New(a.asked(c, c.RTSP, when))
}

// shutter says when a camera is asked. What a tag triggers is found by the tag from then on.
func (a *Agent) shutter(s *config.Still) (*shutter.Shutter, error) {
	cfg := shutter.Config{Every: time.Duration(s.Every), Now: a.opt.Now}
	if t := s.Trigger; t != nil {
		cfg.Tag, cfg.Edge = t.Tag, shutter.Edge(t.Edge)
		cfg.Delay, cfg.Debounce, cfg.Stale = time.Duration(t.Delay), time.Duration(t.Debounce), time.Duration(t.Stale)
	}
	when, err := shutter.New(cfg)
	if err == nil && when.Tag() != "" {
		if a.triggers == nil {
			a.triggers = map[string][]*shutter.Shutter{}
		}
		a.triggers[when.Tag()] = append(a.triggers[when.Tag()], when)
	}
	return when, err
}

func (a *Agent) asked(c config.Camera, s *config.Still, when *shutter.Shutter) shutter.Asked {
	return shutter.Asked{
		Name: c.Name, URL: s.URL, User: s.User, Password: s.Password.Reveal(), CAFile: s.CA, AllowInsecure: s.AllowInsecure,
		Timeout: time.Duration(s.Timeout), Shutter: when, Limits: a.limits(), Now: a.opt.Now,
	}
}

// probeCamera tries a camera that is called; nil when others come to us with its pictures.
func (a *Agent) probeCamera(c config.Camera) func(context.Context) error {
	switch {
	case c.Folder != nil:
		return func(context.Context) error { return canMove(c.Folder.Dir) }
	case c.Snapshot != nil:
		return func(ctx context.Context) error {
			return a.probeStill(c.Snapshot, func(when *shutter.Shutter) error { return snapshot.Probe(ctx, a.asked(c, c.Snapshot, when)) })
		}
	case c.RTSP != nil:
		return func(ctx context.Context) error {
			return a.probeStill(c.RTSP, func(when *shutter.Shutter) error { return rtsp.Probe(ctx, a.asked(c, c.RTSP, when)) })
		}
	}
	return nil
}

func (a *Agent) probeStill(s *config.Still, try func(*shutter.Shutter) error) error {
	when, err := a.shutter(s)
	if err != nil {
		return err
	}
	return try(when)
}

// Samples implements collectors.Sink: cameras that wait for a part see its tag before the samples wait in any queue.
func (s *sink) Samples(ctx context.Context, batch []series.Sample, done func(error)) error {
	if len(s.triggers) > 0 {
		for _, x := range batch {
			for _, when := range s.triggers[x.Tag] {
				when.See(x)
			}
		}
	}
	return s.Pipeline.Samples(ctx, batch, done)
}

// looks are the statuses of the cameras, by name.
func (a *Agent) looks() map[string]*collectors.Status {
	all := map[string]*collectors.Status{}
	for _, s := range a.sources {
		if s.kind == "camera" {
			all[s.status.Snapshot().Name] = s.status
		}
	}
	return all
}

// looked notes what a camera is like, whichever way its pictures come, and says when its clock keeps them from joining by time.
func (s *sink) looked(p collectors.Picture) {
	status, known := s.looks[p.Camera]
	if !known {
		return
	}
	ahead, told := status.Picture(len(p.Data), p.Taken, p.Received)
	text := ""
	switch {
	case told && ahead > time.Duration(s.join.Tolerance):
		text = fmt.Sprintf("pictures are dated %s after they came: they join signals and other pictures by their part only", ahead.Round(time.Millisecond))
	case told && -ahead > time.Duration(s.join.Within):
		text = fmt.Sprintf("pictures are dated %s before they came: they join signals and other pictures by their part only", (-ahead).Round(time.Millisecond))
	}
	status.Problem("clock", text)
}
