package uplink

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
)

// next picks the batch to send and freezes it: what is light goes at once, the first lane first. Images that are too heavy to go within
// the quota are carried ahead in the background, and their batch is frozen when they are there; what is light and comes meanwhile
// overtakes them. No entries: the outcome says why.
func (f *Forwarder) next(ctx context.Context, to Target) (b journal.Batch, entries []journal.Entry, did outcome, err error) {
	waiting, first, err := f.waiting(ctx)
	if err != nil || len(waiting) == 0 {
		return b, nil, nothing, err
	}
	more, err := f.foretell(ctx, to, waiting)
	if err != nil {
		return b, nil, nothing, err
	}
	n, err := f.pick(ctx, to, waiting, first)
	if err != nil || n == 0 {
		if did = carrying; more {
			did = full
		}
		return b, nil, did, err
	}
	did = some
	if n < len(waiting) || len(waiting) >= f.cfg.MaxBatchEntries {
		did = full // there may be more: look again at once
	}
	b, entries, err = f.freeze(ctx, waiting[:n])
	return b, entries, did, err
}

// waiting lists what waits, lane after lane. first is how many are in the lane whose turn it is.
func (f *Forwarder) waiting(ctx context.Context) (list []journal.Entry, first int, err error) {
	for _, lane := range f.lanes() {
		if len(list) >= f.cfg.MaxBatchEntries {
			break
		}
		more, err := f.cfg.Outbox.Waiting(ctx, f.cfg.Name, lane, f.cfg.MaxBatchEntries-len(list))
		if err != nil {
			return nil, 0, fmt.Errorf("read the outbox: %w", err)
		}
		if list = append(list, more...); first == 0 {
			first = len(list)
		}
	}
	return list, first, nil
}

func (f *Forwarder) lanes() []journal.Lane {
	if f.cfg.Metered {
		return []journal.Lane{journal.Labels}
	}
	return journal.Lanes()
}

// joinShare is the part of the quota up to which entries of later lanes join a batch.
const joinShare = 8

// pick is how many of the waiting entries go now; 0 when the first has images that have to be carried ahead.
func (f *Forwarder) pick(ctx context.Context, to Target, waiting []journal.Entry, first int) (int, error) {
	limit := f.quota.bytes(f.cfg.MaxBatchBytes)
	there := map[string]journal.Object{}
	if a := f.ahead; a.ready() && a.seq == waiting[0].Seq {
		if a.err != nil {
			f.ahead = nil
			return 0, fmt.Errorf("carry ahead: %w", a.err)
		}
		there = a.there
	}
	n, sum := 0, int64(0)
	for ; n < len(waiting); n++ {
		if n == first {
			limit /= joinShare
		}
		if sum += weigh(&waiting[n], there); sum > limit {
			break
		}
	}
	if n > 0 {
		return n, nil
	}
	images, err := f.heavy(ctx, &waiting[0], there)
	if err != nil || len(images) == 0 {
		return 1, err
	}
	f.carry(ctx, to, waiting[0].Seq, images)
	return 0, nil
}

// heavy lists the images of an entry that still have to be carried, where it may leave at all.
func (f *Forwarder) heavy(ctx context.Context, e *journal.Entry, there map[string]journal.Object) ([]wanted, error) {
	it, ok := itemIn(e)
	if !ok {
		return nil, nil
	}
	if f.cfg.Rules != nil {
		d, err := f.cfg.Rules.decide(ctx, f.cfg.Items, e)
		if err != nil || d != pass {
			return nil, err
		}
	}
	var list []wanted
	for _, im := range it.Images {
		key := ""
		if isDigest(im.SHA256) {
			key = blobKey(im.SHA256, im.Format)
		}
		if _, done := there[key]; key != "" && !done {
			list = append(list, wanted{it.ID, key, im})
		}
	}
	return list, nil
}

// freeze makes a batch of the entries, in the order of the journal.
func (f *Forwarder) freeze(ctx context.Context, entries []journal.Entry) (journal.Batch, []journal.Entry, error) {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b journal.Entry) int { return int(int64(a.Seq) - int64(b.Seq)) })
	b, err := f.number(ctx, entries)
	if err != nil {
		return b, nil, err
	}
	if err := f.judge(ctx, &b, entries); err != nil {
		return b, nil, err
	}
	return b, entries, wrap("freeze a batch", f.cfg.Outbox.Freeze(ctx, b))
}

// renew freezes the entries of a cloned batch anew under the epoch that the operator has raised since.
func (f *Forwarder) renew(ctx context.Context, old journal.Batch, entries []journal.Entry) error {
	b, err := f.number(ctx, entries)
	if err != nil {
		return err
	}
	b.Above, b.Unasked, b.Brings = old.Above, old.Unasked, old.Brings
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

// itemIn is the item of an entry; ok is false for other kinds and for a body that cannot be read.
func itemIn(e *journal.Entry) (it label.Item, ok bool) {
	ok = e.Kind == journal.Item && json.Unmarshal(e.Body, &it) == nil
	return it, ok
}

// weigh is the size of an entry with its window and the images that are not there yet, in bytes. A body that cannot be read weighs what
// it is long.
func weigh(e *journal.Entry, there map[string]journal.Object) int64 {
	n := int64(len(e.Body))
	it, ok := itemIn(e)
	if !ok {
		return n
	}
	for _, im := range it.Images {
		if isDigest(im.SHA256) {
			if _, done := there[blobKey(im.SHA256, im.Format)]; done {
				continue
			}
		}
		n += im.Bytes
	}
	if it.Window != nil {
		n += it.Window.Bytes
	}
	return n
}
