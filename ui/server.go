// Package ui is the web page and its API: it shows items, takes labels and says how the agent is doing. What it shows and where labels
// go are interfaces in review.go.
//
//	browser ─▶ guard (headers, origin, size, panics) ─▶ routes (who may) ─▶ Items, Labels, Media
//	   ▲                                                                       │
//	   └────────────── live hints ◀──────────────── Feed ◀─────────────────────┘
package ui

import (
	"context"
	"crypto/rand"
	"errors"
	"image"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/oklog/ulid/v2"
	"golang.org/x/sync/errgroup"

	"edgelabel/agent/label"
	"edgelabel/ui/auth"
	"edgelabel/ui/live"
)

// Defaults of Config.
const (
	DefaultMaxBody      = 2 << 20        // bytes of a request
	DefaultMaxPixels    = 100_000_000    // of an image that is decoded
	DefaultMaxDecoded   = 320 << 20      // bytes that decoding one image may need
	DefaultPreviewCache = 48 << 20       // bytes of JPEG
	DefaultWindowCache  = 32 << 20       // bytes of samples
	DefaultMaxSpan      = 24 * time.Hour // of an item that a person makes, and of signals that are loaded whole
	DefaultMaxView      = 31 * 24 * time.Hour
	ClaimTTL            = 60 * time.Second // how long an item stays claimed by itself
	coolEvery           = 10 * time.Second // how often decoded images are looked after
	coolAfter           = 30 * time.Second // how long a decoded image waits for its next tile
)

// Config is what the page shows and how much it may use. The interfaces, Status, Signals and Auth are required; the rest may be zero.
type Config struct {
	Items  Items
	Labels Labels
	Media  Media
	Feed   Feed
	Auth   *auth.Auth

	Cameras Cameras
	// Checkerboard looks for one on a picture; square is the side of its squares in mm.
	Checkerboard func(picture image.Image, square float64) label.Board
	Rules        Rules // nil: there are none

	Learning Learning

	Drill Drill // nil: there is no line to cut

	Proposer Proposer // nil: nobody takes proposals

	Gateway     Gateway                      // shown on every page; a simulated gateway makes simulated items
	Place       label.Place                  // where items that people make come from; their asset is added
	Status      func(context.Context) Status // without Gateway, Now and Queue, which are filled in here
	Signals     func() []Signal
	Ready       func() error     // nil error: the store is open and sources are configured
	Metrics     func(io.Writer)  // writes the Prometheus text format
	Packs       []label.Taxonomy // what an admin may begin a taxonomy with
	BlindReview bool             // the second person does not see the first label

	Ingest http.Handler // POST /ingest/v1/images, with its own token and limits; nil: not there

	Page  fs.FS            // the built page; nil is the one inside the program
	Now   func() time.Time // nil is time.Now
	NewID func() string    // nil makes ULIDs
	Log   *slog.Logger     // nil is slog.Default

	MaxBody      int64
	MaxPixels    int
	MaxDecoded   int64
	PreviewCache int64
	WindowCache  int64
	MaxSpan      time.Duration
	MaxView      time.Duration // of signals in one request, where Media is a Reducer
}

func (c *Config) fill() error {
	if c.Items == nil || c.Labels == nil || c.Media == nil || c.Feed == nil || c.Cameras == nil || c.Checkerboard == nil || c.Auth == nil || c.Status == nil || c.Signals == nil {
		return errors.New("ui: Items, Labels, Media, Feed, Cameras, Checkerboard, Auth, Status and Signals are required")
	}
	if c.Rules == nil {
		c.Rules = noRules{}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.NewID == nil {
		now := c.Now
		c.NewID = func() string { return ulid.MustNew(ulid.Timestamp(now()), rand.Reader).String() }
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Ready == nil {
		c.Ready = func() error { return nil }
	}
	if c.Metrics == nil {
		c.Metrics = func(io.Writer) {}
	}
	if c.Ingest == nil {
		c.Ingest = http.NotFoundHandler()
	}
	if c.Page == nil {
		c.Page = builtPage()
	}
	or(&c.MaxBody, DefaultMaxBody)
	or(&c.MaxPixels, DefaultMaxPixels)
	or(&c.MaxDecoded, DefaultMaxDecoded)
	or(&c.PreviewCache, DefaultPreviewCache)
	or(&c.WindowCache, DefaultWindowCache)
	or(&c.MaxSpan, DefaultMaxSpan)
	or(&c.MaxView, DefaultMaxView)
	return nil
}

func or[T int | int64 | time.Duration](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}

// Server answers every request of the page. It is an http.Handler.
type Server struct {
	cfg      Config
	hub      *live.Hub
	pictures *pictures
	windows  *windows
	counting *gate // statistics

	searching *gate // for what looks alike
	handler   http.Handler
	counters  counters
}

// New returns a server. Hints reach open pages while Run runs; everything else works without it.
func New(cfg Config) (*Server, error) {
	if err := cfg.fill(); err != nil {
		return nil, err
	}
	s := &Server{
		cfg:      cfg,
		hub:      live.New(live.Config{Feed: cfg.Feed}),
		pictures: newPictures(cfg),
		windows:  newWindows(cfg),
		counting: newGate(),

		searching: newGate(),
	}
	page, err := newPage(cfg.Page)
	if err != nil {
		return nil, err
	}
	s.handler = s.guard(s.mux(page))
	return s, nil
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Run hands hints to open pages and lets go of images that nobody looks at any more, until ctx ends. It runs once. When it returns, no
// page is connected for hints.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.hub.Run(ctx) })
	group.Go(func() error {
		tick := time.NewTicker(coolEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				s.pictures.cool(s.cfg.Now().Add(-coolAfter))
			}
		}
	})
	return group.Wait()
}
