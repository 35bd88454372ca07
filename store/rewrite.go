package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"edgelabel/agent/journal"
	"edgelabel/store/failpoint"
	"edgelabel/store/frame"
)

// rewriteJournal writes what still counts into a new segment and lets go of the older ones: they are removed, or, where they were damaged,
// kept in quarantine. It runs where no commit can come in between.
func (s *Store) rewriteJournal(letGo func(path string) error) error {
	num := s.journal.num + 1
	var log *frame.Log
	err := s.view(func(t *txn) error {
		temp := s.path("journal", "rewrite.tmp")
		if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		var err error
		if log, err = frame.Create(temp, journalHeader); err != nil {
			return err
		}
		if err = errors.Join(s.dump(t, log), log.Close()); err != nil {
			return err
		}
		return os.Rename(temp, s.path("journal", journalName(num)))
	})
	if err == nil {
		err = frame.SyncDir(s.path("journal"))
	}
	if err != nil {
		return fmt.Errorf("rewrite journal: %w", err)
	}
	failpoint.Hit(failpoint.JournalWritten)
	next, err := openJournal(s.path("journal"), num, log.Durable())
	if err != nil {
		return err
	}
	old := s.journal
	s.journal = next
	s.live.Store(log.Durable())
	if err := errors.Join(old.close(), s.direct(func(t *txn) error { t.dirty = true; return nil })); err != nil {
		return err
	}
	failpoint.Hit(failpoint.JournalSwapped)
	nums, err := journalSegments(s.path("journal"))
	for _, older := range nums {
		if older < num {
			err = errors.Join(err, letGo(s.path("journal", journalName(older))))
		}
	}
	return err
}

func (s *Store) quarantine(path string) error {
	_, err := frame.Quarantine(path, s.path("quarantine"))
	return err
}

// dump writes the records that give the index as it is, but for labels (labels.log has them) and blobs (their sidecars do).
func (s *Store) dump(t *txn, log *frame.Log) error {
	d := dumping{s: s, t: t, log: log}
	d.write(record{Seq: t.c.Seq, Epoch: t.c.Epoch})
	d.write(record{Seq: t.c.Seq, Segments: &segmentsRecord{Have: slices.SortedFunc(maps.Values(t.segments()), bySegment)}})
	d.each(buckets.taxonomy, d.whole)
	d.each(buckets.gaps, d.whole)
	d.each(buckets.items, func(k, _ []byte) (record, bool, error) {
		row, ok := t.row(string(k))
		if !ok {
			return record{}, false, t.err
		}
		return record{Seq: row.Seq, At: row.EntryAt, Entry: row.Entry, Item: row.Raw, First: row.First}, true, nil
	})
	d.each(buckets.entries, d.entry)
	d.each(buckets.receipts, func(_, v []byte) (record, bool, error) {
		var r record
		err := t.p.unpackJSON(v, &r.Receipt)
		return r, true, err
	})
	sent, err := t.sent()
	if err != nil {
		return err
	}
	d.write(record{Seq: t.c.Seq, Sent: sent})
	d.each(buckets.frozen, func(_, v []byte) (record, bool, error) {
		var r record
		err := t.p.unpackJSON(v, &r.Frozen)
		return r, true, err
	})
	return errors.Join(d.err, t.err, log.Commit())
}

type dumping struct {
	s   *Store
	t   *txn
	log *frame.Log
	err error
}

func (d *dumping) write(r record) {
	b, err := json.Marshal(r)
	if err != nil {
		d.err = errors.Join(d.err, err)
		return
	}
	d.log.Append(d.t.p.pack(b))
	if d.log.Size()-d.log.Durable() > 4<<20 {
		d.err = errors.Join(d.err, d.log.Commit())
	}
}

func (d *dumping) each(bucket []byte, read func(k, v []byte) (record, bool, error)) {
	err := d.t.bucket(bucket).ForEach(func(k, v []byte) error {
		r, ok, err := read(k, v)
		if ok && err == nil {
			d.write(r)
		}
		return err
	})
	d.err = errors.Join(d.err, err)
}

// whole gives values that are records.
func (d *dumping) whole(_, v []byte) (record, bool, error) {
	r, err := d.s.decode(v)
	if err != nil {
		return record{}, false, err
	}
	return *r, true, nil
}

// entry gives the entries that may stand nowhere else.
func (d *dumping) entry(k, v []byte) (record, bool, error) {
	var e entry
	if err := d.t.p.unpackJSON(v, &e); err != nil {
		return record{}, false, err
	}
	r := record{Seq: journal.Seq(binary.BigEndian.Uint64(k)), At: e.At}
	switch e.Kind {
	case journal.Eviction:
		err := json.Unmarshal(e.Body, &r.Evicted)
		return r, true, err
	case journal.Gap:
		err := json.Unmarshal(e.Body, &r.Gap)
		return r, true, err
	}
	return record{}, false, nil
}

// sent says for each target which entries it lacks, those of a batch on its way included.
func (t *txn) sent() (map[string]*owing, error) {
	all := make(map[string]*owing)
	for _, target := range t.o.Targets {
		o := &owing{Through: t.c.Seq}
		if b, ok := t.frozen(target); ok {
			o.Except = append(o.Except, b.Seqs...)
		}
		if p := t.pending(target); p != nil {
			err := p.ForEach(func(k, _ []byte) error {
				o.Except = append(o.Except, journal.Seq(binary.BigEndian.Uint64(k)))
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
		all[target] = o
	}
	return all, nil
}

// keepJournal has the journal rewritten when it has outgrown its budget and most of it no longer counts.
func (s *Store) keepJournal(ctx context.Context) error {
	size, err := journalSize(s.path("journal"))
	if err != nil || s.full.Load() || size < max(s.o.Journal, 2*s.live.Load()) {
		return err
	}
	return s.ask(ctx, &request{alone: func() error { return s.rewriteJournal(os.Remove) }, done: make(chan struct{})})
}
