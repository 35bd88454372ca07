package collectors

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"
)

// Finisher is a Collector that has something to record when its source is stopped, even while it waits between two runs.
type Finisher interface {
	// Finish is called once, after the last Run. ctx lives a little longer than the one that ended the source.
	Finish(ctx context.Context, sink Sink, status *Status) error
}

// finishTime is what Finish is given.
const finishTime = 3 * time.Second

// Defaults of Options.
const (
	DefaultMinBackoff = time.Second
	DefaultMaxBackoff = time.Minute
	DefaultSettled    = 10 * time.Second
)

// Options are what Supervise needs from the world. The zero value is ready to use.
type Options struct {
	Now     func() time.Time // time.Now when nil
	Rand    func() float64   // uniform in [0, 1); math/rand/v2 when nil
	Log     *slog.Logger     // slog.Default() when nil
	Min     time.Duration    // longest wait after the first failure; DefaultMinBackoff when 0
	Max     time.Duration    // longest wait after many failures; DefaultMaxBackoff when 0
	Settled time.Duration    // a run that was up for so long starts the waits over; DefaultSettled when 0
}

var errEnded = errors.New("the source ended without an error")

// panicError is a panic of a collector. The stack is for the log, not for the status page.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string {
	return fmt.Sprintf("panic in the collector, please report it with the log: %v", e.value)
}

// Supervise runs c until ctx ends. A run that fails, panics or ends by itself is logged, shown in status and tried again after a random
// wait. The wait is at most Min, then twice Min, four times Min … up to Max. It is random ("full jitter") so that a hundred gateways do
// not all come back in the same second. Supervise blocks, and returns nil when ctx has ended and the last Run has returned. Its only
// error is a Min above Max.
func Supervise(ctx context.Context, c Collector, sink Sink, status *Status, o Options) error {
	o = o.withDefaults()
	if o.Min > o.Max {
		return fmt.Errorf("supervise %s: shortest backoff %v is above the longest, %v", c.Name(), o.Min, o.Max)
	}
	defer status.set(Stopped, nil, time.Time{})
	defer o.finish(ctx, c, sink, status)
	for failures := 0; ctx.Err() == nil; {
		status.set(Connecting, nil, time.Time{})
		err := runOnce(ctx, c, sink, status)
		up := status.upFor(o.Now())
		if ctx.Err() != nil {
			o.logLast(c.Name(), err)
			return nil
		}
		if up >= o.Settled {
			failures = 0
		}
		wait := o.backoff(failures)
		failures++
		status.set(Waiting, err, o.Now().Add(wait))
		o.logFailure(c.Name(), err, up, failures, wait)
		if err := Pause(ctx, wait); err != nil {
			return nil
		}
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Min == 0 {
		o.Min = DefaultMinBackoff
	}
	if o.Max == 0 {
		o.Max = max(DefaultMaxBackoff, o.Min)
	}
	if o.Settled == 0 {
		o.Settled = DefaultSettled
	}
	return o
}

// backoff picks the wait after the failure that follows so many others in a row.
func (o Options) backoff(failures int) time.Duration {
	ceiling := o.Min
	for range failures {
		if ceiling >= o.Max/2 {
			ceiling = o.Max
			break
		}
		ceiling *= 2
	}
	return time.Duration(o.Rand() * float64(ceiling))
}

func (o Options) logFailure(source string, err error, up time.Duration, failures int, wait time.Duration) {
	facts := []any{"source", source, "err", err, "up", up.Round(time.Millisecond), "failures", failures, "retry_in", wait.Round(time.Millisecond)}
	if p, ok := errors.AsType[*panicError](err); ok {
		facts = append(facts, "stack", string(p.stack))
	}
	o.Log.Warn("source failed", facts...)
}

// logLast tells what went wrong while the source was being stopped; a run that ends because it was told to has nothing to say.
func (o Options) logLast(name string, err error) {
	if err == nil || errors.Is(err, errEnded) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return
	}
	o.Log.Warn("source stopped with an error", "source", name, "err", err)
}

func (o Options) finish(ctx context.Context, c Collector, sink Sink, status *Status) {
	f, ok := c.(Finisher)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime)
	defer cancel()
	if err := f.Finish(ctx, sink, status); err != nil {
		o.Log.Warn("source could not be finished", "source", c.Name(), "err", err)
	}
}

// runOnce never returns nil: a run that has nothing to complain about has ended all the same.
func runOnce(ctx context.Context, c Collector, sink Sink, status *Status) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &panicError{p, debug.Stack()}
		}
	}()
	if err := c.Run(ctx, sink, status); err != nil {
		return err
	}
	return errEnded
}

// upFor is for how long the source has been up, 0 when it is not.
func (s *Status) upFor(now time.Time) time.Duration {
	snap := s.Snapshot()
	if snap.State != Up {
		return 0
	}
	return now.Sub(snap.Since)
}

// Pause waits for a while, or until ctx ends, whose error it returns then.
func Pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
