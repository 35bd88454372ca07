package uplink

import (
	"context"
	"errors"
	"fmt"

	"edgelabel/agent/journal"
)

// Forwarder carries the outbox to one target:
//
//	                      ┌─ light ──────────────────────────────▶┐
//	lanes ─ foretell ─ pick┤                                      ├▶ Freeze ─▶ pack ─▶ images, rows ─▶ verify ─▶ manifest ─▶ Acknowledge
//	                      └─ heavy ─▶ images ahead, in background ▶┘
//
// At least once, and harmless twice: a batch is frozen before the first byte leaves that its number is part of, every retry makes the
// same keys and bytes, and no key is overwritten. There must be exactly one forwarder per target.
type Forwarder struct {
	cfg    Config
	status statusBox
	line   *line
	quota  quota
	ahead  *ahead // what is carried ahead; nil when nothing is

	foretold map[string]int // labels of each item that the centre has been told of, since the start

	placed map[string]journal.Object // images of the frozen batch that earlier attempts brought there, by key
}

// New checks the configuration and starts nothing.
func New(cfg Config) (*Forwarder, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg.setDefaults()
	f := &Forwarder{cfg: cfg, line: &line{now: cfg.Now, limit: cfg.Limit}, placed: map[string]journal.Object{}, foretold: map[string]int{}}
	f.status.now = func() int64 { return cfg.Now().UnixNano() }
	f.status.edit(func(s *Status) { s.Name, s.State = cfg.Name, Idle })
	return f, nil
}

// Status may be called at any time.
func (f *Forwarder) Status() Status { return f.status.get() }

// outcome says how a round went.
type outcome int

const (
	nothing  outcome = iota // no entry waits
	some                    // a batch went out
	full                    // a batch went out and there was more than it could hold
	carrying                // images are on their way ahead of their batch
	closed                  // nothing may leave now
)

// Run forwards until the context ends, and returns nil then. Failures are retried for ever. A clone stops the work but not Run: the rest
// of the agent goes on, and Status says why.
func (f *Forwarder) Run(ctx context.Context) error {
	defer f.drop()
	var to Target
	for failures := 0; ctx.Err() == nil; {
		did, err := f.round(ctx, &to)
		switch {
		case ctx.Err() != nil:
		case errors.Is(err, ErrCloned):
			f.cfg.Log.Error("sync stopped: give this gateway a new id or epoch and restart it", "target", f.cfg.Name, "error", err)
			f.status.edit(func(s *Status) { s.State, s.Error, s.Cloned, s.Retry = Waiting, err.Error(), true, 0 })
			f.drop()
			<-ctx.Done()
		case err != nil:
			failures++
			f.backOff(ctx, failures, err)
		default:
			failures = 0
			f.rest(ctx, did)
		}
	}
	return nil
}

// round probes the target when that is still to be done and sends one batch.
func (f *Forwarder) round(ctx context.Context, to *Target) (outcome, error) {
	if f.line.rate() < 0 {
		return closed, nil
	}
	if *to == nil {
		var err error
		if *to, err = f.probe(ctx); err != nil {
			return nothing, err
		}
	}
	b, entries, ok, err := f.cfg.Outbox.Frozen(ctx, f.cfg.Name)
	if err != nil {
		return nothing, fmt.Errorf("read the frozen batch: %w", err)
	}
	more := false
	if !ok {
		var did outcome
		if b, entries, did, err = f.next(ctx, *to); err != nil || len(entries) == 0 {
			return did, err
		}
		more = did == full
	}
	f.progress(ctx)
	f.status.edit(func(s *Status) { s.State, s.Retry = Uploading, 0 })
	if err := f.send(ctx, *to, b, entries); err != nil {
		return nothing, err
	}
	if more {
		return full, nil
	}
	return some, nil
}

func (f *Forwarder) probe(ctx context.Context) (Target, error) {
	c, err := Probe(ctx, f.cfg.Target, f.cfg.Gateway)
	if err != nil {
		return nil, err
	}
	f.status.edit(func(s *Status) { s.Exclusive = c.Exclusive })
	if !c.Exclusive {
		f.cfg.Log.Warn("store ignores If-None-Match: asking before each write instead", "target", f.cfg.Name)
		return headFirst{f.cfg.Target}, nil
	}
	return f.cfg.Target, nil
}

// send brings a frozen batch to the centre and acknowledges it.
func (f *Forwarder) send(ctx context.Context, to Target, b journal.Batch, entries []journal.Entry) error {
	began, before := f.cfg.Now(), f.line.sent.Load()
	r, err := f.deliver(ctx, to, b, entries)
	if errors.Is(err, ErrCloned) && b.Epoch < f.cfg.Epoch {
		return f.renew(ctx, b, entries)
	}
	if err != nil {
		return fmt.Errorf("batch %d: %w", b.Number, err)
	}
	f.quota.learn(f.line.sent.Load()-before, f.cfg.Now().Sub(began))
	r.At = f.cfg.Now().UnixNano()
	if err := f.cfg.Outbox.Acknowledge(ctx, r); err != nil {
		return fmt.Errorf("acknowledge batch %d: %w", b.Number, err)
	}
	f.acknowledged(ctx, to, r, len(entries))
	return nil
}

func (f *Forwarder) acknowledged(ctx context.Context, to Target, r journal.Receipt, entries int) {
	clear(f.placed)
	f.progress(ctx)
	f.status.edit(func(s *Status) {
		s.Error, s.LastBatch, s.LastSync = "", r.Number, r.At
		s.Batches, s.Entries, s.Bytes = s.Batches+1, s.Entries+uint64(entries), s.Bytes+uint64(r.Bytes)
		s.Above, s.Unasked = s.Above+uint64(len(r.Above)), s.Unasked+uint64(len(r.Unasked))
	})
	f.cfg.Log.Info("batch is at the centre", "target", f.cfg.Name, "batch", r.Number, "entries", entries, "bytes", r.Bytes,
		"above_clearance", len(r.Above))
	if err := f.report(ctx, to, r); err != nil && ctx.Err() == nil {
		f.cfg.Log.Warn("advisory state not written", "target", f.cfg.Name, "error", err)
	}
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
