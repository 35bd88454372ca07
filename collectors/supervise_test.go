package collectors_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"edgelabel/collectors"
)

// scripted is a collector whose runs are written down beforehand; when they are used up it asks to be stopped.
type scripted struct {
	runs  []func(ctx context.Context, status *collectors.Status) error
	stop  context.CancelFunc
	began []time.Time
}

func (c *scripted) Name() string { return "press" }

func (c *scripted) Run(ctx context.Context, _ collectors.Sink, status *collectors.Status) error {
	c.began = append(c.began, time.Now())
	if len(c.began) > len(c.runs) {
		c.stop()
		<-ctx.Done()
		return nil
	}
	return c.runs[len(c.began)-1](ctx, status)
}

func failing(context.Context, *collectors.Status) error {
	return errors.New("connect 10.0.0.7:4840: refused")
}

func upThenFailing(up time.Duration) func(context.Context, *collectors.Status) error {
	return func(_ context.Context, status *collectors.Status) error {
		status.Up()
		time.Sleep(up)
		return errors.New("connection reset")
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func supervise(t *testing.T, c *scripted, o collectors.Options) *collectors.Status {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	c.stop = stop
	status := collectors.NewStatus("press", time.Now)
	if err := collectors.Supervise(ctx, c, nil, status, o); err != nil {
		t.Errorf("Supervise: %v", err)
	}
	return status
}

func waits(began []time.Time) []time.Duration {
	var d []time.Duration
	for i := 1; i < len(began); i++ {
		d = append(d, began[i].Sub(began[i-1]))
	}
	return d
}

func TestSuperviseWaitsLongerAfterEachFailureUpToMax(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &scripted{runs: slices.Repeat([]func(context.Context, *collectors.Status) error{failing}, 8)}
		status := supervise(t, c, collectors.Options{Rand: func() float64 { return 0.5 }, Log: quiet()})
		want := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second,
			30 * time.Second, 30 * time.Second}
		if got := waits(c.began); !slices.Equal(got, want) {
			t.Errorf("waits %v, want %v", got, want)
		}
		if s := status.Snapshot(); s.State != collectors.Stopped || s.Attempts != 9 || !s.Retry.IsZero() {
			t.Errorf("status at the end: %+v", s)
		}
	})
}

func TestSuperviseStartsOverAfterARunThatWasUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &scripted{runs: []func(context.Context, *collectors.Status) error{failing, failing, failing,
			upThenFailing(9 * time.Second), upThenFailing(11 * time.Second), failing}}
		supervise(t, c, collectors.Options{Rand: func() float64 { return 1 }, Log: quiet()})
		want := []time.Duration{1 * time.Second, 2 * time.Second, 4 * time.Second,
			9*time.Second + 8*time.Second, 11*time.Second + 1*time.Second, 2 * time.Second}
		if got := waits(c.began); !slices.Equal(got, want) {
			t.Errorf("waits %v, want %v", got, want)
		}
	})
}

func TestSuperviseSurvivesAPanicAndSaysWhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen collectors.Snapshot
		var log bytes.Buffer
		c := &scripted{runs: []func(context.Context, *collectors.Status) error{
			func(context.Context, *collectors.Status) error { panic("index out of range [3]") },
			func(_ context.Context, status *collectors.Status) error { seen = status.Snapshot(); return nil },
		}}
		supervise(t, c, collectors.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		if !strings.Contains(seen.Err, "index out of range [3]") || strings.Contains(seen.Err, "\n") {
			t.Errorf("error after the panic: %q", seen.Err)
		}
		if !strings.Contains(log.String(), "supervise_test.go") {
			t.Errorf("the log does not say where:\n%s", &log)
		}
		if n := strings.Count(log.String(), "source failed"); n != 2 {
			t.Errorf("%d lines for 2 failures:\n%s", n, &log)
		}
		if !strings.Contains(log.String(), "ended without an error") {
			t.Errorf("a run that ended by itself was not told:\n%s", &log)
		}
	})
}

func TestSuperviseShowsTheFailureWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		c := &scripted{runs: []func(context.Context, *collectors.Status) error{failing}, stop: stop}
		status := collectors.NewStatus("press", time.Now)
		done := make(chan error)
		go func() {
			done <- collectors.Supervise(ctx, c, nil, status, collectors.Options{Rand: func() float64 { return 1 }, Log: quiet()})
		}()
		synctest.Wait()
		s := status.Snapshot()
		if s.State != collectors.Waiting || s.Err != "connect 10.0.0.7:4840: refused" || time.Until(s.Retry) != time.Second {
			t.Errorf("while waiting: %+v", s)
		}
		stop()
		if err := <-done; err != nil || len(c.began) != 1 {
			t.Errorf("stopped while waiting: %v after %d runs", err, len(c.began))
		}
	})
}

func TestSuperviseReturnsOnlyAfterRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		returned := false
		c := &scripted{stop: stop, runs: []func(context.Context, *collectors.Status) error{
			func(ctx context.Context, _ *collectors.Status) error {
				<-ctx.Done()
				time.Sleep(3 * time.Second)
				returned = true
				return nil
			}}}
		time.AfterFunc(time.Second, stop)
		if err := collectors.Supervise(ctx, c, nil, collectors.NewStatus("press", time.Now), collectors.Options{Log: quiet()}); err != nil {
			t.Error(err)
		}
		if !returned {
			t.Error("Supervise returned while Run was still running")
		}
	})
}

// finishing is a collector with a last word.
type finishing struct {
	scripted
	said []error // the state of Finish's context, once per call
}

func (c *finishing) Finish(ctx context.Context, _ collectors.Sink, _ *collectors.Status) error {
	c.said = append(c.said, ctx.Err())
	return nil
}

func TestSuperviseLetsACollectorFinishWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		c := &finishing{scripted: scripted{runs: []func(context.Context, *collectors.Status) error{failing}, stop: stop}}
		time.AfterFunc(10*time.Millisecond, stop)
		o := collectors.Options{Rand: func() float64 { return 1 }, Log: quiet()}
		if err := collectors.Supervise(ctx, c, nil, collectors.NewStatus("press", time.Now), o); err != nil {
			t.Error(err)
		}
		if len(c.began) != 1 || len(c.said) != 1 || c.said[0] != nil {
			t.Errorf("%d runs, then Finish with %v", len(c.began), c.said)
		}
	})
}

func TestSuperviseRefusesMinAboveMax(t *testing.T) {
	err := collectors.Supervise(t.Context(), &scripted{}, nil, collectors.NewStatus("press", time.Now),
		collectors.Options{Min: time.Minute, Max: time.Second})
	if err == nil || !strings.Contains(err.Error(), "press") {
		t.Errorf("err = %v", err)
	}
}
