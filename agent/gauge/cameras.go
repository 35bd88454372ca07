package gauge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"edgelabel/agent/label"
	"edgelabel/agent/vision/folder"
	"edgelabel/collectors/camera"
)

// Camera is what the configuration says of a camera.
type Camera struct {
	Name       string
	MMPerPx    float64 // 0: not calibrated
	MMPerCount float64 // 0: no height map
	Good       string  // folder of pictures of good parts; empty: none
}

// Cameras is the cameras as the page sees them: what the configuration says, and over it what people said.
type Cameras struct {
	*Book
	cameras []Camera
	limits  camera.Limits

	mu         sync.Mutex
	references map[string]reference // by camera; read when first asked for
}

// reference is the first picture of a folder of good ones.
type reference struct {
	image label.Image
	path  string
}

// OpenCameras opens the book in dir.
func OpenCameras(dir string, cameras []Camera, limits camera.Limits) (*Cameras, error) {
	book, err := Open(dir)
	if err != nil {
		return nil, err
	}
	return &Cameras{Book: book, cameras: cameras, limits: limits, references: map[string]reference{}}, nil
}

// ScaleNow is the calibration of a camera for pictures that arrive now: what a person measured, else the configuration's, of which nobody
// knows the date.
func (g *Cameras) ScaleNow(name string) label.Scale {
	if s, ok := g.Book.Scale(name); ok {
		return s
	}
	n := g.find(name)
	if n < 0 {
		return label.Scale{}
	}
	return label.Scale{MMPerPx: g.cameras[n].MMPerPx}
}

func (g *Cameras) find(name string) int {
	return slices.IndexFunc(g.cameras, func(c Camera) bool { return c.Name == name })
}

// Cameras lists what is known of each. A reference that cannot be read is left out: the detector says why.
func (g *Cameras) Cameras(context.Context) ([]label.CameraFacts, error) {
	all := make([]label.CameraFacts, 0, len(g.cameras))
	for _, c := range g.cameras {
		all = append(all, g.facts(c))
	}
	return all, nil
}

func (g *Cameras) facts(c Camera) label.CameraFacts {
	f := label.CameraFacts{Name: c.Name, MMPerPx: g.ScaleNow(c.Name).MMPerPx, MMPerCount: c.MMPerCount}
	if s, ok := g.Book.Scale(c.Name); ok {
		f.Scale = &s
	}
	if good, ok := g.Golden(c.Name); ok {
		f.Golden = &good
	}
	if r, err := g.reference(c); err == nil && r.path != "" {
		f.Reference = &r.image
	}
	return f
}

// SetScale returns after the calibration is on disk. ErrNotFound.
func (g *Cameras) SetScale(_ context.Context, name string, s label.Scale) (label.CameraFacts, error) {
	n := g.find(name)
	if n < 0 {
		return label.CameraFacts{}, fmt.Errorf("camera %s: %w", name, label.ErrNotFound)
	}
	if err := g.Book.SetScale(name, s); err != nil {
		return label.CameraFacts{}, err
	}
	return g.facts(g.cameras[n]), nil
}

// SetGolden returns after the picture, which it reads from blob, and the choice of it are on disk. ErrNotFound.
func (g *Cameras) SetGolden(_ context.Context, name string, good label.Golden, blob io.Reader) (label.CameraFacts, error) {
	n := g.find(name)
	if n < 0 {
		return label.CameraFacts{}, fmt.Errorf("camera %s: %w", name, label.ErrNotFound)
	}
	if err := g.Book.SetGolden(name, good, blob); err != nil {
		return label.CameraFacts{}, err
	}
	return g.facts(g.cameras[n]), nil
}

// reference is the zero reference where the camera has no folder of good pictures. The folder is read outside of the lock: two that ask
// at once read it twice.
func (g *Cameras) reference(c Camera) (reference, error) {
	if c.Good == "" {
		return reference{}, nil
	}
	g.mu.Lock()
	r, ok := g.references[c.Name]
	g.mu.Unlock()
	if ok {
		return r, nil
	}
	r, err := readReference(c, g.limits)
	if err != nil {
		return reference{}, fmt.Errorf("camera %s: reference: %w", c.Name, err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.references[c.Name] = r
	return r, nil
}

func readReference(c Camera, limits camera.Limits) (reference, error) {
	good, err := folder.Open(c.Good)
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
		SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(data)), Format: format.Label(), Width: width, Height: height,
		MMPerPx: c.MMPerPx, MMPerCount: c.MMPerCount, Camera: c.Name, Name: good.Names()[0],
	}}, nil
}

// OpenBlob opens a good part's picture: of the folder it was configured with, or the copy that was kept when a person chose it.
func (g *Cameras) OpenBlob(sha256 string) (io.ReadSeekCloser, error) {
	if path := g.configured(sha256); path != "" {
		return os.Open(path)
	}
	return g.Book.OpenBlob(sha256)
}

func (g *Cameras) configured(sha256 string) (path string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.references {
		if strings.EqualFold(r.image.SHA256, sha256) {
			return r.path
		}
	}
	return ""
}
