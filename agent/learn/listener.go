package learn

import (
	"context"
	"time"

	"edgelabel/agent/label"
)

// listener is what somebody does who follows a feed, one thing at a time.
type listener struct {
	begin func()               // once it is subscribed to, so that nothing is missed in between; may be nil
	lost  func(n uint64)       // so many hints never came, which the next one shows; may be nil
	hint  func(c label.Change) // about one change
	tick  <-chan time.Time     // may be nil
	every func()               // at each tick
}

// follow listens until the feed or ctx ends.
func (l listener) follow(ctx context.Context, feed Feed) {
	changes, cancel := feed.Subscribe()
	defer cancel()
	if l.begin != nil {
		l.begin()
	}
	var rev uint64
	for {
		select {
		case <-ctx.Done():
			return
		case c, ok := <-changes:
			if !ok {
				return
			}
			if rev != 0 && c.Rev != rev+1 && l.lost != nil {
				l.lost(c.Rev - rev - 1)
			}
			rev = c.Rev
			l.hint(c)
		case <-l.tick:
			l.every()
		}
	}
}
