package agent

import (
	"net/http"
	"time"

	"edgelabel/agent/config"
	"edgelabel/collectors"
	"edgelabel/collectors/camera"
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
		Name: c.Name, Dir: f.Dir, Pattern: f.Pattern, Location: time.Local, ResultOK: f.OK, ResultNG: f.NotOK,
		Settle: time.Duration(f.Settle), PollInterval: time.Duration(f.Poll), After: camera.After(f.After), DoneDir: f.Done, BadDir: f.Bad, KeepBytes: int64(f.KeepBytes),
		Limits: a.limits(), Now: a.opt.Now, Log: a.opt.Log,
	})
}

// sink is where every collector hands in.
func (a *Agent) sink() *sink {
	s := &sink{Pipeline: a.pipeline, limits: a.limits(), scale: map[string]float64{}}
	for _, c := range a.cfg.Cameras {
		s.scale[c.Name] = c.MMPerPx
	}
	return s
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
