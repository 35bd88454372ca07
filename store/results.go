package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"

	bolt "go.etcd.io/bbolt"
)

// maxResults is how many results may wait for one consumer; beyond it the oldest go, and are counted as evicted.
const maxResults = 10_000

// results holds consumer → number → entry without a body. It comes with the first consumer: an index without it is whole.
var results = []byte("results")

// noteItem lets the consumers know of an item that is new, final, or judged otherwise than before.
func (t *txn) noteItem(r *record, old, it *label.Item) {
	if old == nil || old.IsPartial && !it.IsPartial || old.Machine != it.Machine {
		t.note(r.Seq, entry{Kind: journal.Item, Key: it.ID, At: r.At, Item: it.ID, Rev: it.Rev})
	}
}

// note queues what happened for every consumer. It is no part of what targets owe: a consumer that is away holds up neither sync nor
// eviction.
func (t *txn) note(seq journal.Seq, e entry) {
	for _, name := range t.o.Results {
		b, err := t.consumer(name)
		if err != nil {
			t.fail(err)
			return
		}
		v, err := t.p.packJSON(e)
		t.fail(err)
		b.FillPercent = appending
		t.fail(b.Put(key64(uint64(seq)), v))
		t.dirty = true
		if t.c.Results[name]++; t.c.Results[name] <= maxResults {
			continue
		}
		if k, _ := b.Cursor().First(); k != nil {
			t.fail(b.Delete(k))
			t.c.Results[name]--
			t.c.Evicted["result/overflow"]++
		}
	}
}

func (t *txn) consumer(name string) (*bolt.Bucket, error) {
	all, err := t.tx.CreateBucketIfNotExists(results)
	if err != nil {
		return nil, err
	}
	return all.CreateBucketIfNotExists([]byte(name))
}

// dropConsumers forgets what waits for consumers that are no longer configured.
func (t *txn) dropConsumers() {
	all := t.bucket(results)
	if all == nil {
		return
	}
	for _, name := range t.keys(results, nil) {
		if !slices.Contains(t.o.Results, string(name)) {
			t.dirty = true
			t.fail(all.DeleteBucket(name))
			delete(t.c.Results, string(name))
		}
	}
}

// Results lists up to limit of the oldest results that wait for a consumer. Body is that of a label; an item's is with the item, which
// may have changed or gone since.
func (s *Store) Results(ctx context.Context, consumer string, limit int) (list []journal.Entry, err error) {
	err = s.view(func(t *txn) error {
		all := t.bucket(results)
		if all == nil || all.Bucket([]byte(consumer)) == nil {
			return nil
		}
		c := all.Bucket([]byte(consumer)).Cursor()
		for k, v := c.First(); k != nil && len(list) < limit; k, v = c.Next() {
			e, err := t.result(k, v)
			if err != nil {
				return err
			}
			list = append(list, e)
		}
		return ctx.Err()
	})
	return list, err
}

func (t *txn) result(k, v []byte) (journal.Entry, error) {
	var e entry
	if err := t.p.unpackJSON(v, &e); err != nil {
		return journal.Entry{}, fmt.Errorf("result: %w", err)
	}
	out := journal.Entry{Seq: journal.Seq(binary.BigEndian.Uint64(k)), Kind: e.Kind, Key: e.Key, At: e.At}
	if e.Kind == journal.Label {
		var r record
		if t.getJSON(buckets.labels, labelKey(e.Item, e.Rev), &r) {
			out.Body = r.Label // nil where the item was dropped, and its labels with it
		}
	}
	return out, t.err
}

// ResultsDone takes results off a consumer's list, durably. Twice is harmless.
func (s *Store) ResultsDone(ctx context.Context, consumer string, seqs []journal.Seq) error {
	return s.do(ctx, func(t *txn) error {
		b, err := t.consumer(consumer)
		if err != nil {
			return err
		}
		for _, seq := range seqs {
			key := key64(uint64(seq))
			if b.Get(key) == nil {
				continue
			}
			t.fail(b.Delete(key))
			t.c.Results[consumer]--
			t.dirty = true
		}
		return t.err
	})
}

// ResultsWaiting counts what waits for a consumer.
func (s *Store) ResultsWaiting(ctx context.Context, consumer string) (n int, err error) {
	err = s.view(func(t *txn) error {
		n = t.c.Results[consumer]
		return ctx.Err()
	})
	return n, err
}
