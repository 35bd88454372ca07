package uplink

import (
	"context"
	"errors"

	"edgelabel/agent/journal"
)

// Depositor fills a target with batches of its own, for what is made once and has no outbox: in the same layout, by the same steps, and
// verified in the same way.
type Depositor struct {
	f    *Forwarder
	last journal.Receipt
}

// NewDepositor needs Gateway, Name, Target and Blobs of cfg; what concerns an outbox is not used. The target must have no batches of that gateway.
func NewDepositor(cfg Config) (*Depositor, error) {
	cfg.Outbox = nowhere{}
	f, err := New(cfg)
	if err != nil {
		return nil, err
	}
	return &Depositor{f: f}, nil
}

// Add writes a batch. Entries are numbered by the caller, from 1 on, over all batches.
func (d *Depositor) Add(ctx context.Context, entries []journal.Entry) (journal.Receipt, error) {
	b := journal.Batch{Target: d.f.cfg.Name, Epoch: d.f.cfg.Epoch, Number: d.last.Number + 1, First: entries[0].Seq, Last: entries[len(entries)-1].Seq,
		Created: d.f.cfg.Now().UnixNano(), Previous: d.last.SHA256}
	for i := range entries {
		b.Seqs = append(b.Seqs, entries[i].Seq)
	}
	r, err := d.f.deliver(ctx, d.f.cfg.Target, b, entries)
	if err != nil {
		return r, err
	}
	clear(d.f.placed)
	d.last = r
	return r, nil
}

// nowhere is the outbox of what has none.
type nowhere struct{}

var errNoOutbox = errors.New("there is no outbox")

func (nowhere) Waiting(context.Context, string, journal.Lane, int) ([]journal.Entry, error) {
	return nil, errNoOutbox
}

func (nowhere) Freeze(context.Context, journal.Batch) error { return errNoOutbox }

func (nowhere) Frozen(context.Context, string) (journal.Batch, []journal.Entry, bool, error) {
	return journal.Batch{}, nil, false, errNoOutbox
}

func (nowhere) Last(context.Context, string) (journal.Receipt, bool, error) {
	return journal.Receipt{}, false, errNoOutbox
}

func (nowhere) Acknowledge(context.Context, journal.Receipt) error { return errNoOutbox }
