// Package beside judges stored pictures beside the line: never in the way of the acknowledgement.
//
//	picture on disk ─▶ Offer ─▶ queue, bounded ─▶ one worker: decode ▸ frozen? ▸ detectors ─▶ candidates with regions ─▶ Flagger
//	                              └─▶ Memory: what waits at a stop is judged after it
package beside

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"sync"

	"edgelabel/agent/label"
	"edgelabel/agent/vision"
)

// Flagger takes what was found. Flag returns after it is durable; label.ErrFrozen and label.ErrNotFound say that the item takes no more.
type Flagger interface {
	Flag(ctx context.Context, im label.Image, c label.Candidate) (item string, err error)
}

// What may wait: pictures, and their encoded bytes.
const (
	DefaultPictures = 64
	DefaultBytes    = 32 << 20
)

// Config says which cameras are judged and how.
type Config struct {
	Cameras   []Camera
	Pictures  int                                            // 0 is DefaultPictures
	Bytes     int                                            // 0 is DefaultBytes; a larger picture waits alone
	MaxPixels int                                            // 0 is vision.DefaultMaxPixels
	Memory    Memory                                         // may be nil: then pictures that wait at a stop are not judged
	Key       string                                         // under which Memory keeps them, empty is DefaultKey; one of each inspector
	Open      func(sha256 string) (io.ReadSeekCloser, error) // opens a stored picture; wanted with Memory
	Gather    func(ctx context.Context)                      // waits before cameras learn anew, for more that changes; nil is half a minute
	Log       *slog.Logger
}

// Camera is how the pictures of one camera are judged.
type Camera struct {
	Name   string
	Learn  func(ctx context.Context) ([]Method, error) // called by Run, and again after Relearn; what it gave before is used meanwhile
	Class  func(kind string) string                    // class id for a type of region, empty where there is none
	Frozen bool                                        // flag a picture whose pixels are those of another one shortly before
}

// Method is a detector and the name under which it opens candidates.
type Method struct {
	Name string
	vision.Detector

	Class func(kind string) string // class id for a type of its regions; nil: as the camera has it
}

// Stats counts the pictures of one camera since the start.
type Stats struct {
	Good    uint64 // nothing found
	Suspect uint64 // flagged
	Skipped uint64 // not judged: too much waited
	Failed  uint64 // not judged: unreadable, too large, no good pictures, or the item took no more
	Ready   bool   // the detector has learnt
}

// Inspector judges pictures with one worker.
type Inspector struct {
	cfg     Config
	flagger Flagger
	cameras map[string]Camera
	frozen  map[string]*frozen // by camera; the worker's own
	wake    chan struct{}      // has a token while pictures wait
	again   chan struct{}      // has a token while cameras have to learn anew
	lesson  chan struct{}      // has a token while one learns

	mu      sync.Mutex
	methods map[string][]Method // by camera
	stale   map[string]bool     // cameras that have to learn anew
	waiting []job
	at      *job // the one in work
	bytes   int
	stats   map[string]*Stats
}

// New makes an inspector that stands still.
func New(cfg Config, flagger Flagger) *Inspector {
	if cfg.Pictures <= 0 {
		cfg.Pictures = DefaultPictures
	}
	if cfg.Bytes <= 0 {
		cfg.Bytes = DefaultBytes
	}
	if cfg.Gather == nil {
		cfg.Gather = gather
	}
	cfg.Key = cmp.Or(cfg.Key, DefaultKey)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	i := &Inspector{
		cfg: cfg, flagger: flagger, cameras: map[string]Camera{}, frozen: map[string]*frozen{}, wake: make(chan struct{}, 1),
		again: make(chan struct{}, 1), lesson: make(chan struct{}, 1), methods: map[string][]Method{}, stale: map[string]bool{}, stats: map[string]*Stats{},
	}
	for _, c := range cfg.Cameras {
		i.frozen[c.Name] = &frozen{}
		i.cameras[c.Name], i.stats[c.Name] = c, &Stats{}
	}
	return i
}

