package sources

import (
	"fmt"
	"net/http"
	"time"

	"edgelabel/agent/config"
	"edgelabel/collectors"
	"edgelabel/collectors/camera"
	"edgelabel/collectors/camera/ftp"
)

// Limits is how large a picture may be, whichever way it comes.
func Limits(cfg *config.Config) camera.Limits {
	return camera.Limits{Bytes: int64(cfg.Web.Ingest.MaxBytes), Pixels: int64(cfg.Web.Ingest.MaxPixels)}
}

// folder makes the collector of a camera that writes to a folder; nil when the camera has none.
func (s *Sources) folder(c config.Camera) (collectors.Collector, error) {
	if c.Folder == nil {
		return nil, nil
	}
	f := c.Folder
	return camera.New(camera.Config{
		Name: c.Name, Dir: f.Dir, Pattern: f.Pattern, Location: time.Local, ResultOK: f.OK, ResultNG: f.NotOK, Sidecar: f.Sidecar.Camera(),
		Settle: time.Duration(f.Settle), PollInterval: time.Duration(f.Poll), After: camera.After(f.After), DoneDir: f.Done, BadDir: f.Bad, KeepBytes: int64(f.KeepBytes),
		Limits: Limits(s.cfg), Now: s.opt.Now, Log: s.opt.Log,
	})
}

// ftp makes the receiver of what cameras push; nil when nobody is to listen.
func (s *Sources) ftp() (collectors.Collector, error) {
	f := s.cfg.FTP
	if f.Listen == "" {
		return nil, nil
	}
	statuses := s.CameraStatus()
	var users []ftp.User
	for _, c := range s.cfg.Cameras {
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
		Users: users, Sessions: f.Sessions, Uploads: f.Uploads, Temporary: f.Temporary, Limits: Limits(s.cfg), Now: s.opt.Now, Log: s.opt.Log,
	})
}

// Ingest is the way in for pictures over HTTP; nil when no token was given.
func (s *Sources) Ingest(to collectors.Sink) (http.Handler, error) {
	token := s.cfg.Web.Ingest.Token.Reveal()
	if token == "" {
		return nil, nil
	}
	cameras := map[string]camera.IngestCamera{}
	for name, status := range s.CameraStatus() {
		cameras[name] = camera.IngestCamera{Status: status}
	}
	return camera.NewIngest(camera.IngestConfig{
		Cameras: cameras, Token: token, Sink: to, Limits: Limits(s.cfg), Location: time.Local, Now: s.opt.Now, Log: s.opt.Log,
	})
}
