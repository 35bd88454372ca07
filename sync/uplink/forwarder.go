package uplink

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
)

// Defaults of Config.
const (
	DefaultMaxBatchBytes   = 64 << 20
	DefaultMaxBatchEntries = 1000
	DefaultLinger          = 2 * time.Second
	DefaultPoll            = 30 * time.Second
	DefaultBackoffMin      = time.Second
	DefaultBackoffMax      = time.Minute
	DefaultUploads         = 2
)

// Config is what a Forwarder needs. Gateway, Name, Target, Outbox and Blobs are required; zero means the default elsewhere.
type Config struct {
	Gateway string // id, unique at the centre
	Site    string // of labels, and of items that name none
	Line    string
	Version string // of this program, for the advisory state
	Epoch   uint64 // starts a new chain of batches; an operator raises it after a clone or a restore. 0 is 1
	Name    string // of the target, the outbox's key

	Target    Target
	Outbox    Outbox
	Blobs     Blobs
	Journaled <-chan struct{} // a hint that there are new entries; this forwarder alone receives from it. May be nil

	MaxBatchBytes   int64         // of bodies, images and windows; a single larger entry still goes, alone
	MaxBatchEntries int           // memory and retry cost are bounded by it
	Linger          time.Duration // how long to gather entries after a hint
	Poll            time.Duration // how often to look without a hint
	BackoffMin      time.Duration // full jitter between 0 and a bound that doubles from here
	BackoffMax      time.Duration
	Uploads         int // images on their way at the same time

	Now  func() time.Time
	Rand func() float64 // 0..1
	Log  *slog.Logger
}

func (c *Config) setDefaults() {
	c.Epoch = cmp.Or(c.Epoch, 1)
	c.MaxBatchBytes = cmp.Or(c.MaxBatchBytes, DefaultMaxBatchBytes)
	c.MaxBatchEntries = cmp.Or(c.MaxBatchEntries, DefaultMaxBatchEntries)
	c.Linger = cmp.Or(c.Linger, DefaultLinger)
	c.Poll = cmp.Or(c.Poll, DefaultPoll)
	c.BackoffMin = cmp.Or(c.BackoffMin, DefaultBackoffMin)
	c.BackoffMax = cmp.Or(c.BackoffMax, DefaultBackoffMax)
	c.Uploads = cmp.Or(c.Uploads, DefaultUploads)
	c.Log = cmp.Or(c.Log, slog.Default())
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Float64
	}
}

// Forwarder carries the outbox to one target:
//
//	outbox ─ Frozen, or Pending + Freeze ─▶ pack ─▶ images, rows ─▶ verify ─▶ manifest ─▶ outbox: Acknowledge
//
// At least once, and harmless twice: a batch is frozen before its first byte leaves, every retry makes the same keys and bytes, and no
// key is overwritten. There must be exactly one forwarder per target.
type Forwarder struct {
	cfg    Config
	status statusBox
}

// New checks the configuration and starts nothing.
func New(cfg Config) (*Forwarder, error) {
	if cfg.Gateway == "" || cfg.Name == "" || cfg.Target == nil || cfg.Outbox == nil || cfg.Blobs == nil {
		return nil, errors.New("forwarder: gateway, name, target, outbox and blobs are required")
	}
	cfg.setDefaults()
	f := &Forwarder{cfg: cfg}
	f.status.now = func() int64 { return cfg.Now().UnixNano() }
	f.status.edit(func(s *Status) { s.Name, s.State = cfg.Name, Idle })
	return f, nil
}

// Status may be called at any time.
func (f *Forwarder) Status() Status { return f.status.get() }

// outcome says how a round went.
type outcome int

const (
	nothing outcome = iota // no entry waits
	some                   // a batch went out
	full                   // a batch went out and there was more than it could hold
)

