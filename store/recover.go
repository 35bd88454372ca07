package store

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"edgelabel/agent/journal"
	"edgelabel/agent/series"
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

// openJournalAt hands over the records behind the applied position and opens the newest segment. lost is true when the journal ends
// before that position.
func (s *Store) openJournalAt(c counters, yield func(int64, []byte) error) (lost bool, err error) {
	nums, err := journalSegments(s.path("journal"))
	if err != nil {
		return false, err
	}
	lost = c.Segment != 0 && !slices.Contains(nums, c.Segment)
	last, end := c.Segment, int64(0)
	for _, num := range nums {
		if num < c.Segment {
			continue
		}
		from := int64(frame.FileHeader)
		path := s.path("journal", journalName(num))
		if num == c.Segment {
			from = c.Offset
			if info, err := os.Stat(path); err != nil || info.Size() < from {
				lost, from = true, frame.FileHeader
			}
		}
		var d frame.Damage
		if end, d, err = frame.Repair(path, journalHeader, s.path("quarantine"), from, yield); err != nil {
			return lost, err
		}
		lost = lost || d.Whole
		s.recovery.note(d)
		last = num
	}
	if end == 0 {
		last++
	}
	s.journal, err = openJournal(s.path("journal"), last, end)
	return lost, err
}

func (s *Store) openLabelsAt(applied int64, yield func(int64, []byte) error) (lost bool, err error) {
	path := s.path("labels.log")
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		s.labels, err = frame.Create(path, labelsHeader)
		return applied > frame.FileHeader, err
	}
	if err != nil {
		return false, err
	}
	from := max(applied, frame.FileHeader)
	if info.Size() < from {
		lost, from = true, frame.FileHeader
	}
	end, d, err := frame.Repair(path, labelsHeader, s.path("quarantine"), from, yield)
	if err != nil {
		return lost, err
	}
	s.recovery.note(d)
	if end == 0 {
		s.labels, err = frame.Create(path, labelsHeader)
		return applied > frame.FileHeader, err
	}
	s.labels, err = frame.Open(path, end)
	return lost, err
}

// restockLabels writes those labels into labels.log again that only the index still has.
func (s *Store) restockLabels() error {
	have := make(map[journal.Seq]bool)
	err := scanLog(s.path("labels.log"), labelsHeader, func(_ int64, payload []byte) error {
		r, err := s.decode(payload)
		if err == nil {
			have[r.Seq] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	var missing []*record
	err = s.view(func(t *txn) error {
		return t.bucket(buckets.labels).ForEach(func(_, v []byte) error {
			r, err := s.decode(v)
			if err == nil && !have[r.Seq] {
				missing = append(missing, r)
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	slices.SortFunc(missing, func(a, b *record) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, r := range missing {
		b, err := json.Marshal(r)
		if err != nil {
			return err
		}
		s.labels.Append(s.p.pack(b))
	}
	if err := s.labels.Commit(); err != nil {
		return err
	}
	s.recovery.Restored = len(missing)
	s.recovery.say("labels.log: %d labels written again from the index", len(missing))
	return s.direct(func(t *txn) error { t.dirty = true; return nil })
}

// scanLog reads all good records of a log file without changing it.
func scanLog(path, header string, yield func(int64, []byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() // read only
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !frame.CheckHeader(f, header) {
		return fmt.Errorf("%s: not a file of this program", path)
	}
	_, err = frame.Scan(f, frame.FileHeader, info.Size(), yield)
	return err
}

// direct commits one change from Open, before there is a writer.
func (s *Store) direct(plan func(*txn) error) error {
	errs := make([]error, 1)
	err := s.commit([]*request{{plan: plan}}, errs)
	return errors.Join(err, errs[0])
}

// settleStart writes down what this start changes: targets, epoch, first taxonomy, gaps where data was damaged.
func (s *Store) settleStart() error {
	var dangling []string
	err := s.direct(func(t *txn) error {
		t.sweep()
		epoch := max(t.c.Epoch, s.o.Epoch, 1)
		if epoch != t.c.Epoch {
			t.fail(t.emit(record{Epoch: epoch}))
		}
		if t.c.Taxonomy == 0 {
			tax := s.o.Taxonomy
			if err := tax.Check(); err != nil {
				return fmt.Errorf("first taxonomy: %w", err)
			}
			t.fail(t.emitTaxonomy(&tax, ""))
		}
		for _, d := range s.recovery.damages {
			t.fail(t.emit(record{Gap: &series.Gap{Source: "store", From: t.now, To: t.now, Reason: series.GapCorrupt, Detail: d.String()}}))
		}
		if s.recovery.Unclean {
			t.dropDangling()
		}
		dangling = t.gone
		s.recovery.epoch = t.c.Epoch
		return t.err
	})
	if err != nil {
		return err
	}
	if s.recovery.Replayed > 0 && s.recovery.Unclean {
		s.recovery.say("%d records of the logs were not in the index yet and were applied", s.recovery.Replayed)
	}
	s.announce(&txn{})
	return s.removeFiles(dangling)
}

// dropDangling takes windows out that no item shows: settling was cut short and never acknowledged.
func (t *txn) dropDangling() {
	var list []string
	t.fail(t.bucket(buckets.blobs).ForEach(func(k, v []byte) error {
		var b blobInfo
		err := t.p.unpackJSON(v, &b)
		if err == nil && b.Window && len(b.Items) == 0 {
			list = append(list, string(k))
		}
		return err
	}))
	for _, sha := range list {
		t.dropBlob(sha)
	}
}
