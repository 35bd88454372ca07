// Package beside judges stored pictures beside the line: never in the way of the acknowledgement.
//
//	picture on disk ─▶ Offer ─▶ queue, bounded ─▶ one worker: decode ▸ detector ─▶ candidate with regions ─▶ Flagger
package beside

import (
	"context"
	"errors"
	"fmt"
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
	Pictures  int // 0 is DefaultPictures
	Bytes     int // 0 is DefaultBytes; a larger picture waits alone
	MaxPixels int // 0 is vision.DefaultMaxPixels
	Log       *slog.Logger
}

// Camera is how the pictures of one camera are judged.
type Camera struct {
	Name   string
	Method string                                             // of the candidates
	Learn  func(ctx context.Context) (vision.Detector, error) // called once, by Run
	Class  func(kind string) string                           // class id for a type of region, empty where there is none
}

// Stats counts the pictures of one camera since the start.
type Stats struct {
	Good    uint64 // nothing found
	Suspect uint64 // flagged
	Skipped uint64 // not judged: too much waited
	Failed  uint64 // not judged: unreadable, too large, no good pictures, or the item took no more
	Ready   bool   // the detector has learnt
}

// Inspector judges pictures with one worker. Pictures that wait when the agent stops are not judged.
type Inspector struct {
	cfg     Config
	flagger Flagger
	cameras map[string]Camera
	wake    chan struct{} // has a token while pictures wait

	mu      sync.Mutex
	waiting []job
	bytes   int
	stats   map[string]*Stats
}

type job struct {
	im   label.Image
	data []byte
}

// New makes an inspector that stands still.
func New(cfg Config, flagger Flagger) *Inspector {
	if cfg.Pictures <= 0 {
		cfg.Pictures = DefaultPictures
	}
	if cfg.Bytes <= 0 {
		cfg.Bytes = DefaultBytes
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	i := &Inspector{cfg: cfg, flagger: flagger, cameras: map[string]Camera{}, wake: make(chan struct{}, 1), stats: map[string]*Stats{}}
	for _, c := range cfg.Cameras {
		i.cameras[c.Name], i.stats[c.Name] = c, &Stats{}
	}
	return i
}

// Offer hands over a stored picture and its bytes, which nobody may change afterwards. It never blocks: where too much waits already the
// picture is not judged, which is counted. Pictures of other cameras are nobody's business here.
func (i *Inspector) Offer(im label.Image, data []byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.stats[im.Camera]
	if s == nil {
		return
	}
	if len(i.waiting) >= i.cfg.Pictures || len(i.waiting) > 0 && i.bytes+len(data) > i.cfg.Bytes {
		s.Skipped++
		return
	}
	i.waiting, i.bytes = append(i.waiting, job{im, data}), i.bytes+len(data)
	i.signalLocked()
}

func (i *Inspector) signalLocked() {
	select {
	case i.wake <- struct{}{}:
	default:
	}
}

func (i *Inspector) next() (job, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.waiting) == 0 {
		return job{}, false
	}
	j := i.waiting[0]
	i.waiting[0] = job{}
	i.waiting, i.bytes = i.waiting[1:], i.bytes-len(j.data)
	if len(i.waiting) > 0 {
		i.signalLocked()
	}
	return j, true
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

// Run learns, then judges until ctx ends, which is no error. A camera whose detector cannot learn is logged and its pictures count as
// failed; the others go on.
func (i *Inspector) Run(ctx context.Context) error {
	detectors := map[string]vision.Detector{}
	for _, c := range i.cfg.Cameras {
		d, err := c.Learn(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			i.cfg.Log.Error("pictures are not inspected", "camera", c.Name, "method", c.Method, "error", err)
		default:
			detectors[c.Name] = d
			i.count(c.Name, func(s *Stats) { s.Ready = true })
		}
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-i.wake:
		}
		if j, ok := i.next(); ok {
			i.judge(ctx, detectors[j.im.Camera], j)
		}
	}
}

// errNotLearnt says why pictures of a camera are not judged; the reason was logged when it was known.
var errNotLearnt = errors.New("the detector has not learnt")

func (i *Inspector) judge(ctx context.Context, d vision.Detector, j job) {
	suspect, err := i.inspect(ctx, d, j)
	switch {
	case ctx.Err() != nil:
		return
	case err == nil && suspect:
		i.count(j.im.Camera, func(s *Stats) { s.Suspect++ })
	case err == nil:
		i.count(j.im.Camera, func(s *Stats) { s.Good++ })
	default:
		i.count(j.im.Camera, func(s *Stats) { s.Failed++ })
		if !errors.Is(err, errNotLearnt) {
			i.cfg.Log.Warn("picture is not inspected", "camera", j.im.Camera, "picture", j.im.Name, "error", err)
		}
	}
}

func (i *Inspector) inspect(ctx context.Context, d vision.Detector, j job) (suspect bool, err error) {
	if d == nil {
		return false, errNotLearnt
	}
	picture, err := vision.Decode(j.data, i.cfg.MaxPixels)
	if err != nil {
		return false, err
	}
	found, err := d.Inspect(ctx, picture)
	if err != nil {
		return false, fmt.Errorf("inspect: %w", err)
	}
	if found.Score < vision.Suspect {
		return false, nil
	}
	_, err = i.flagger.Flag(ctx, j.im, candidate(i.cameras[j.im.Camera], j.im, found))
	return true, err
}
