package store

import (
	"errors"
	"io/fs"
	"os"

	"edgelabel/store/frame"

	bolt "go.etcd.io/bbolt"
)

// replayAtOnce is how many records one transaction of a rebuild applies.
const replayAtOnce = 2000

// rebuild makes the index anew: blobs by their sidecars, then the journal, then the labels, then the outbox by what the targets have.
func (s *Store) rebuild(path string) error {
	return createIndex(path, s.o.Index, func(db *bolt.DB) error {
		if err := s.walkBlobs(db); err != nil {
			return err
		}
		r := replay{s: s, db: db, acked: &acked{targets: make(map[string]*ackedBy)}}
		if err := r.journal(); err != nil {
			return err
		}
		if err := r.labels(); err != nil {
			return err
		}
		if err := r.finish(); err != nil {
			return err
		}
		if r.records > 0 {
			s.recovery.Rebuilt = true
			s.recovery.say("index.db: built from %d records and %d blobs", r.records, s.recovery.Indexed)
		}
		return nil
	})
}

// replay applies whole logs to an empty index.
type replay struct {
	s       *Store
	db      *bolt.DB
	acked   *acked
	records int
	batch   []*record
	c       counters
	holes   bool // part of the journal is missing or unreadable
}

func (r *replay) take(_ int64, payload []byte) error {
	rec, err := r.s.decode(payload)
	if err != nil {
		return err
	}
	r.records++
	if r.batch = append(r.batch, rec); len(r.batch) < replayAtOnce {
		return nil
	}
	return r.flush()
}

func (r *replay) flush() error {
	err := r.update(func(t *txn) {
		for _, rec := range r.batch {
			t.apply(rec)
		}
	})
	r.batch = r.batch[:0]
	return err
}

func (r *replay) update(fn func(*txn)) error {
	return r.db.Update(func(tx *bolt.Tx) error {
		t := r.s.newTxn(tx)
		t.rebuild, t.acked = true, r.acked
		fn(t)
		t.save()
		return t.err
	})
}

func (r *replay) journal() error {
	dir := r.s.path("journal")
	nums, err := journalSegments(dir)
	if err != nil {
		return err
	}
	for i, num := range nums {
		end, d, err := frame.Repair(r.s.path("journal", journalName(num)), journalHeader, r.s.path("quarantine"), frame.FileHeader, r.take)
		if err != nil {
			return err
		}
		r.s.recovery.note(d)
		r.holes = r.holes || d.Lost > 0 || d.Whole || i > 0 && num != nums[i-1]+1
		if end > 0 {
			r.c.Segment, r.c.Offset = num, end
		}
	}
	return r.flush()
}

func (r *replay) labels() error {
	path := r.s.path("labels.log")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	end, d, err := frame.Repair(path, labelsHeader, r.s.path("quarantine"), frame.FileHeader, r.take)
	if err != nil {
		return err
	}
	r.s.recovery.note(d)
	r.c.Labels = end
	return r.flush()
}

// finish settles the outbox. Where the journal has holes, receipts may be among what is lost: batches go on in a new epoch, so that no
// number is used twice.
func (r *replay) finish() error {
	return r.update(func(t *txn) {
		t.sweep()
		t.c.Segment, t.c.Offset, t.c.Labels = r.c.Segment, r.c.Offset, r.c.Labels
		if r.holes {
			t.c.Epoch++
			r.s.recovery.say("journal: parts are unreadable; batches go on in epoch %d", max(t.c.Epoch, 1))
		}
	})
}
