package ui

import (
	"container/list"
	"context"
	"net/http"
	"sync"
	"sync/atomic"
)

// cache keeps values up to a number of bytes; the one that was not asked for longest goes first. A value that is larger than the whole
// cache is not kept.
type cache[V any] struct {
	limit int64

	mu      sync.Mutex
	used    int64
	order   *list.List // of *entry[V], most recent first
	entries map[string]*list.Element
}

type entry[V any] struct {
	key   string
	value V
	bytes int64
}

func newCache[V any](limit int64) *cache[V] {
	return &cache[V]{limit: limit, order: list.New(), entries: map[string]*list.Element{}}
}

func (c *cache[V]) get(key string) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok {
		return v, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*entry[V]).value, true
}

func (c *cache[V]) put(key string, v V, bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.entries[key]; known || bytes > c.limit {
		return
	}
	c.entries[key] = c.order.PushFront(&entry[V]{key, v, bytes})
	for c.used += bytes; c.used > c.limit; {
		old := c.order.Remove(c.order.Back()).(*entry[V])
		delete(c.entries, old.key)
		c.used -= old.bytes
	}
}

const maxQueued = 64 // requests that wait at a gate

// gate lets one at a time do what needs much memory, and keeps the line short.
type gate struct {
	turn    chan struct{}
	waiting atomic.Int32
	busy    atomic.Uint64 // sent away
}

func newGate() *gate { return &gate{turn: make(chan struct{}, 1)} }

// enter waits for the turn; whoever got it calls leave.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > maxQueued {
		g.busy.Add(1)
		return nil, refuse(http.StatusTooManyRequests, "the gateway is busy, try again")
	}
	select {
	case g.turn <- struct{}{}:
		return g.leave, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// try takes the turn if nobody has it.
func (g *gate) try() bool {
	select {
	case g.turn <- struct{}{}:
		return true
	default:
		return false
	}
}

func (g *gate) leave() { <-g.turn }
