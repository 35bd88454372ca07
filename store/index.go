package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"edgelabel/store/failpoint"
	"edgelabel/store/frame"

	bolt "go.etcd.io/bbolt"
)

// Buckets of the index.
var buckets = struct{ meta, items, rows, labels, keys, images, blobs, victims, entries, pending, frozen, receipts, taxonomy, gaps []byte }{
	meta:     []byte("meta"),     // counters, positions in the logs
	items:    []byte("items"),    // item id → row
	rows:     []byte("rows"),     // state letter + item id → what queries filter by
	labels:   []byte("labels"),   // item id + revision → label
	keys:     []byte("keys"),     // idempotency key → item id + revision
	images:   []byte("images"),   // sha256 + camera + name → label.Image
	blobs:    []byte("blobs"),    // sha256 → blobInfo
	victims:  []byte("victims"),  // order of eviction → item id or sha256
	entries:  []byte("entries"),  // number → outbox entry that some target lacks
	pending:  []byte("pending"),  // target, number → entry that is in no batch of the target
	frozen:   []byte("frozen"),   // target → batch that is on its way
	receipts: []byte("receipts"), // target → newest receipt
	taxonomy: []byte("taxonomy"), // revision → taxonomy
	gaps:     []byte("gaps"),     // end of the gap + number + begin + source + 00 + tag → gap
}

func allBuckets() [][]byte {
	b := buckets
	return [][]byte{b.meta, b.items, b.rows, b.labels, b.keys, b.images, b.blobs, b.victims, b.entries, b.pending, b.frozen, b.receipts, b.taxonomy, b.gaps}
}

const (
	schema    = "1"
	growAhead = 1 << 20
	appending = 0.9 // FillPercent of buckets whose keys only grow
)

func boltOptions(maxSize int64) *bolt.Options {
	mapped := maxSize
	if bits.UintSize == 32 {
		mapped = min(mapped, 512<<20)
	}
	return &bolt.Options{
		Timeout: time.Second, FreelistType: bolt.FreelistMapType, NoFreelistSync: true,
		InitialMmapSize: int(mapped), MaxSize: int(mapped),
	}
}

// openBolt opens or makes an index. It grows by little: what bbolt adds at once is a hole at first, and the reserve fills it.
func openBolt(path string, maxSize int64) (*bolt.DB, error) {
	db, err := bolt.Open(path, 0o600, boltOptions(maxSize))
	if err == nil {
		db.AllocSize = growAhead
	}
	return db, err
}

// createIndex makes an empty index under a temporary name; fill may put something into it before it gets its own.
func createIndex(path string, maxSize int64, fill func(*bolt.DB) error) error {
	temp := path + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	db, err := openBolt(temp, maxSize)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range allBuckets() {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		return tx.Bucket(buckets.meta).Put([]byte("schema"), []byte(schema))
	})
	if err == nil && fill != nil {
		err = fill(db)
	}
	if err = errors.Join(err, db.Sync(), db.Close()); err != nil {
		return fmt.Errorf("create index: %w", err)
	}
	failpoint.Hit(failpoint.IndexBuilt)
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	failpoint.Hit(failpoint.IndexNamed)
	return frame.SyncDir(filepath.Dir(path))
}

// openIndex opens an index that exists. A panic of the library on damaged pages comes back as an error where it can be caught.
func openIndex(path string, maxSize int64) (db *bolt.DB, err error) {
	defer catch(&err)()
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	db, err = openBolt(path, max(maxSize, info.Size())) // a lowered limit stops growth, not reading
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	err = db.View(func(tx *bolt.Tx) error {
		for _, name := range allBuckets() {
			if tx.Bucket(name) == nil {
				return fmt.Errorf("open index: no bucket %s", name)
			}
		}
		if v := tx.Bucket(buckets.meta).Get([]byte("schema")); string(v) != schema {
			return fmt.Errorf("open index: schema %q, this program knows %q", v, schema)
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// closeIndex closes the index with the list of its free pages in it: the next start has not to look at every page for them, which would
// all count as its memory. While the index is in use commits leave the list out, for it costs them time.
func closeIndex(db *bolt.DB) (unlisted, err error) {
	db.NoFreelistSync = false
	unlisted = db.Update(func(*bolt.Tx) error { return nil })
	return unlisted, db.Close()
}

// catch turns a panic over damaged or missing pages into an error, where it happens in this goroutine.
func catch(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if r := recover(); r != nil {
			*err = fmt.Errorf("read index: %v", r)
		}
	}
}

// ProbeIndex checks an index file page by page and value by value. Damaged pages can end the process that reads them, so a program
// calls it in a child of its own (see Options.Probe).
func ProbeIndex(path string) (err error) {
	db, err := openIndex(path, DefaultIndex)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	p, err := newPacker()
	if err != nil {
		return err
	}
	return db.View(func(tx *bolt.Tx) error {
		var first error
		for err := range tx.Check() { // to its end: it runs in a goroutine that uses tx
			if first == nil {
				first = fmt.Errorf("check index: %w", err)
			}
		}
		if first != nil {
			return first
		}
		return checkValues(tx, p)
	})
}

func checkValues(tx *bolt.Tx, p packer) (err error) {
	defer catch(&err)()
	b := buckets
	for _, name := range [][]byte{b.items, b.labels, b.images, b.blobs, b.entries, b.frozen, b.receipts, b.taxonomy, b.gaps, segmentsBucket} {
		bucket := tx.Bucket(name)
		if bucket == nil {
			continue
		}
		err := bucket.ForEach(func(k, v []byte) error {
			if _, err := p.unpack(v); err != nil {
				return fmt.Errorf("check index: %s %q: %w", name, k, err)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func key64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// keyTime orders signed times.
func keyTime(t int64) []byte { return key64(uint64(t) ^ 1<<63) }

// timeOf is the time of which keyTime made the beginning of a key.
func timeOf(key []byte) int64 { return int64(binary.BigEndian.Uint64(key) ^ 1<<63) }

// keyAge orders what was numbered by its number, and not by a clock that somebody may set back. Without one it comes before all that has
// one, in the order of its time.
func keyAge(number uint64, at int64) []byte {
	if number == 0 {
		return keyTime(at)
	}
	return key64(number | 0xff<<56) // no time before the year 2250 begins so
}
