package agent

import (
	"errors"
	"io"
	"io/fs"

	"edgelabel/agent/gauge"
	"edgelabel/agent/sources"
	"edgelabel/store"
	"edgelabel/ui"
)

var _ ui.Cameras = (*gauge.Cameras)(nil)

func (a *Agent) openGauges() (err error) {
	var all []gauge.Camera
	for _, c := range a.cfg.Cameras {
		one := gauge.Camera{Name: c.Name, MMPerPx: c.MMPerPx, MMPerCount: c.MMPerCount}
		if c.Inspect != nil {
			one.Good = c.Inspect.Reference
		}
		all = append(all, one)
	}
	a.gauges, err = gauge.OpenCameras(a.cfg.Data.Dir, all, sources.Limits(a.cfg))
	return err
}

// album is the store's blobs, and behind them the pictures of good parts.
type album struct {
	*store.Store
	good *gauge.Cameras
}

// OpenBlob implements ui.Media.
func (a album) OpenBlob(sha256 string) (io.ReadSeekCloser, error) {
	f, err := a.Store.OpenBlob(sha256)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	return a.good.OpenBlob(sha256)
}
