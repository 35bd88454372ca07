// Package drill cuts the line to the centre on purpose, for a while, and proves afterwards that nothing was lost.
package drill

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"edgelabel/sync/uplink"
)

// ErrCut is what every call to a target returns during a drill.
var ErrCut = errors.New("the line is cut for a drill")

// Longest is how long a drill may take: it ends then, whatever became of who began it.
const Longest = 24 * time.Hour

// Line is what all targets are reached by. The zero value with a clock is whole. A restart of the program ends a drill.
type Line struct {
	Now func() time.Time

	mu    sync.Mutex
	until time.Time
	sever map[uint64]context.CancelCauseFunc // calls on their way
	next  uint64
}

// Cut lets nothing through until then and ends what is on its way. A second cut sets another end.
func (l *Line) Cut(until time.Time) {
	l.mu.Lock()
	severed := l.sever
	l.until, l.sever = until, nil
	l.mu.Unlock()
	for _, end := range severed {
		end(ErrCut)
	}
}

// Mend ends a drill. Without one it does nothing.
func (l *Line) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = time.Time{}
}

// Until is the end of the drill; zero when there is none.
func (l *Line) Until() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.untilLocked()
}

func (l *Line) untilLocked() time.Time {
	if !l.until.After(l.Now()) {
		return time.Time{}
	}
	return l.until
}

// begin lets a call through: its context ends when the line is cut. done must be called.
func (l *Line) begin(ctx context.Context) (_ context.Context, done func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.untilLocked().IsZero() {
		return nil, nil, ErrCut
	}
	ctx, end := context.WithCancelCause(ctx)
	if l.sever == nil {
		l.sever = map[uint64]context.CancelCauseFunc{}
	}
	id := l.next
	l.next++
	l.sever[id] = end
	return ctx, func() {
		l.mu.Lock()
		delete(l.sever, id)
		l.mu.Unlock()
		end(nil)
	}, nil
}

// through makes a call over the line.
func (l *Line) through(ctx context.Context, call func(context.Context) error) error {
	inner, done, err := l.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := call(inner); err != nil {
		if errors.Is(context.Cause(inner), ErrCut) {
			return ErrCut
		}
		return err
	}
	return nil
}

// Target is a target that is reached over the line. It compares as the other does.
func (l *Line) Target(t uplink.Target) uplink.Target {
	over := target{l, t}
	if c, ok := t.(uplink.Comparer); ok {
		return comparing{over, c}
	}
	return over
}

type target struct {
	line *Line
	to   uplink.Target
}

type comparing struct {
	target
	uplink.Comparer
}

func (t target) PutIfAbsent(ctx context.Context, key string, body io.ReadSeeker, size int64, sha256 string) (existed bool, err error) {
	err = t.line.through(ctx, func(ctx context.Context) error {
		existed, err = t.to.PutIfAbsent(ctx, key, body, size, sha256)
		return err
	})
	return existed, err
}

func (t target) Head(ctx context.Context, key string) (i uplink.Info, err error) {
	err = t.line.through(ctx, func(ctx context.Context) error {
		i, err = t.to.Head(ctx, key)
		return err
	})
	return i, err
}

func (t target) List(ctx context.Context, prefix string, yield func(uplink.Info) bool) error {
	return t.line.through(ctx, func(ctx context.Context) error { return t.to.List(ctx, prefix, yield) })
}

func (t target) Put(ctx context.Context, key string, body []byte) error {
	return t.line.through(ctx, func(ctx context.Context) error { return t.to.Put(ctx, key, body) })
}

// Get returns a body that is read over the line too.
func (t target) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	inner, done, err := t.line.begin(ctx)
	if err != nil {
		return nil, err
	}
	r, err := t.to.Get(inner, key)
	if err != nil {
		if errors.Is(context.Cause(inner), ErrCut) {
			err = ErrCut
		}
		done()
		return nil, err
	}
	return &travelling{r, inner, done}, nil
}

type travelling struct {
	io.ReadCloser
	ctx  context.Context
	done func()
}

func (t *travelling) Read(p []byte) (int, error) {
	if errors.Is(context.Cause(t.ctx), ErrCut) {
		return 0, ErrCut
	}
	return t.ReadCloser.Read(p)
}

func (t *travelling) Close() error {
	defer t.done()
	return t.ReadCloser.Close()
}
