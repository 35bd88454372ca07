package opcua

import (
	"context"
	"fmt"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors"
)

const (
	drainTime  = time.Second // for what is still queued when a run ends; the rest waits for the next run
	retryStore = time.Second
)

// delivery hands what is queued to the sink, in a goroutine of its own.
type delivery struct {
	source string
	queue  *queue
	sink   collectors.Sink
	status *collectors.Status
}

// start begins to deliver. stop waits until the queue is empty, at most drainTime, and until the goroutine has ended.
func (d *delivery) start(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	last, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		d.loop(ctx, last)
	}()
	return func() {
		close(last)
		timer := time.AfterFunc(drainTime, cancel)
		<-done
		timer.Stop()
		cancel()
	}
}

// loop delivers until last is closed and nothing is left, or ctx ends.
func (d *delivery) loop(ctx context.Context, last <-chan struct{}) {
	for {
		gaps, batch := d.queue.take()
		if len(gaps) > 0 || len(batch) > 0 {
			if !d.hand(ctx, gaps, batch) {
				return
			}
			continue
		}
		select {
		case <-d.queue.wake:
		case <-last:
			if d.queue.len() == 0 {
				return
			}
		}
	}
}

// hand delivers gaps and samples and gives back to the queue what it could not deliver before ctx ended.
func (d *delivery) hand(ctx context.Context, gaps []series.Gap, batch []series.Sample) bool {
	for i, g := range gaps {
		if !d.insist(ctx, func() error { return d.sink.Gap(ctx, g) }) {
			d.queue.giveBack(gaps[i:], batch)
			return false
		}
		d.status.Gap(g.Reason)
	}
	if len(batch) == 0 {
		return true
	}
	n, done := len(batch), d.stored(batch)
	if !d.insist(ctx, func() error { return d.sink.Samples(ctx, batch, done) }) {
		d.queue.giveBack(nil, batch)
		return false
	}
	d.status.Took(n)
	return true
}

// insist calls f until it succeeds; false when ctx ended before.
func (d *delivery) insist(ctx context.Context, f func() error) bool {
	for failed := false; ; failed = true {
		err := f()
		if err == nil {
			if failed {
				d.status.Problem("store", "")
			}
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		d.status.Problem("store", err.Error())
		select {
		case <-time.After(retryStore):
		case <-ctx.Done():
			return false
		}
	}
}

// stored is told how storing the batch ended. The server cannot send it again, so a failure leaves a gap.
func (d *delivery) stored(batch []series.Sample) func(error) {
	g := series.Gap{Source: d.source, From: batch[0].Time(), To: batch[0].Time(), Reason: series.GapOverflow}
	for _, s := range batch {
		g.From, g.To = min(g.From, s.Time()), max(g.To, s.Time())
	}
	n := len(batch)
	return func(err error) {
		if err != nil {
			g.Detail = fmt.Sprintf("%d samples could not be stored: %v", n, err)
			d.queue.addGap(g)
		}
	}
}
