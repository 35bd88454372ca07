package store

import (
	"bytes"
	"encoding/json"
	"fmt"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"

	bolt "go.etcd.io/bbolt"
)

// counters are the small facts that every commit keeps in step with the rest of the index.
type counters struct {
	Seq      journal.Seq       `json:"seq"`      // newest record
	Segment  uint64            `json:"segment"`  // journal segment and
	Offset   int64             `json:"offset"`   // length of it that is applied
	Labels   int64             `json:"labels"`   // length of the label log that is applied
	Epoch    uint64            `json:"epoch"`    // of batches
	Open     int               `json:"open"`     // items that wait for a person
	Labeled  int               `json:"labeled"`  // items that have a label
	Unsynced int               `json:"unsynced"` // entries that some target lacks
	Blobs    uint64            `json:"blobs"`    // that ever came
	Images   int64             `json:"images"`   // bytes
	Windows  int64             `json:"windows"`  // bytes
	Taxonomy int               `json:"taxonomy"` // newest revision
	Evicted  map[string]uint64 `json:"evicted"`  // class/reason → number
	Results  map[string]int    `json:"results"`  // results that wait, by consumer
}

var countersKey = []byte("counters")

// txn is one transaction of the index together with what goes into the logs before it commits. Reading and writing through it, the first
// error stays in err and fails the whole commit.
type txn struct {
	tx      *bolt.Tx
	p       packer
	o       *Options
	c       counters
	now     int64
	journal appender // nil while records are replayed
	labels  appender
	dirty   bool
	rebuild bool // everything is replayed: the disk, not the record, says which blobs are there
	acked   *acked
	gone    []string // blobs whose files may be removed after the commit
	changes []label.Change
	err     error
}

// appender is the part of a log that a transaction uses.
type appender interface{ Append(payload []byte) int64 }

func (s *Store) newTxn(tx *bolt.Tx) *txn {
	t := &txn{tx: tx, p: s.p, o: &s.o, now: s.o.Now().UnixNano()}
	t.load()
	return t
}

func (t *txn) load() {
	if b := t.bucket(buckets.meta).Get(countersKey); b != nil {
		t.fail(t.p.unpackJSON(b, &t.c))
	}
	if t.c.Evicted == nil {
		t.c.Evicted = make(map[string]uint64)
	}
	if t.c.Results == nil {
		t.c.Results = make(map[string]int)
	}
}

func (t *txn) save() {
	t.putJSON(buckets.meta, countersKey, &t.c)
}

func (t *txn) fail(err error) {
	if err != nil && t.err == nil {
		t.err = err
	}
}

func (t *txn) bucket(name []byte) *bolt.Bucket { return t.tx.Bucket(name) }

func (t *txn) put(bucket, key, value []byte) {
	t.dirty = true
	t.fail(t.bucket(bucket).Put(key, value))
}

// putEnd is put into a bucket whose keys only grow.
func (t *txn) putEnd(bucket, key, value []byte) {
	t.bucket(bucket).FillPercent = appending
	t.put(bucket, key, value)
}

func (t *txn) putJSON(bucket, key []byte, v any) {
	b, err := t.p.packJSON(v)
	t.fail(err)
	if err == nil {
		t.put(bucket, key, b)
	}
}

// getJSON reads a value; ok is false when there is none.
func (t *txn) getJSON(bucket, key []byte, v any) (ok bool) {
	b := t.bucket(bucket).Get(key)
	if b == nil {
		return false
	}
	if err := t.p.unpackJSON(b, v); err != nil {
		t.fail(fmt.Errorf("%s %q: %w", bucket, key, err))
		return false
	}
	return true
}

func (t *txn) del(bucket, key []byte) {
	t.dirty = true
	t.fail(t.bucket(bucket).Delete(key))
}

// next numbers one more record or entry.
func (t *txn) next() journal.Seq {
	t.c.Seq++
	return t.c.Seq
}

// clock reads the clocks of the machine; nil where nobody gave them.
func (t *txn) clock() *Clock {
	if t.o.Clock == nil {
		return nil
	}
	c := t.o.Clock()
	return &c
}

// emit writes the record into its log and applies it.
func (t *txn) emit(r record) error {
	r.At, r.Clock = t.now, t.clock()
	if r.Seq == 0 {
		r.Seq = t.next()
	}
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("%w: %w", label.ErrInvalid, err)
	}
	log := t.journal
	if r.Label != nil {
		log = t.labels
	}
	log.Append(t.p.pack(b))
	t.apply(&r)
	return t.err
}

func (t *txn) changed(what, item string) {
	t.changes = append(t.changes, label.Change{What: what, Item: item})
}

// keys collects the keys below a prefix: bbolt's cursor must not delete what it walks over.
func (t *txn) keys(bucket, prefix []byte) [][]byte {
	var list [][]byte
	c := t.bucket(bucket).Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		list = append(list, bytes.Clone(k))
	}
	return list
}
