package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/store/failpoint"
)

// entry reads an entry with its body.
func (t *txn) entry(seq journal.Seq) (journal.Entry, bool) {
	var e entry
	if !t.getJSON(buckets.entries, key64(uint64(seq)), &e) {
		t.fail(fmt.Errorf("entry %d: %w", seq, errDamaged))
		return journal.Entry{}, false
	}
	out := journal.Entry{Seq: seq, Kind: e.Kind, Key: e.Key, At: e.At, Body: e.Body}
	switch e.Kind {
	case journal.Item:
		r, ok := t.row(e.Item)
		if !ok {
			t.fail(fmt.Errorf("item %s of entry %d: %w", e.Item, seq, errDamaged))
			return out, false
		}
		out.Body = r.Raw
	case journal.Label:
		var r record
		if !t.getJSON(buckets.labels, labelKey(e.Item, e.Rev), &r) {
			t.fail(fmt.Errorf("label %d of item %s: %w", e.Rev, e.Item, errDamaged))
			return out, false
		}
		out.Body = r.Label
	}
	return out, true
}

// Freeze records a batch durably before its first byte goes out. The same batch again is harmless. ErrInvalid when the target has
// another batch on its way, when the number is not the next, or when an entry is not pending. The batch on its way may be frozen again
// under a later epoch: that is how an operator ends the dispute of two gateways with one id.
func (s *Store) Freeze(ctx context.Context, b journal.Batch) error {
	b.Seqs = slices.Clone(b.Seqs)
	defer failpoint.Hit(failpoint.BatchFrozen)
	return s.doFreeing(ctx, func(t *txn) error {
		if on, ok := t.frozen(b.Target); ok && on.Number == b.Number && on.Epoch == b.Epoch && slices.Equal(on.Seqs, b.Seqs) {
			return nil
		}
		if err := t.checkBatch(&b); err != nil {
			return fmt.Errorf("%w: batch %d of epoch %d for target %s: %w", label.ErrInvalid, b.Number, b.Epoch, b.Target, err)
		}
		return t.emit(record{Frozen: &b})
	})
}

func (t *txn) checkBatch(b *journal.Batch) error {
	on, busy := t.frozen(b.Target)
	if again := busy && b.Epoch > on.Epoch && slices.Equal(on.Seqs, b.Seqs); busy && !again {
		return fmt.Errorf("batch %d is on its way", on.Number)
	}
	next := uint64(1)
	if last, ok := t.receipt(b.Target); ok && last.Epoch == b.Epoch {
		next = last.Number + 1
	}
	if b.Number != next || b.Epoch != t.c.Epoch {
		return fmt.Errorf("want number %d of epoch %d", next, t.c.Epoch)
	}
	p := t.pending(b.Target)
	if p == nil {
		return fmt.Errorf("the target is not configured")
	}
	if len(b.Seqs) == 0 || !slices.IsSorted(b.Seqs) {
		return fmt.Errorf("want entries in ascending order")
	}
	if busy {
		return nil // the same entries under a new epoch: they have been taken from the pending ones already
	}
	c := p.Cursor()
	for _, seq := range b.Seqs {
		if k, _ := c.Seek(key64(uint64(seq))); k == nil || binary.BigEndian.Uint64(k) != uint64(seq) {
			return fmt.Errorf("entry %d is not pending", seq)
		}
	}
	return nil
}

// Frozen returns the target's batch that was frozen and not acknowledged, with its entries in order; ok is false when there is none.
func (s *Store) Frozen(ctx context.Context, target string) (b journal.Batch, entries []journal.Entry, ok bool, err error) {
	err = s.view(func(t *txn) error {
		if b, ok = t.frozen(target); !ok {
			return t.err
		}
		for _, seq := range b.Seqs {
			e, found := t.entry(seq)
			if !found {
				return t.err
			}
			entries = append(entries, e)
		}
		return ctx.Err()
	})
	return b, entries, ok, err
}

// Last returns the target's newest receipt; ok is false before the first.
func (s *Store) Last(ctx context.Context, target string) (r journal.Receipt, ok bool, err error) {
	err = s.view(func(t *txn) error {
		r, ok = t.receipt(target)
		return ctx.Err()
	})
	return r, ok, err
}

// Acknowledge records durably that the batch is whole at the target. Entries that every target has leave the outbox; an item without any
// is synced from then on. Twice is harmless. ErrInvalid for a batch that is not on its way.
func (s *Store) Acknowledge(ctx context.Context, r journal.Receipt) error {
	defer failpoint.Hit(failpoint.BatchMarked)
	return s.doFreeing(ctx, func(t *txn) error {
		if last, ok := t.receipt(r.Target); ok && last.Epoch == r.Epoch && last.Number >= r.Number {
			return nil
		}
		on, ok := t.frozen(r.Target)
		if !ok || on.Epoch != r.Epoch || on.Number != r.Number || !slices.Equal(on.Seqs, r.Seqs) {
			return fmt.Errorf("%w: batch %d of epoch %d for target %s is not on its way", label.ErrInvalid, r.Number, r.Epoch, r.Target)
		}
		return t.emit(record{Receipt: &r})
	})
}

// emitEvicted records that something is about to be dropped.
func (t *txn) emitEvicted(e journal.Evicted) error {
	e.At = t.now
	return t.emit(record{Evicted: &e})
}
