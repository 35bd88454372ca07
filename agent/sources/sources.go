// Package sources makes the collectors that the configuration names, each with its status.
package sources

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/plan"
	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/camera/shutter"
	"edgelabel/collectors/mqtt"
	"edgelabel/collectors/opcua"
	"edgelabel/collectors/sparkplug"
)

// The kinds of sources.
const (
	OPCUA     = "opcua"
	MQTT      = "mqtt"
	Sparkplug = "sparkplug"
	Camera    = "camera"
	FTP       = "ftp"
)

// Source is one way in: a collector with its status. A camera whose images only come over HTTP or MQTT has no collector of its own.
type Source struct {
	Kind      string
	Collector collectors.Collector // nil: others come to us
	Status    *collectors.Status
}

// Options is what the program around the collectors decides.
type Options struct {
	Now      func() time.Time
	Log      *slog.Logger
	LastSeen func(tag string) int64 // the newest event time, UTC ns, that an earlier run stored; 0 for none. Nil where nothing is stored
}

// Sources is every way in. New connects nothing; Supervise does.
type Sources struct {
	cfg      *config.Config
	opt      Options
	tags     []series.Tag
	all      []Source
	triggers map[string][]*shutter.Shutter // by tag: what waits for its edges
}

// New makes a collector for each source of the configuration.
func New(cfg *config.Config, tags []series.Tag, opt Options) (*Sources, error) {
	s := &Sources{cfg: cfg, opt: opt, tags: tags, triggers: map[string][]*shutter.Shutter{}}
	for _, add := range []func() error{s.addOPCUA, s.addMQTT, s.addSparkplug, s.addCameras, s.addFTP} {
		if err := add(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// All lists the sources in the order of the configuration.
func (s *Sources) All() []Source { return s.all }

func (s *Sources) add(kind, name string, c collectors.Collector) {
	status := collectors.NewStatus(name, s.opt.Now)
	if c == nil {
		status.Up() // nothing to connect: others come to us
	}
	s.all = append(s.all, Source{kind, c, status})
}

func (s *Sources) addOPCUA() error {
	for _, o := range s.cfg.OPCUA {
		c, err := opcua.New(s.opcua(o))
		if err != nil {
			return err
		}
		s.add(OPCUA, o.Name, c)
	}
	return nil
}

func (s *Sources) addMQTT() error {
	for _, m := range s.cfg.MQTT {
		c, err := mqtt.New(s.Broker(m))
		if err != nil {
			return err
		}
		s.add(MQTT, m.Name, c)
	}
	return nil
}

func (s *Sources) addSparkplug() error {
	for _, p := range s.cfg.Sparkplug {
		c, err := sparkplug.New(s.sparkplug(p))
		if err != nil {
			return err
		}
		s.add(Sparkplug, p.Name, c)
	}
	return nil
}

func (s *Sources) addCameras() error {
	for _, c := range s.cfg.Cameras {
		collector, err := s.camera(c)
		if err != nil {
			return err
		}
		s.add(Camera, c.Name, collector)
	}
	return nil
}

func (s *Sources) addFTP() error {
	receiver, err := s.ftp()
	if receiver != nil {
		s.add(FTP, config.FTPSource, receiver)
	}
	return err
}

// Supervise keeps the collector of a source at work until ctx ends. A source without a collector is not supervised.
func (s *Sources) Supervise(ctx context.Context, of Source, to collectors.Sink) error {
	o := collectors.Options{Now: s.opt.Now, Log: s.opt.Log}
	switch of.Kind {
	case OPCUA:
		o.Max = opcuaPatience
	case Camera:
		o.Max = cameraPatience
	}
	return collectors.Supervise(ctx, of.Collector, to, of.Status, o)
}

// CameraStatus are the statuses of the cameras, by name.
func (s *Sources) CameraStatus() map[string]*collectors.Status {
	all := map[string]*collectors.Status{}
	for _, src := range s.all {
		if src.Kind == Camera {
			all[src.Status.Snapshot().Name] = src.Status
		}
	}
	return all
}

// pki is the folder of this gateway's own certificate.
func (s *Sources) pki() string { return filepath.Join(s.cfg.Data.Dir, "pki") }

func (s *Sources) kinds() func(tag string) (series.Kind, bool) { return plan.Kinds(s.tags) }
