package uplink

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// quota learns how much of a batch the line takes in a while, so that nothing fresh waits long behind it.
type quota struct {
	perSecond float64 // 0: not known yet
}

const (
	quotaSpan  = 10 * time.Second // what a batch may take of a line
	quotaFirst = 1 << 20          // bytes, before anything is known
	quotaLeast = 64 << 10
)

func (q *quota) bytes(most int64) int64 {
	if q.perSecond == 0 {
		return min(quotaFirst, most)
	}
	return min(max(int64(min(q.perSecond, 1<<40)*quotaSpan.Seconds()), quotaLeast), most)
}

// learn takes a batch into account that was large, or slow, enough to say something about the line rather than about its delay.
func (q *quota) learn(bytes int64, took time.Duration) {
	took = max(took, time.Millisecond)
	if bytes < q.bytes(quotaFirst)/4 && took < quotaSpan/2 {
		return
	}
	rate := max(float64(bytes), 1) / took.Seconds()
	if q.perSecond != 0 && rate > q.perSecond {
		rate = (q.perSecond + rate) / 2 // believe bad news at once
	}
	q.perSecond = rate
}

// line is the way to one target, shared by all bodies that travel on it. It keeps to a limit of bytes per second, and bodies that were
// sent ahead give way to those of a batch.
type line struct {
	now   func() time.Time
	limit func(time.Time) int64

	sent   atomic.Int64 // bytes
	urgent atomic.Int64 // bodies of batches on their way

	mu   sync.Mutex
	free time.Time // when the next byte may go
}

// rate is the limit now, in bytes per second: 0 for none, less than 0 when nothing may leave.
func (l *line) rate() int64 {
	if l.limit == nil {
		return 0
	}
	return l.limit(l.now())
}

const (
	sip      = 32 << 10               // bytes that go at once
	yieldFor = 15 * time.Second       // how long one body gives way in all: a store hangs up on one that stands still for too long
	yieldNap = 100 * time.Millisecond // how often it looks
)

// body is what travels. Reading it keeps to the line's limit.
type body struct {
	io.ReadSeeker
	ctx    context.Context
	line   *line
	urgent bool
	yields time.Duration // left
}

func (l *line) body(ctx context.Context, r io.ReadSeeker, urgent bool) *body {
	return &body{ReadSeeker: r, ctx: ctx, line: l, urgent: urgent, yields: yieldFor}
}

// Unpaced is the same body for reading on this machine.
func (b *body) Unpaced() io.ReadSeeker { return b.ReadSeeker }

func (b *body) Read(p []byte) (int, error) {
	for !b.urgent && b.yields > 0 && b.line.urgent.Load() > 0 && b.ctx.Err() == nil {
		b.yields -= yieldNap
		sleep(b.ctx, yieldNap)
	}
	if rate := b.line.rate(); rate > 0 {
		p = p[:min(len(p), sip, max(int(rate)/4, 1))]
	}
	n, err := b.ReadSeeker.Read(p)
	b.line.sent.Add(int64(n))
	if wait := b.line.take(n); wait > 0 {
		sleep(b.ctx, wait)
	}
	if b.ctx.Err() != nil {
		return n, b.ctx.Err()
	}
	return n, err
}

// take books n bytes and says how long to wait until they are through.
func (l *line) take(n int) time.Duration {
	rate := l.rate()
	if rate <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(time.Duration(float64(n) / float64(rate) * float64(time.Second)))
	return l.free.Sub(now)
}
