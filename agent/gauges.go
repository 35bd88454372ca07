package agent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"edgelabel/agent/config"
	"edgelabel/agent/gauge"
	"edgelabel/agent/label"
	"edgelabel/agent/sources"
	"edgelabel/agent/vision/folder"
	"edgelabel/collectors/camera"
	"edgelabel/store"
	"edgelabel/ui"
)

// gauges is the page's view of the cameras: what the configuration says, and over it what people said.
type gauges struct {
	cameras []config.Camera
	book    *gauge.Book
	limits  camera.Limits

	mu         sync.Mutex
	references map[string]reference // by camera; read when first asked for
}

// reference is the first picture of a folder of good ones.
type reference struct {
	image label.Image
	path  string
}

var _ ui.Cameras = (*gauges)(nil)

func (a *Agent) openGauges() (err error) {
	book, err := gauge.Open(a.cfg.Data.Dir)
	if err != nil {
		return err
	}
	a.gauges = &gauges{cameras: a.cfg.Cameras, book: book, limits: sources.Limits(a.cfg), references: map[string]reference{}}
	return nil
}

func (g *gauges) close() error {
	if g == nil {
		return nil
	}
	return g.book.Close()
}

// scale is the calibration of a camera for pictures that arrive now: what a person measured, else the configuration's, of which nobody
// knows the date.
func (g *gauges) scale(name string) label.Scale {
	if s, ok := g.book.Scale(name); ok {
		return s
	}
	n := g.find(name)
	if n < 0 {
		return label.Scale{}
	}
	return label.Scale{MMPerPx: g.cameras[n].MMPerPx}
}

func (g *gauges) find(name string) int {
	return slices.IndexFunc(g.cameras, func(c config.Camera) bool { return c.Name == name })
}

// Cameras implements ui.Cameras. A reference that cannot be read is left out: the detector says why.
func (g *gauges) Cameras(context.Context) ([]label.CameraFacts, error) {
	all := make([]label.CameraFacts, 0, len(g.cameras))
	for _, c := range g.cameras {
		all = append(all, g.facts(c))
	}
	return all, nil
}

func (g *gauges) facts(c config.Camera) label.CameraFacts {
	f := label.CameraFacts{Name: c.Name, MMPerPx: g.scale(c.Name).MMPerPx, MMPerCount: c.MMPerCount}
	if s, ok := g.book.Scale(c.Name); ok {
		f.Scale = &s
	}
	if good, ok := g.book.Golden(c.Name); ok {
		f.Golden = &good
	}
	if r, err := g.reference(c); err == nil && r.path != "" {
		f.Reference = &r.image
	}
	return f
}

// SetScale implements ui.Cameras.
func (g *gauges) SetScale(_ context.Context, name string, s label.Scale) (label.CameraFacts, error) {
	n := g.find(name)
	if n < 0 {
		return label.CameraFacts{}, fmt.Errorf("camera %s: %w", name, label.ErrNotFound)
	}
	if err := g.book.SetScale(name, s); err != nil {
		return label.CameraFacts{}, err
	}
	return g.facts(g.cameras[n]), nil
}

// SetGolden implements ui.Cameras.
func (g *gauges) SetGolden(_ context.Context, name string, good label.Golden, blob io.Reader) (label.CameraFacts, error) {
	n := g.find(name)
	if n < 0 {
		return label.CameraFacts{}, fmt.Errorf("camera %s: %w", name, label.ErrNotFound)
	}
	if err := g.book.SetGolden(name, good, blob); err != nil {
		return label.CameraFacts{}, err
	}
	return g.facts(g.cameras[n]), nil
}

// reference is the zero reference where the camera has no folder of good pictures.
func (g *gauges) reference(c config.Camera) (reference, error) {
	if c.Inspect == nil {
		return reference{}, nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if r, ok := g.references[c.Name]; ok {
		return r, nil
	}
	r, err := readReference(c, g.limits)
	if err != nil {
		return reference{}, fmt.Errorf("camera %s: reference: %w", c.Name, err)
	}
	g.references[c.Name] = r
	return r, nil
}

func readReference(c config.Camera, limits camera.Limits) (reference, error) {
	good, err := folder.Open(c.Inspect.Reference)
	if err != nil {
		return reference{}, err
	}
	path := good.Path(good.Names()[0])
	data, err := os.ReadFile(path)
	if err != nil {
		return reference{}, err
	}
	format, width, height, err := camera.Inspect(data, limits)
	if err != nil {
		return reference{}, err
	}
	sum := sha256.Sum256(data)
	return reference{path: path, image: label.Image{
		SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(data)), Format: formats[format], Width: width, Height: height,
		MMPerPx: c.MMPerPx, MMPerCount: c.MMPerCount, Camera: c.Name, Name: good.Names()[0],
	}}, nil
}

// openBlob opens a good part's picture: of the folder it was configured with, or the copy that was kept when a person chose it.
func (g *gauges) openBlob(sha256 string) (io.ReadSeekCloser, error) {
	g.mu.Lock()
	for _, r := range g.references {
		if strings.EqualFold(r.image.SHA256, sha256) {
			defer g.mu.Unlock()
			return os.Open(r.path)
		}
	}
	g.mu.Unlock()
	return g.book.OpenBlob(sha256)
}

// album is the store's blobs, and behind them the pictures of good parts.
type album struct {
	*store.Store
	good *gauges
}

// OpenBlob implements ui.Media.
func (a album) OpenBlob(sha256 string) (io.ReadSeekCloser, error) {
	f, err := a.Store.OpenBlob(sha256)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	return a.good.openBlob(sha256)
}