// Run forwards until the context ends, and returns nil then. Failures are retried for ever. A clone stops the work but not Run: the rest
// of the agent goes on, and Status says why.
func (f *Forwarder) Run(ctx context.Context) error {
	var to Target
	for failures := 0; ctx.Err() == nil; {
		did, err := f.round(ctx, &to)
		switch {
		case ctx.Err() != nil:
		case errors.Is(err, ErrCloned):
			f.cfg.Log.Error("sync stopped: give this gateway a new id or epoch and restart it", "target", f.cfg.Name, "error", err)
			f.status.edit(func(s *Status) { s.State, s.Error, s.Cloned, s.Retry = Waiting, err.Error(), true, 0 })
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
	if *to == nil {
		c, err := Probe(ctx, f.cfg.Target, f.cfg.Gateway)
		if err != nil {
			return nothing, err
		}
		*to = f.cfg.Target
		if !c.Exclusive {
			f.cfg.Log.Warn("store ignores If-None-Match: asking before each write instead", "target", f.cfg.Name)
			*to = headFirst{f.cfg.Target}
		}
		f.status.edit(func(s *Status) { s.Exclusive = c.Exclusive })
	}
	b, entries, more, err := f.next(ctx)
	if err != nil || len(entries) == 0 {
		return nothing, err
	}
	f.status.edit(func(s *Status) { s.State, s.Pending, s.Retry = Uploading, len(entries)+more, 0 })
	r, err := f.deliver(ctx, *to, b, entries)
	if errors.Is(err, ErrCloned) && b.Epoch < f.cfg.Epoch {
		return some, f.renew(ctx, entries)
	}
	if err != nil {
		return nothing, fmt.Errorf("batch %d: %w", b.Number, err)
	}
	r.At = f.cfg.Now().UnixNano()
	if err := f.cfg.Outbox.Acknowledge(ctx, r); err != nil {
		return nothing, fmt.Errorf("acknowledge batch %d: %w", b.Number, err)
	}
	f.acknowledged(ctx, *to, r, len(entries), more)
	if more > 0 {
		return full, nil
	}
	return some, nil
}

func (f *Forwarder) acknowledged(ctx context.Context, to Target, r journal.Receipt, entries, more int) {
	f.status.edit(func(s *Status) {
		s.Error, s.Pending, s.LastBatch, s.LastSync = "", more, r.Number, r.At
		s.Batches, s.Entries, s.Bytes = s.Batches+1, s.Entries+uint64(entries), s.Bytes+uint64(r.Bytes)
	})
	f.cfg.Log.Info("batch is at the centre", "target", f.cfg.Name, "batch", r.Number, "entries", entries, "bytes", r.Bytes)
	if err := f.report(ctx, to, r); err != nil && ctx.Err() == nil {
		f.cfg.Log.Warn("advisory state not written", "target", f.cfg.Name, "error", err)
	}
}

// next is the batch to send: the frozen one, or a new one of what waits. more counts entries that are known to wait behind it.
func (f *Forwarder) next(ctx context.Context) (b journal.Batch, entries []journal.Entry, more int, err error) {
	b, entries, ok, err := f.cfg.Outbox.Frozen(ctx, f.cfg.Name)
	if err != nil || ok {
		return b, entries, 0, wrap("read the frozen batch", err)
	}
	waiting, err := f.cfg.Outbox.Pending(ctx, f.cfg.Name, f.cfg.MaxBatchEntries)
	if err != nil || len(waiting) == 0 {
		return b, nil, 0, wrap("read the outbox", err)
	}
	entries = waiting[:fit(waiting, f.cfg.MaxBatchBytes)]
	if b, err = f.number(ctx, entries); err != nil {
		return b, nil, 0, err
	}
	more = len(waiting) - len(entries)
	if len(waiting) == f.cfg.MaxBatchEntries {
		more++ // there may be more: look again at once
	}
	return b, entries, more, wrap("freeze a batch", f.cfg.Outbox.Freeze(ctx, b))
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// renew freezes the entries of a cloned batch anew under the epoch that the operator has raised since.
func (f *Forwarder) renew(ctx context.Context, entries []journal.Entry) error {
	b, err := f.number(ctx, entries)
	if err != nil {
		return err
	}
	return wrap("freeze a batch of the new epoch", f.cfg.Outbox.Freeze(ctx, b))
}

// number makes the batch that follows the target's last receipt.
func (f *Forwarder) number(ctx context.Context, entries []journal.Entry) (journal.Batch, error) {
	b := journal.Batch{Target: f.cfg.Name, Epoch: f.cfg.Epoch, Number: 1, First: entries[0].Seq, Last: entries[len(entries)-1].Seq,
		Created: f.cfg.Now().UnixNano()}
	for _, e := range entries {
		b.Seqs = append(b.Seqs, e.Seq)
	}
	last, ok, err := f.cfg.Outbox.Last(ctx, f.cfg.Name)
	switch {
	case err != nil:
		return b, fmt.Errorf("read the last receipt: %w", err)
	case ok && last.Epoch > f.cfg.Epoch:
		return b, fmt.Errorf("epoch %d is behind %d of the last batch: it can only grow", f.cfg.Epoch, last.Epoch)
	case ok && last.Epoch == f.cfg.Epoch:
		b.Number, b.Previous = last.Number+1, last.SHA256
	}
	return b, nil
}

// fit is how many of the entries go into one batch of limit bytes: at least one.
func fit(entries []journal.Entry, limit int64) int {
	for i, e := range entries {
		if limit -= weigh(e); limit < 0 {
			return max(i, 1)
		}
	}
	return len(entries)
}

// weigh is the size of an entry with its images and window, in bytes. A body that cannot be read weighs what it is long.
func weigh(e journal.Entry) int64 {
	n := int64(len(e.Body))
	var it label.Item
	if e.Kind != journal.Item || json.Unmarshal(e.Body, &it) != nil {
		return n
	}
	for _, im := range it.Images {
		n += im.Bytes
	}
	if it.Window != nil {
		n += it.Window.Bytes
	}
	return n
}
