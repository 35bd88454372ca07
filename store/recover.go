package store

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"edgelabel/store/failpoint"
	"edgelabel/store/frame"

	bolt "go.etcd.io/bbolt"
)

// Recovery is what Open found and did. Sentences says it for people; it is empty after a clean stop.
type Recovery struct {
	Unclean   bool  // the last process did not close the directory
	Rebuilt   bool  // index.db was made anew from the files
	Cut       int64 // bytes of torn tails, kept in quarantine/
	Lost      int64 // bytes inside files that hold no readable record
	Replayed  int   // records that were in the logs and not in the index
	Indexed   int   // pictures that were on disk and not in the index
	Removed   int   // files of blobs that were never acknowledged
	Missing   int   // blobs that the index knows and the disk has no more
	Restored  int   // labels that were in the index and not in labels.log
	Sentences []string

	epoch   uint64
	damages []frame.Damage
}

func (r *Recovery) note(damages ...frame.Damage) {
	for _, d := range damages {
		if !d.Any() {
			continue
		}
		r.Cut += d.Cut
		r.Lost += d.Lost
		r.damages = append(r.damages, d)
		r.say("%s", d)
	}
}

func (r *Recovery) say(format string, args ...any) {
	r.Sentences = append(r.Sentences, fmt.Sprintf(format, args...))
}

// recover brings index and logs together.
func (s *Store) recover() error {
	path := s.path("index.db")
	err := s.openOld(path)
	if err != nil {
		s.recovery.say("index.db: %v", err)
		kept, err := frame.Quarantine(path, s.path("quarantine"))
		if err != nil {
			return err
		}
		s.recovery.say("index.db: kept as quarantine/%s and built again from the files", kept)
	}
	if s.db != nil {
		if err := s.shrink(path); err != nil {
			return fmt.Errorf("compact index: %w", err)
		}
		return s.catchUp()
	}
	if err := s.rebuild(path); err != nil {
		return fmt.Errorf("rebuild index: %w", err)
	}
	if s.db, err = openIndex(path, s.o.Index); err != nil {
		return err
	}
	return s.catchUp()
}

// openOld opens the index that is there and leaves db nil when there is none. An error means that it cannot be used.
func (s *Store) openOld(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if s.recovery.Unclean && s.o.Probe != nil {
		if err := s.o.Probe(path); err != nil {
			return err
		}
	}
	db, err := openIndex(path, s.o.Index)
	if err != nil {
		return err
	}
	err = db.View(func(tx *bolt.Tx) error {
		if err := s.newTxn(tx).err; err != nil {
			return err
		}
		if s.recovery.Unclean && s.o.Probe == nil {
			return checkValues(tx, s.p)
		}
		return nil
	})
	if err != nil {
		return errors.Join(err, db.Close())
	}
	s.db = db
	return nil
}

// catchUp applies what the logs have and the index has not, and opens the logs for writing.
func (s *Store) catchUp() error {
	var c counters
	if err := s.view(func(t *txn) error { c = t.c; return nil }); err != nil {
		return err
	}
	if s.recovery.Unclean {
		if err := s.walkBlobs(s.db); err != nil {
			return err
		}
	}
	var records []*record
	collect := func(_ int64, payload []byte) error {
		r, err := s.decode(payload)
		records = append(records, r)
		return err
	}
	lostJournal, err := s.openJournalAt(c, collect)
	if err != nil {
		return err
	}
	lostLabels, err := s.openLabelsAt(c.Labels, collect)
	if err != nil {
		return err
	}
	slices.SortStableFunc(records, func(a, b *record) int { return cmp.Compare(a.Seq, b.Seq) })
	s.recovery.Replayed += len(records)
	err = s.db.Update(func(tx *bolt.Tx) error {
		t := s.newTxn(tx)
		for _, r := range records {
			t.apply(r)
		}
		t.c.Segment, t.c.Offset, t.c.Labels = s.journal.num, s.journal.log.Durable(), s.labels.Durable()
		t.save()
		return t.err
	})
	failpoint.Hit(failpoint.LogsReplayed)
	if err == nil && lostLabels {
		err = s.restockLabels()
	}
	if err == nil && lostJournal {
		s.recovery.say("journal: shorter than the index knows it; written again from the index, and what there was kept in quarantine/")
		err = s.rewriteJournal(s.quarantine)
	}
	return err
}

func (s *Store) decode(payload []byte) (*record, error) {
	r := &record{}
	if err := s.p.unpackJSON(payload, r); err != nil {
		return nil, err
	}
	return r, nil
}
