package auth

import (
	"context"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// A failed sign-in counts three times: for the user at this address, for the address, and for the user from anywhere. Each count has a
// number of free failures; after them every further one doubles the wait from one second. The wait of a user from anywhere stays short,
// so that a stranger on the network cannot keep an inspector from the line.
const (
	freeHere, longestHere       = 5, 15 * time.Minute
	freeAddress, longestAddress = 20, 15 * time.Minute
	freeUser, longestUser       = 30, 2 * time.Minute

	forgetAfter = time.Hour // without a failure
	maxFailures = 4096      // counts that are kept; the one that is quiet for longest makes room
	maxWaiting  = 16        // sign-ins that wait for their hash; more are sent away
)

type limiter struct {
	now func() time.Time

	mu   sync.Mutex
	seen map[string]failures
}

type failures struct {
	n    int
	last time.Time
}

type rule struct {
	key     string
	free    int
	longest time.Duration
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, seen: map[string]failures{}}
}

func rules(address, user string) []rule {
	address = network(address)
	if !validID(user) { // a token, or a name that nobody can have: only the address counts
		return []rule{{"a " + address, freeAddress, longestAddress}}
	}
	return []rule{
		{"h " + address + " " + user, freeHere, longestHere},
		{"a " + address, freeAddress, longestAddress},
		{"u " + user, freeUser, longestUser},
	}
}

// network is what one household of addresses shares: an IPv6 host picks from 2^64 of them.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip.WithZone(""), 64).Masked().String()
}

// wait says how long the next attempt has to wait; 0 is not at all.
func (l *limiter) wait(address, user string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var longest time.Duration
	for _, r := range rules(address, user) {
		f := l.seen[r.key]
		if f.n >= r.free {
			delay := min(time.Second<<min(f.n-r.free, 20), r.longest)
			longest = max(longest, f.last.Add(delay).Sub(l.now()))
		}
	}
	return longest
}

func (l *limiter) fail(address, user string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for _, r := range rules(address, user) {
		f, known := l.seen[r.key]
		if !known && len(l.seen) >= maxFailures {
			l.evictLocked()
		}
		if now.Sub(f.last) > forgetAfter {
			f.n = 0
		}
		l.seen[r.key] = failures{n: f.n + 1, last: now}
	}
}

func (l *limiter) evictLocked() {
	oldest := ""
	for key, f := range l.seen {
		if oldest == "" || f.last.Before(l.seen[oldest].last) {
			oldest = key
		}
	}
	delete(l.seen, oldest)
}

// clear forgets the user's failures. Those of the address stay: an account of one's own must not make guessing at others' free.
func (l *limiter) clear(address, user string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range rules(address, user) {
		if r.key[0] != 'a' {
			delete(l.seen, r.key)
		}
	}
}

// turnstile lets one through at a time and keeps the line short.
type turnstile struct {
	turn    chan struct{}
	waiting atomic.Int32
	longest int32
}

func newTurnstile(longest int32) *turnstile {
	return &turnstile{turn: make(chan struct{}, 1), longest: longest}
}

func (t *turnstile) enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	defer t.waiting.Add(-1)
	if t.waiting.Add(1) > t.longest {
		return nil, &Limited{Retry: time.Second}
	}
	select {
	case t.turn <- struct{}{}:
		return func() { <-t.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
