package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"

	bolt "go.etcd.io/bbolt"
)

// lane is what stands beside an entry's number among those that a target lacks: the lane that it leaves by.
func (t *txn) lane(e *entry) []byte {
	lane := journal.Records
	switch e.Kind {
	case journal.Label, journal.Taxonomy:
		lane = journal.Labels
	case journal.Item:
		lane = journal.Windows
		if r, ok := t.row(e.Item); ok && r.Standing.Labels > 0 {
			lane = journal.Labels
		} else if ok && r.item.Window == nil {
			lane = journal.Items
		}
	}
	return []byte{byte(lane)}
}

// laneOf reads it. Entries of programs that knew no lanes, and those of a target that is new, have none: it follows from the entry.
func (t *txn) laneOf(key, value []byte) journal.Lane {
	if len(value) == 0 {
		var e entry
		t.getJSON(buckets.entries, key, &e)
		value = t.lane(&e)
	}
	return journal.Lane(value[0])
}

// promote moves an item's entry to the lane of labels, where it still waits.
func (t *txn) promote(seq journal.Seq) {
	key := key64(uint64(seq))
	for _, target := range t.o.Targets {
		if p := t.pending(target); p != nil && isPending(p, key) {
			t.fail(p.Put(key, []byte{byte(journal.Labels)}))
		}
	}
}

func isPending(p *bolt.Bucket, key []byte) bool {
	k, _ := p.Cursor().Seek(key)
	return bytes.Equal(k, key)
}

// Pending lists up to limit of the oldest entries that are in no batch of the target. ErrNotFound for a target that is not configured.
func (s *Store) Pending(ctx context.Context, target string, limit int) (list []journal.Entry, err error) {
	err = s.pendingOf(ctx, target, func(t *txn, p *bolt.Bucket) {
		c := p.Cursor()
		for k, _ := c.First(); k != nil && len(list) < limit && t.err == nil; k, _ = c.Next() {
			list = t.appendEntry(list, k)
		}
	})
	return list, err
}

// Waiting lists up to limit entries of a lane that are in no batch of the target: labels newest first, each behind its item where that
// waits too, and one entry more where that is needed for it; everything else oldest first. ErrNotFound for a target that is not configured.
func (s *Store) Waiting(ctx context.Context, target string, lane journal.Lane, limit int) (list []journal.Entry, err error) {
	err = s.pendingOf(ctx, target, func(t *txn, p *bolt.Bucket) {
		c := p.Cursor()
		start, step := c.First, c.Next
		if lane == journal.Labels {
			start, step = c.Last, c.Prev
		}
		taken := map[journal.Seq]bool{}
		for k, v := start(); k != nil && len(list) < limit && t.err == nil; k, v = step() {
			if t.laneOf(k, v) == lane {
				list = t.appendPair(list, taken, p, k)
			}
		}
	})
	return list, err
}

// appendPair adds an entry, and before a label its item.
func (t *txn) appendPair(list []journal.Entry, taken map[journal.Seq]bool, p *bolt.Bucket, key []byte) []journal.Entry {
	var e entry
	if t.getJSON(buckets.entries, key, &e) && e.Kind == journal.Label {
		if r, ok := t.row(e.Item); ok && r.Entry != 0 && isPending(p, key64(uint64(r.Entry))) {
			list = t.appendOnce(list, taken, key64(uint64(r.Entry)))
		}
	}
	return t.appendOnce(list, taken, key)
}

func (t *txn) appendOnce(list []journal.Entry, taken map[journal.Seq]bool, key []byte) []journal.Entry {
	seq := journal.Seq(binary.BigEndian.Uint64(key))
	if taken[seq] {
		return list
	}
	taken[seq] = true
	return t.appendEntry(list, key)
}

func (t *txn) appendEntry(list []journal.Entry, key []byte) []journal.Entry {
	if e, ok := t.entry(journal.Seq(binary.BigEndian.Uint64(key))); ok {
		return append(list, e)
	}
	return list
}

// Backlog counts what is in no batch of the target. ErrNotFound for a target that is not configured.
func (s *Store) Backlog(ctx context.Context, target string) (b journal.Backlog, err error) {
	b.Lanes = map[journal.Lane]int{}
	err = s.pendingOf(ctx, target, func(t *txn, p *bolt.Bucket) {
		c := p.Cursor()
		for k, v := c.First(); k != nil && t.err == nil; k, v = c.Next() {
			if len(b.Lanes) == 0 {
				var e entry
				t.getJSON(buckets.entries, k, &e)
				b.Oldest = e.At
			}
			b.Lanes[t.laneOf(k, v)]++
		}
	})
	return b, err
}

// pendingOf runs read over what the target lacks.
func (s *Store) pendingOf(ctx context.Context, target string, read func(*txn, *bolt.Bucket)) error {
	return s.view(func(t *txn) error {
		p := t.pending(target)
		if p == nil {
			return fmt.Errorf("target %s: %w", target, label.ErrNotFound)
		}
		read(t, p)
		return ctx.Err()
	})
}
