// Package similar finds places in the stored history that look like one that a person points at.
//
//	stretch of signals ─▶ grid ─▶ MASS over the history, newest first ─▶ k nearest that do not overlap ─┐
//	region of an image ─▶ descriptor ─▶ regions that were proposed or labelled on images of the camera ─┴─▶ with the verdicts there are
package similar

import (
	"context"
	"errors"
	"io"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// History is where signals and images are read.
type History interface {
	Window(ctx context.Context, tags []string, from, to int64) (*series.Window, error)
	OpenBlob(sha256 string) (io.ReadSeekCloser, error)
}

// Items is where items are read.
type Items interface {
	Item(ctx context.Context, id string) (label.Row, []label.Label, error)
}

// Index knows which items there are.
type Index interface {
	// Touching lists the items of signals that reach into [from, to), UTC ns, the newest first.
	Touching(from, to int64) []string

	// Pictures lists the items with images of a camera from [from, to), UTC ns, the newest first.
	Pictures(camera string, from, to int64) []string
}

// Defaults of Config.
const (
	DefaultK       = 20
	DefaultSpan    = 7 * 24 * time.Hour
	DefaultPatient = 15 * time.Second
	DefaultKept    = 8192 // descriptors, 1 KB each
)

// Config says what is searched.
type Config struct {
	History   History
	Items     Items
	Index     Index
	Now       func() time.Time
	Patience  time.Duration // a search gives what it has found after this; 0 is DefaultPatient
	Kept      int           // descriptors in memory; 0 is DefaultKept
	MaxPixels int           // of an image that is decoded; 0 is vision.DefaultMaxPixels
}

// Finder searches. It is safe for concurrent use; every search takes up to one core and some ten megabytes.
type Finder struct {
	cfg  Config
	kept kept
}

// New returns a finder.
func New(cfg Config) *Finder {
	if cfg.Patience <= 0 {
		cfg.Patience = DefaultPatient
	}
	if cfg.Kept <= 0 {
		cfg.Kept = DefaultKept
	}
	return &Finder{cfg: cfg, kept: kept{most: cfg.Kept, all: map[spot]*descriptor{}}}
}

// errPatience is why a search stops that took too long.
var errPatience = errors.New("the search took too long")

// Similar searches the stored history. See ui.Similar.
func (f *Finder) Similar(ctx context.Context, q label.Likeness) (label.Found, error) {
	if q.K == 0 {
		q.K = DefaultK
	}
	if q.Until == 0 {
		q.Until = f.cfg.Now().UnixNano()
	}
	if q.Since == 0 {
		q.Since = q.Until - int64(DefaultSpan)
	}
	limited, cancel := context.WithTimeoutCause(ctx, f.cfg.Patience, errPatience)
	defer cancel()
	search := f.signals
	if q.Image != "" {
		search = f.images
	}
	found, err := search(limited, q)
	if err != nil {
		return label.Found{}, err
	}
	return found, ctx.Err()
}

// impatient reports whether an error is only that time ran out.
func impatient(ctx context.Context, err error) bool {
	return err != nil && errors.Is(context.Cause(ctx), errPatience)
}
