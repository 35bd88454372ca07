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
	f.status.edit(func(s *Status) { s.State, s.Error, s.Retry = Idle, "", 0 })
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

// backOff waits after a failure: full jitter under a bound that doubles, and at least as long as the target asked for.
func (f *Forwarder) backOff(ctx context.Context, failures int, err error) {
	bound := min(f.cfg.BackoffMin<<min(failures-1, 20), f.cfg.BackoffMax)
	pause := time.Duration(f.cfg.Rand() * float64(bound))
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
