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
	"edgelabel/store/frame"
)

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
	f, size, err := openSized(path)
	if err != nil {
		return err
	}
	defer f.Close() // read only
	if !frame.CheckHeader(f, header) {
		return fmt.Errorf("%s: not a file of this program", path)
	}
	_, err = frame.Scan(f, frame.FileHeader, size, yield)
	return err
}

// openSized opens a file to be read and says how long it is.
func openSized(path string) (f *os.File, size int64, err error) {
	if f, err = os.Open(path); err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// rewriteLabels writes labels.log anew from the index. It runs where no commit can come in between.
func (s *Store) rewriteLabels() error {
	var list []*record
	err := s.view(func(t *txn) error {
		return t.bucket(buckets.labels).ForEach(func(_, v []byte) error {
			r, err := s.decode(v)
			list = append(list, r)
			return err
		})
	})
	if err != nil {
		return err
	}
	payloads, err := s.p.packAll(list)
	if err != nil {
		return err
	}
	if err := appendFresh(s.path("labels.log"), labelsHeader, payloads); err != nil {
		return err
	}
	info, err := os.Stat(s.path("labels.log"))
	if err != nil {
		return err
	}
	old := s.labels
	if s.labels, err = frame.Open(s.path("labels.log"), info.Size()); err != nil {
		s.labels = old
		return err
	}
	return errors.Join(old.Close(), s.direct(func(t *txn) error { t.dirty = true; return nil }))
}