// Stats returns the counters by camera.
func (i *Inspector) Stats() map[string]Stats {
	i.mu.Lock()
	defer i.mu.Unlock()
	all := map[string]Stats{}
	for name, s := range i.stats {
		all[name] = *s
	}
	return all
}

func (i *Inspector) count(camera string, what func(*Stats)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	what(i.stats[camera])
}

// Run learns, then judges until ctx ends, which is no error. A camera whose detectors cannot learn is logged and its pictures count as
// failed; the others go on.
func (i *Inspector) Run(ctx context.Context) error {
	i.recall()
	for _, c := range i.cfg.Cameras {
		i.learn(ctx, c)
	}
	if ctx.Err() != nil {
		i.keep()
		return nil
	}
	var pupil sync.WaitGroup
	pupil.Go(func() { i.relearn(ctx) })
	defer pupil.Wait()
	for {
		select {
		case <-ctx.Done():
		case <-i.wake:
		}
		if ctx.Err() != nil { // also when there is more to do: what was begun last would be forgotten
			i.keep()
			return nil
		}
		if j, ok := i.next(); ok {
			i.keep()
			i.judge(ctx, i.methodsOf(j.im.Camera), j)
		}
	}
}

// errNotLearnt says why pictures of a camera are not judged; the reason was logged when it was known.
var errNotLearnt = errors.New("the detector has not learnt")

// told reports an error whose reason was told before.
func told(err error) bool { return errors.Is(err, errNotLearnt) || errors.Is(err, vision.ErrAway) }

func (i *Inspector) judge(ctx context.Context, methods []Method, j job) {
	suspect, err := i.inspect(ctx, methods, j)
	if ctx.Err() != nil {
		return // it is judged after the next start
	}
	i.done()
	switch {
	case err == nil && suspect:
		i.count(j.im.Camera, func(s *Stats) { s.Suspect++ })
	case err == nil:
		i.count(j.im.Camera, func(s *Stats) { s.Good++ })
	default:
		i.count(j.im.Camera, func(s *Stats) { s.Failed++ })
		if !told(err) {
			i.cfg.Log.Warn("picture is not inspected", "camera", j.im.Camera, "picture", j.im.Name, "error", err)
		}
	}
}

// inspect flags what each method finds. One that goes wrong does not keep the others from it.
func (i *Inspector) inspect(ctx context.Context, methods []Method, j job) (suspect bool, err error) {
	if methods == nil {
		return false, errNotLearnt
	}
	picture, err := vision.Decode(j.data, i.cfg.MaxPixels)
	if err != nil {
		return false, err
	}
	var errs []error
	if i.cameras[j.im.Camera].Frozen {
		f, found := i.frozen[j.im.Camera].look(j.im, picture)
		if found {
			suspect = true
			errs = append(errs, i.flag(ctx, Method{Name: Duplicate}, j.im, f))
		}
	}
	for _, m := range methods {
		f, err := m.look(ctx, picture, j.data)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("inspect by %s: %w", m.Name, err))
		case f.Score >= vision.Suspect:
			suspect = true
			errs = append(errs, i.flag(ctx, m, j.im, f))
		}
	}
	return suspect, errors.Join(errs...)
}

// look lets a method see the picture as it wants it: grey, or as it was stored.
func (m Method) look(ctx context.Context, grey *image.Gray, file []byte) (vision.Finding, error) {
	if o, ok := m.Detector.(vision.Original); ok {
		return o.InspectOriginal(ctx, file)
	}
	return m.Inspect(ctx, grey)
}

func (i *Inspector) flag(ctx context.Context, m Method, im label.Image, f vision.Finding) error {
	cam := i.cameras[im.Camera]
	if m.Class != nil {
		cam.Class = m.Class
	}
	_, err := i.flagger.Flag(ctx, im, candidate(cam, m.Name, im, f))
	return err
}
