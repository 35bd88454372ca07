package sources

import (
	"cmp"
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
func (s *Sources) camera(c config.Camera) (collectors.Collector, error) {
	still := cmp.Or(c.Snapshot, c.RTSP)
	if still == nil {
		return s.folder(c)
	}
	asked, err := s.asked(c.Name, still)
	if err != nil {
		return nil, err
	}
	if tag := asked.Shutter.Tag(); tag != "" {
		s.triggers[tag] = append(s.triggers[tag], asked.Shutter)
	}
	if c.Snapshot != nil {
		return snapshot.New(asked)
	}
	return rtsp.New(asked)
}

// asked is how a camera is asked for a picture, and when.
func (s *Sources) asked(camera string, still *config.Still) (shutter.Asked, error) {
	cfg := shutter.Config{Every: time.Duration(still.Every), Now: s.opt.Now}
	if t := still.Trigger; t != nil {
		cfg.Tag, cfg.Edge = t.Tag, shutter.Edge(t.Edge)
		cfg.Delay, cfg.Debounce, cfg.Stale = time.Duration(t.Delay), time.Duration(t.Debounce), time.Duration(t.Stale)
	}
	when, err := shutter.New(cfg)
	if err != nil {
		return shutter.Asked{}, err
	}
	return shutter.Asked{
		Name: camera, URL: still.URL, User: still.User, Password: still.Password.Reveal(), CAFile: still.CA, AllowInsecure: still.AllowInsecure,
		Timeout: time.Duration(still.Timeout), Shutter: when, Limits: Limits(s.cfg), Now: s.opt.Now,
	}, nil
}

// See shows samples to the cameras that wait for a part. It does not block.
func (s *Sources) See(batch []series.Sample) {
	if len(s.triggers) == 0 {
		return
	}
	for _, x := range batch {
		for _, when := range s.triggers[x.Tag] {
			when.See(x)
		}
	}
}
