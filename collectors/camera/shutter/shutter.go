// Package shutter says when a camera that has to be asked takes a picture, and has it taken: on a timer, or when a tag says that a part is
// there.
//
//	samples of every source ─▶ See ─▶ edge ─▶ queue ─▶ Run: delay ─▶ Camera.Take ─▶ Deliver
//	                              timer ─────────────────┘
package shutter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors"
)

// Edge is the change of a tag that asks for a picture.
type Edge string

const (
	Rising  Edge = "rising"  // from 0 or false to anything else
	Falling Edge = "falling" // the other way round
	Change  Edge = "change"  // any other value or text
)

// Defaults of Config.
const (
	DefaultDebounce = 100 * time.Millisecond
	DefaultStale    = 2 * time.Second
	DefaultQueue    = 16
)

// Config says when. Exactly one of Every and Tag is given. The zero value of a field with a default means it.
type Config struct {
	Every time.Duration // between pictures; a picture that takes longer than that makes the next one late, not more

	Tag      string
	Edge     Edge          // Rising when empty
	Delay    time.Duration // from the edge to the picture
	Debounce time.Duration // edges so soon after one that counted are the same part
	Stale    time.Duration // a trigger that cannot be answered for so long is given up: another part stands there now
	Queue    int           // triggers that wait while a picture is taken; those beyond it are lost and counted

	Now func() time.Time
}

// Shot is one picture to be taken.
type Shot struct {
	At        time.Time // when it is due, by this gateway's clock
	Event     int64     // UTC ns, the moment of the part by the clock of the tag; 0 on a timer
	Triggered bool
}

// Shutter is one camera's. See may be called from any goroutine, Next and Done from one.
type Shutter struct {
	cfg     Config
	edges   detector
	queue   chan Shot
	pending *Shot
	tick    time.Time
}

// New checks the configuration.
func New(cfg Config) (*Shutter, error) {
	cfg.setDefaults()
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("shutter: %w", err)
	}
	return &Shutter{cfg: cfg, edges: detector{cfg: cfg}, queue: make(chan Shot, cfg.Queue)}, nil
}

func (c *Config) setDefaults() {
	if c.Edge == "" {
		c.Edge = Rising
	}
	if c.Debounce == 0 {
		c.Debounce = DefaultDebounce
	}
	if c.Stale == 0 {
		c.Stale = DefaultStale
	}
	if c.Queue == 0 {
		c.Queue = DefaultQueue
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

func (c *Config) check() error {
	switch {
	case (c.Every > 0) == (c.Tag != ""):
		return errors.New("want either a time between pictures or a tag that triggers them")
	case c.Edge != Rising && c.Edge != Falling && c.Edge != Change:
		return fmt.Errorf("edge %q: want rising, falling or change", c.Edge)
	case min(c.Every, c.Delay, c.Debounce, c.Stale) < 0 || c.Queue < 0:
		return errors.New("times and queue: want zero or more")
	}
	return nil
}

// Tag is the tag whose samples See wants; empty for a timer.
func (s *Shutter) Tag() string { return s.cfg.Tag }

// See looks at one sample. It never blocks.
func (s *Shutter) See(x series.Sample) {
	if x.Tag != s.cfg.Tag || !s.edges.fires(x) {
		return
	}
	shot := Shot{At: time.Unix(0, x.Receive).Add(s.cfg.Delay), Event: x.Time() + int64(s.cfg.Delay), Triggered: true}
	select {
	case s.queue <- shot:
	default:
		s.edges.lose()
	}
}

// Next waits for the next shot and then for its moment. It returns the same one until Done. Triggers that came to nothing are counted.
func (s *Shutter) Next(ctx context.Context, status *collectors.Status) (Shot, error) {
	if s.pending == nil {
		shot, err := s.wait(ctx)
		if err != nil {
			return Shot{}, err
		}
		s.pending = &shot
	}
	s.count(status)
	return *s.pending, collectors.Pause(ctx, s.pending.At.Sub(s.cfg.Now()))
}

// stale says that a trigger was not answered for so long that another part stands there now.
func (s *Shutter) stale(shot Shot) bool {
	return shot.Triggered && s.cfg.Now().Sub(shot.At) > s.cfg.Stale
}

// late says that while a picture of the timer was tried for, another one became due.
func (s *Shutter) late(shot Shot) bool {
	return !shot.Triggered && s.cfg.Now().Sub(shot.At) >= s.cfg.Every
}

// Done says that the shot of the last Next was answered.
func (s *Shutter) Done() { s.pending = nil }

func (s *Shutter) wait(ctx context.Context) (Shot, error) {
	if s.cfg.Tag == "" {
		return s.timer(), nil
	}
	select {
	case shot := <-s.queue:
		return shot, nil
	case <-ctx.Done():
		return Shot{}, ctx.Err()
	}
}

// timer keeps the rhythm as long as pictures take less time than it; the first picture is due at once.
func (s *Shutter) timer() Shot {
	now := s.cfg.Now()
	if s.tick = s.tick.Add(s.cfg.Every); now.After(s.tick) {
		s.tick = now
	}
	return Shot{At: s.tick}
}

// count moves to the status what See could not count there.
func (s *Shutter) count(status *collectors.Status) {
	bounces, old, lost := s.edges.counts()
	status.RejectN("trigger_bounce", bounces)
	status.RejectN("trigger_stale", old)
	status.RejectN("trigger_lost", lost)
}
