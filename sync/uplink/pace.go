package uplink

import (
	"context"
	"errors"
	"time"
)

// RetryAfterer is an error of a target that knows how long to stay away, such as an HTTP answer with Retry-After.
type RetryAfterer interface {
	error
	RetryAfter() time.Duration
}

// rest waits for work: not at all behind a full batch, a linger behind any other, else for a hint or the next look.
func (f *Forwarder) rest(ctx context.Context, did outcome) {
	if did == full {
		return
	}
	if did == carrying {
		f.stand(ctx)
		return
	}
	f.progress(ctx)
	f.status.edit(func(s *Status) { s.State, s.Error, s.Retry, s.Closed = Idle, "", 0, did == closed })
	if did == nothing {
		poll := time.NewTimer(f.cfg.Poll)
		defer poll.Stop()
		select {
		case <-ctx.Done():
		case <-f.cfg.Journaled:
		case <-poll.C:
			return
		}
	}
	sleep(ctx, f.cfg.Linger)
}

// stand waits beside images that are carried ahead, until they are there or something new may overtake them.
func (f *Forwarder) stand(ctx context.Context) {
	f.progress(ctx)
	f.status.edit(func(s *Status) { s.State, s.Error, s.Retry, s.Closed = Uploading, "", 0, false })
	poll := time.NewTimer(f.cfg.Poll)
	defer poll.Stop()
	select {
	case <-ctx.Done():
	case <-f.ahead.done:
	case <-poll.C:
	case <-f.cfg.Journaled:
		sleep(ctx, f.cfg.Linger)
	}
}

// progress counts what waits and works out how long it will take.
func (f *Forwarder) progress(ctx context.Context) {
	if f.cfg.Progress == nil {
		return
	}
	b, err := f.cfg.Progress.Backlog(ctx, f.cfg.Name)
	if err != nil {
		if ctx.Err() == nil {
			f.cfg.Log.Warn("backlog not counted", "target", f.cfg.Name, "error", err)
		}
		return
	}
	f.status.backlog(b)
}

// backOff waits after a failure: full jitter under a bound that doubles, then for a retry of the budget, and at least
// as long as the target asked for.
func (f *Forwarder) backOff(ctx context.Context, failures int, err error) {
	bound := min(f.cfg.BackoffMin<<min(failures-1, 20), f.cfg.BackoffMax)
	pause := time.Duration(f.cfg.Rand() * float64(bound))
	pause += f.cfg.Budget.take(f.cfg.Now())
	if asked := (RetryAfterer)(nil); errors.As(err, &asked) {
		pause = max(pause, asked.RetryAfter())
	}
	f.cfg.Log.Warn("sync waits", "target", f.cfg.Name, "error", err, "failures", failures, "retry_in", pause)
	f.status.edit(func(s *Status) {
		s.State, s.Error, s.Retry = Waiting, err.Error(), f.cfg.Now().Add(pause).UnixNano()
		s.Failures++
	})
	sleep(ctx, pause)
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
