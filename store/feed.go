package store

import (
	"context"
	"sync"
	"time"

	"edgelabel/agent/label"
)

// subscriberQueue is how many hints may wait for a subscriber; further ones are lost to it.
const subscriberQueue = 16

// feed spreads hints. Its zero value is ready.
type feed struct {
	mu   sync.Mutex
	rev  uint64
	lost uint64
	subs map[chan label.Change]struct{}
}

// Subscribe returns a stream of hints that something is new. A subscriber that is too slow loses hints, never data. cancel closes the
// stream and may be called twice.
func (s *Store) Subscribe() (changes <-chan label.Change, cancel func()) {
	f := &s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	c := make(chan label.Change, subscriberQueue)
	if f.subs == nil {
		f.subs = make(map[chan label.Change]struct{})
	}
	f.subs[c] = struct{}{}
	return c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if _, ok := f.subs[c]; ok {
			delete(f.subs, c)
			close(c)
		}
	}
}

func (f *feed) send(what, item string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rev++
	for c := range f.subs {
		select {
		case c <- label.Change{Rev: f.rev, What: what, Item: item}:
		default:
			f.lost++
		}
	}
}

// claims says who has which item on screen. Its zero value is ready. It is kept in memory: it only keeps two people off the same part.
type claims struct {
	mu sync.Mutex
	by map[string]label.Claim
}

// Claim takes the item for a person until c.Until, or gives it back when that is past. It returns the claim that holds now: the
// caller's, or another's that has not expired. ErrNotFound.
func (s *Store) Claim(ctx context.Context, item string, c label.Claim) (label.Claim, error) {
	if _, _, err := s.Item(ctx, item); err != nil {
		return label.Claim{}, err
	}
	held, changed := s.claims.take(item, c, s.o.Now().UnixNano())
	if changed {
		s.feed.send("claim", item)
	}
	return held, nil
}

// longestClaim is how far ahead a claim may end: one that ends later was made before the clock was set back.
const longestClaim = int64(time.Hour)

// holds reports whether the claim has not expired.
func holds(c label.Claim, now int64) bool { return c.Until > now && c.Until <= now+longestClaim }

func (c *claims) take(item string, claim label.Claim, now int64) (held label.Claim, changed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, old := range c.by {
		if !holds(old, now) {
			delete(c.by, id)
		}
	}
	old, taken := c.by[item]
	if taken && old.By != claim.By {
		return old, false
	}
	if claim.Until <= now {
		delete(c.by, item)
		return claim, taken
	}
	if c.by == nil {
		c.by = make(map[string]label.Claim)
	}
	c.by[item] = claim
	return claim, !taken
}

// mark adds to the rows who has them on screen.
func (c *claims) mark(rows []label.Row, now int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range rows {
		if held, ok := c.by[rows[i].ID]; ok && holds(held, now) {
			rows[i].Claim = &held
		}
	}
}
