package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"edgelabel/agent/label"
	"edgelabel/store/history"

	bolt "go.etcd.io/bbolt"
)

// indexed is what the index says, as far as it can be held against something else.
type indexed struct {
	c      counters
	items  map[string]*record // newest revision by item
	labels map[string]*record
	blobs  map[string]int64

	segments map[uint64]segmentRecord
}

// counters are those of the index; without one nothing was applied, and everything in the logs is ahead of it.
func (ix *indexed) counters() counters {
	if ix == nil {
		return counters{}
	}
	return ix.c
}

func idOf(item json.RawMessage) string {
	var it struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(item, &it); err != nil {
		return ""
	}
	return it.ID
}

// labelName tells labels apart: item and revision.
func labelName(raw json.RawMessage) string {
	var l label.Label
	if err := json.Unmarshal(raw, &l); err != nil {
		return ""
	}
	return fmt.Sprintf("%s revision %d", l.Item, l.Rev)
}

// index probes index.db and reads what it knows.
func (d *doctor) index() error {
	path := d.path("index.db")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		d.note("index.db is not there: the next start builds it")
		return nil
	}
	probe := d.o.Probe
	if probe == nil {
		probe = ProbeIndex
	}
	if err := probe(path); err != nil {
		d.find("index.db", "%v", err)
		d.badIndex = true
		return nil
	}
	db, err := openIndex(path, DefaultIndex)
	if err != nil {
		return err
	}
	s := &Store{dir: d.dir, o: Options{}.withDefaults(), p: d.p, db: db}
	ix := &indexed{items: map[string]*record{}, labels: map[string]*record{}, blobs: map[string]int64{}}
	err = s.view(ix.read)
	if err = errors.Join(err, db.Close()); err != nil {
		d.find("index.db", "%v", err)
		d.badIndex = true
		return nil
	}
	d.rows, d.x.Rows = ix, len(ix.items)+len(ix.labels)+len(ix.blobs)
	return nil
}

func (ix *indexed) read(t *txn) error {
	ix.c, ix.segments = t.c, t.segments()
	err := t.bucket(buckets.items).ForEach(func(k, _ []byte) error {
		r, ok := t.row(string(k))
		if ok {
			ix.items[string(k)] = &record{Seq: r.Seq, At: r.EntryAt, Entry: r.Entry, Item: slices.Clone(r.Raw)}
		}
		return t.err
	})
	if err != nil {
		return err
	}
	err = t.bucket(buckets.labels).ForEach(func(k, _ []byte) error {
		r := &record{}
		t.getJSON(buckets.labels, k, r)
		ix.labels[labelName(r.Label)] = r
		return t.err
	})
	if err != nil {
		return err
	}
	return t.bucket(buckets.blobs).ForEach(func(k, _ []byte) error {
		b, _ := t.blob(string(k))
		ix.blobs[string(k)] = b.Bytes
		return t.err
	})
}

// compare holds logs, blobs and index against each other.
func (d *doctor) compare() error {
	if d.rows == nil {
		return nil
	}
	if ahead := d.countAhead(); ahead > 0 {
		d.note("index.db: %d records of the logs are still to be applied", ahead)
	}
	d.lostLabels = d.differ("label", "labels.log", d.labels, d.rows.labels)
	d.lostItems = d.differ("item", "journal", d.items, d.rows.items)
	for sha, bytes := range d.rows.blobs {
		if n, ok := d.onDisk[sha]; !ok && !slices.Contains(d.badBlobs, sha) || ok && n != bytes {
			d.mismatch("blob %s of %d bytes is in the index and not on disk", sha, bytes)
		}
	}
	d.missedSegments()
	for sha := range d.onDisk {
		if _, ok := d.rows.blobs[sha]; !ok {
			d.note("blob %s is on disk and not in the index", sha)
		}
	}
	return nil
}

// missedSegments finds segments that are on record and not there.
func (d *doctor) missedSegments() {
	for _, r := range slices.SortedFunc(maps.Values(d.rows.segments), bySegment) {
		if _, err := os.Stat(d.path("series", history.SegmentName(r.Number, false))); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if _, err := os.Stat(d.path("series", history.SegmentName(r.Number, true))); errors.Is(err, fs.ErrNotExist) {
			d.find("series/"+r.name(), "%s", r)
			d.gone = append(d.gone, r.name())
		}
	}
}

func (d *doctor) countAhead() int {
	n := 0
	for _, list := range []map[string]logged{d.labels, d.items} {
		for _, l := range list {
			if l.ahead {
				n++
			}
		}
	}
	return n
}

func (d *doctor) mismatch(format string, args ...any) {
	d.find("index.db", format, args...)
	d.badIndex = true
}

// differ finds what one of log and index lacks, and returns what only the index has.
func (d *doctor) differ(what, file string, log map[string]logged, rows map[string]*record) (lost []*record) {
	for name, l := range log {
		if r := rows[name]; !l.ahead && (r == nil || r.Seq != l.seq) {
			d.mismatch("%s %s is in %s as record %d and differs in the index", what, name, file, l.seq)
		}
	}
	for name, r := range rows {
		switch l, ok := log[name]; {
		case ok && l.seq >= r.Seq:
		case r.Seq == 0: // a stub: its own record was lost before
			d.note("%s %s: only its labels are left", what, name)
		default:
			d.find(file, "%s %s is only in the index", what, name)
			lost = append(lost, r)
		}
	}
	slices.SortFunc(lost, func(a, b *record) int { return int(int64(a.Seq) - int64(b.Seq)) })
	return lost
}

// targetsOf are the targets that the index keeps an outbox for.
func targetsOf(tx *bolt.Tx) []string {
	var names []string
	c := tx.Bucket(buckets.pending).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		names = append(names, strings.Clone(string(k)))
	}
	return names
}
