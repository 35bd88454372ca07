package agent

import (
	"fmt"
	"net/http"
	"time"

	"edgelabel/agent/config"
	"edgelabel/collectors"
	"edgelabel/collectors/camera"
	"edgelabel/collectors/camera/ftp"
)

func (a *Agent) limits() camera.Limits {
	return camera.Limits{Bytes: int64(a.cfg.Web.Ingest.MaxBytes), Pixels: int64(a.cfg.Web.Ingest.MaxPixels)}
}

// folder makes the collector of a camera that writes to a folder; nil when the camera has none.
func (a *Agent) folder(c config.Camera) (collectors.Collector, error) {
	if c.Folder == nil {
		return nil, nil
	}
	f := c.Folder
	return camera.New(camera.Config{
		Name: c.Name, Dir: f.Dir, Pattern: f.Pattern, Location: time.Local, ResultOK: f.OK, ResultNG: f.NotOK, Sidecar: f.Sidecar.Camera(),
		Settle: time.Duration(f.Settle), PollInterval: time.Duration(f.Poll), After: camera.After(f.After), DoneDir: f.Done, BadDir: f.Bad, KeepBytes: int64(f.KeepBytes),
		Limits: a.limits(), Now: a.opt.Now, Log: a.opt.Log,
	})
}

// ftp makes the receiver of what cameras push; nil when nobody is to listen. statuses are the cameras'.
func (a *Agent) ftp(statuses map[string]*collectors.Status) (collectors.Collector, error) {
	f := a.cfg.FTP
	if f.Listen == "" {
		return nil, nil
	}
	var users []ftp.User
	for _, c := range a.cfg.Cameras {
		if c.FTP == nil {
			continue
		}
		naming, err := camera.NewNaming(c.FTP.Pattern, time.Local, c.FTP.OK, c.FTP.NotOK)
		if err != nil {
			return nil, fmt.Errorf("camera %q: %w", c.Name, err)
		}
		users = append(users, ftp.User{
			Name: c.FTP.User, Password: c.FTP.Password.Reveal(), Camera: c.Name, Naming: naming, Status: statuses[c.Name],
		})
	}
	return ftp.New(ftp.Config{
		Name: config.FTPSource, Address: f.Listen, CertFile: f.TLS.Cert, KeyFile: f.TLS.Key, RequireTLS: f.TLS.Required,
		PassiveMin: f.PassivePorts.First, PassiveMax: f.PassivePorts.Last, PublicHost: f.PublicHost,
		Users: users, Sessions: f.Sessions, Uploads: f.Uploads, Temporary: f.Temporary, Limits: a.limits(), Now: a.opt.Now, Log: a.opt.Log,
	})
}

// sink is where every collector hands in.
func (a *Agent) sink() *sink {
	return &sink{Pipeline: a.pipeline, inspect: a.inspect, models: a.models, limits: a.limits(), scale: a.gauges.scale, triggers: a.triggers, looks: a.looks(), join: a.cfg.Join}
}

// ingest is the way in for pictures over HTTP; nil when no token was given.
func (a *Agent) ingest() (http.Handler, error) {
	token := a.cfg.Web.Ingest.Token.Reveal()
	if token == "" {
		return nil, nil
	}
	cameras := map[string]camera.IngestCamera{}
	for _, s := range a.sources {
		if s.kind == "camera" {
			cameras[s.status.Snapshot().Name] = camera.IngestCamera{Status: s.status}
		}
	}
	return camera.NewIngest(camera.IngestConfig{
		Cameras: cameras, Token: token, Sink: a.sink(), Limits: a.limits(), Location: time.Local, Now: a.opt.Now, Log: a.opt.Log,
	})
}
