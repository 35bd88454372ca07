package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
)

// task is one component's blocking Run.
type task struct {
	name string
	run  func(ctx context.Context) error
}

// ring is a set of tasks that start and stop together.
type ring []task

// run starts the rings from the first, innermost, to the last and blocks. When ctx ends, or any task returns an error, they stop from
// the outermost in: a ring is told to stop only after every ring around it has stopped, so that what is on its way inwards arrives.
func run(ctx context.Context, rings ...ring) error {
	watch, failed := context.WithCancelCause(ctx)
	defer failed(nil)
	var stops []func() error
	for _, r := range rings {
		stops = append(stops, r.start(context.WithoutCancel(ctx), failed))
	}
	<-watch.Done()
	var errs []error
	if cause := context.Cause(watch); ctx.Err() == nil {
		errs = append(errs, cause)
	}
	for _, stop := range slices.Backward(stops) {
		if err := stop(); err != nil && !errors.Is(errors.Join(errs...), err) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// start begins the ring's tasks and returns what stops them and waits for them.
func (r ring) start(ctx context.Context, failed context.CancelCauseFunc) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	for _, t := range r {
		group.Go(func() error {
			if err := t.run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				err = fmt.Errorf("%s: %w", t.name, err)
				failed(err)
				return err
			}
			return nil
		})
	}
	return func() error {
		cancel()
		return group.Wait()
	}
}
