package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"slices"

	"edgelabel/agent/journal"

	bolt "go.etcd.io/bbolt"
)

// entry is what the index keeps of an outbox entry. The body of an item or a label stands with the item or the label.
type entry struct {
	Kind journal.Kind    `json:"kind"`
	Key  string          `json:"key"`
	At   int64           `json:"at"`
	Item string          `json:"item,omitempty"`
	Rev  int             `json:"rev,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
}

func (t *txn) putBody(seq journal.Seq, kind journal.Kind, key string, at int64, body any) {
	b, err := json.Marshal(body)
	t.fail(err)
	t.putEntry(seq, entry{Kind: kind, Key: key, At: at, Body: b})
}

// putEntry adds an entry that every target lacks.
func (t *txn) putEntry(seq journal.Seq, e entry) {
	key := key64(uint64(seq))
	if t.bucket(buckets.entries).Get(key) != nil {
		return
	}
	b, err := t.p.packJSON(e)
	t.fail(err)
	t.putEnd(buckets.entries, key, b)
	for _, target := range t.o.Targets {
		if p := t.pending(target); p != nil {
			p.FillPercent = appending
			t.fail(p.Put(key, t.lane(&e)))
		}
	}
	t.c.Unsynced++
	t.owe(e, 1)
}

func (t *txn) owe(e entry, by int) {
	if e.Item == "" {
		return
	}
	if old, ok := t.row(e.Item); ok {
		now := *old
		now.settle(by)
		t.putRow(e.Item, old, &now)
		if now.Standing.Synced {
			t.changed("item", e.Item)
		}
	}
}

func (t *txn) pending(target string) *bolt.Bucket {
	return t.bucket(buckets.pending).Bucket([]byte(target))
}

// doneEntry removes an entry that every target has.
func (t *txn) doneEntry(seq journal.Seq) {
	key := key64(uint64(seq))
	var e entry
	if !t.getJSON(buckets.entries, key, &e) {
		return
	}
	t.del(buckets.entries, key)
	t.c.Unsynced--
	t.owe(e, -1)
}

// forgetEntry takes an entry back that is in no batch: what it speaks of is gone.
func (t *txn) forgetEntry(seq journal.Seq) {
	key := key64(uint64(seq))
	if t.bucket(buckets.entries).Get(key) == nil {
		return
	}
	for _, target := range t.o.Targets {
		if p := t.pending(target); p != nil {
			t.fail(p.Delete(key))
		}
	}
	t.del(buckets.entries, key)
	t.c.Unsynced--
}

func (t *txn) frozen(target string) (b journal.Batch, ok bool) {
	ok = t.getJSON(buckets.frozen, []byte(target), &b)
	return b, ok
}

func (t *txn) applyFrozen(b *journal.Batch) {
	if last, ok := t.receipt(b.Target); ok && last.Epoch == b.Epoch && last.Number >= b.Number {
		return
	}
	t.putJSON(buckets.frozen, []byte(b.Target), b)
	if p := t.pending(b.Target); p != nil {
		for _, seq := range b.Seqs {
			t.fail(p.Delete(key64(uint64(seq))))
		}
	}
}

func (t *txn) receipt(target string) (r journal.Receipt, ok bool) {
	ok = t.getJSON(buckets.receipts, []byte(target), &r)
	return r, ok
}

func (t *txn) applyReceipt(r *journal.Receipt) {
	t.acked.receipt(r)
	if b, ok := t.frozen(r.Target); ok && (b.Epoch < r.Epoch || b.Epoch == r.Epoch && b.Number <= r.Number) {
		t.del(buckets.frozen, []byte(r.Target))
	}
	t.putJSON(buckets.receipts, []byte(r.Target), r)
	t.prune(r.Seqs)
	t.changed("status", "")
}

// prune removes those of the entries that no target lacks.
func (t *txn) prune(seqs []journal.Seq) {
	if t.acked != nil || len(t.o.Targets) == 0 {
		return
	}
	lacking := t.lacking()
	for _, seq := range seqs {
		if !lacking(seq) {
			t.doneEntry(seq)
		}
	}
}

// onTheWay reports whether the entry is in a batch that was frozen and not acknowledged.
func (t *txn) onTheWay(seq journal.Seq) bool {
	for _, target := range t.o.Targets {
		if b, ok := t.frozen(target); ok && slices.Contains(b.Seqs, seq) {
			return true
		}
	}
	return false
}

// lacking tells whether some target has an entry pending or in a batch that is on its way.
func (t *txn) lacking() func(journal.Seq) bool {
	var onTheWay [][]journal.Seq
	var waiting []*bolt.Bucket
	for _, target := range t.o.Targets {
		if b, ok := t.frozen(target); ok {
			onTheWay = append(onTheWay, b.Seqs)
		}
		if p := t.pending(target); p != nil {
			waiting = append(waiting, p)
		}
	}
	return func(seq journal.Seq) bool {
		key := key64(uint64(seq))
		for _, p := range waiting {
			if k, _ := p.Cursor().Seek(key); bytes.Equal(k, key) {
				return true
			}
		}
		return slices.ContainsFunc(onTheWay, func(seqs []journal.Seq) bool {
			_, found := slices.BinarySearch(seqs, seq)
			return found
		})
	}
}

// acked collects, while the logs are replayed, what each target has. A nil one takes note of nothing.
type acked struct {
	targets map[string]*ackedBy
}

type ackedBy struct {
	through journal.Seq
	except  map[journal.Seq]bool
	single  map[journal.Seq]bool
}

func (a *acked) of(target string) *ackedBy {
	by := a.targets[target]
	if by == nil {
		by = &ackedBy{except: map[journal.Seq]bool{}, single: map[journal.Seq]bool{}}
		a.targets[target] = by
	}
	return by
}

func (a *acked) add(sent map[string]*owing) {
	if a == nil {
		return
	}
	for target, o := range sent {
		by := a.of(target)
		by.through, by.except = o.Through, make(map[journal.Seq]bool, len(o.Except))
		for _, seq := range o.Except {
			by.except[seq] = true
		}
	}
}

func (a *acked) receipt(r *journal.Receipt) {
	if a == nil {
		return
	}
	for _, seq := range r.Seqs {
		a.of(r.Target).single[seq] = true
	}
}

func (by *ackedBy) has(seq journal.Seq) bool {
	return by.single[seq] || seq <= by.through && !by.except[seq]
}

// sweep brings the outbox in line with the configured targets and with what a replay learned about each.
func (t *txn) sweep() {
	all := t.keys(buckets.entries, nil)
	for _, target := range t.o.Targets {
		p := t.pending(target)
		if p == nil {
			var err error
			if p, err = t.bucket(buckets.pending).CreateBucket([]byte(target)); err != nil {
				t.fail(err)
				return
			}
			t.dirty = true
			for _, key := range all {
				t.fail(p.Put(key, nil))
			}
		}
		t.sweepTarget(target, p, all)
	}
	t.removeTargets()
	t.dropConsumers()
	t.acked = nil
	seqs := make([]journal.Seq, len(all))
	for i, key := range all {
		seqs[i] = journal.Seq(binary.BigEndian.Uint64(key))
	}
	t.prune(seqs)
}

func (t *txn) sweepTarget(target string, p *bolt.Bucket, all [][]byte) {
	frozen, _ := t.frozen(target)
	for _, key := range all {
		seq := journal.Seq(binary.BigEndian.Uint64(key))
		_, onTheWay := slices.BinarySearch(frozen.Seqs, seq)
		if onTheWay || t.acked != nil && t.acked.of(target).has(seq) {
			t.fail(p.Delete(key))
		}
	}
}

// removeTargets forgets what targets lack that are no longer configured; their receipts stay, should they come back.
func (t *txn) removeTargets() {
	for _, name := range t.keys(buckets.pending, nil) {
		if !slices.Contains(t.o.Targets, string(name)) {
			t.dirty = true
			t.fail(t.bucket(buckets.pending).DeleteBucket(name))
			t.del(buckets.frozen, name)
		}
	}
}
