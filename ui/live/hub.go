// Package live tells open pages that something is new. A message is a hint and no more: whoever gets it reads again over HTTP, so a
// message that is lost loses nothing.
//
//	Feed ─▶ Hub.Run ─▶ one queue a page ─▶ WebSocket
//
// A page that does not keep up is closed; it comes back by itself and reads everything again.
package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"edgelabel/agent/label"
)

// Feed tells about changes until it is cancelled.
type Feed interface {
	Subscribe() (changes <-chan label.Change, cancel func())
}

// Defaults of Config.
const (
	DefaultQueue = 64
	DefaultPages = 256
	DefaultPing  = 20 * time.Second
	DefaultPong  = 60 * time.Second
	DefaultWrite = 5 * time.Second
)

// maxMessage is the longest frame that a page may send, in bytes: it has nothing to say.
const maxMessage = 4 << 10

// Config is how patient the hub is. A zero field takes its default.
type Config struct {
	Feed  Feed
	Queue int           // hints that may wait for one page; one more closes it
	Pages int           // pages that may listen at once; one more is sent away
	Ping  time.Duration // between two pings
	Pong  time.Duration // without a sign of life for so long, a page is gone
	Write time.Duration // how long one message may take
}

// Hub hands every change to every open page.
type Hub struct {
	cfg      Config
	upgrader websocket.Upgrader // its own check lets in pages of this host only

	handlers sync.WaitGroup
	mu       sync.Mutex
	pages    map[*page]struct{}
	ended    bool

	sent, slow, refused atomic.Uint64
}

// New returns a hub. It hands nothing on until Run.
func New(cfg Config) *Hub {
	orInt := func(v *int, or int) {
		if *v <= 0 {
			*v = or
		}
	}
	orTime := func(v *time.Duration, or time.Duration) {
		if *v <= 0 {
			*v = or
		}
	}
	orInt(&cfg.Queue, DefaultQueue)
	orInt(&cfg.Pages, DefaultPages)
	orTime(&cfg.Ping, DefaultPing)
	orTime(&cfg.Pong, DefaultPong)
	orTime(&cfg.Write, DefaultWrite)
	return &Hub{cfg: cfg, pages: map[*page]struct{}{}}
}

// Counters are totals since the start, and Pages is how many listen now.
type Counters struct {
	Pages   int
	Sent    uint64 // hints that went out
	Slow    uint64 // pages closed because their queue was full
	Refused uint64 // pages sent away because there were too many
}

// Counters says how the hub is doing.
func (h *Hub) Counters() Counters {
	h.mu.Lock()
	defer h.mu.Unlock()
	return Counters{Pages: len(h.pages), Sent: h.sent.Load(), Slow: h.slow.Load(), Refused: h.refused.Load()}
}

// Run hands changes on until ctx ends (nil) or the feed does (an error). Then it closes every page and returns when all handlers have.
// It runs once.
func (h *Hub) Run(ctx context.Context) error {
	changes, cancel := h.cfg.Feed.Subscribe()
	defer cancel()
	defer h.end()
	for {
		select {
		case <-ctx.Done():
			return nil
		case c, ok := <-changes:
			if !ok && ctx.Err() == nil {
				return errors.New("live: the feed of changes ended")
			}
			if !ok {
				return nil
			}
			text, err := json.Marshal(c)
			if err != nil {
				return fmt.Errorf("live: change %d: %w", c.Rev, err)
			}
			h.broadcast(text)
		}
	}
}

func (h *Hub) broadcast(text []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.pages {
		select {
		case p.queue <- text:
		default:
			h.slow.Add(1)
			delete(h.pages, p)
			p.close(errSlow)
		}
	}
}

func (h *Hub) end() {
	h.mu.Lock()
	h.ended = true
	for p := range h.pages {
		p.close(errEnded)
	}
	h.mu.Unlock()
	h.handlers.Wait()
}

// Serve answers a WebSocket request and returns when the page has gone. allowed is asked again and again whether the page may go on
// listening: a session ends while its page is open.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, allowed func() bool) {
	p := newPage(h.cfg, allowed)
	if !h.join(p) {
		h.refused.Add(1)
		http.Error(w, "no room for another page", http.StatusServiceUnavailable)
		return
	}
	defer h.handlers.Done()
	defer h.leave(p)
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	h.sent.Add(p.run(conn))
}

func (h *Hub) join(p *page) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended || len(h.pages) >= h.cfg.Pages {
		return false
	}
	h.handlers.Add(1)
	h.pages[p] = struct{}{}
	return true
}

func (h *Hub) leave(p *page) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, p)
}
