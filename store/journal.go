package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"edgelabel/store/failpoint"
	"edgelabel/store/frame"
)

const (
	journalHeader  = "ELJOURN1"
	labelsHeader   = "ELLABEL1"
	journalSegment = 16 << 20 // bytes from which on the journal goes on in a new file
)

// journalLog is the journal: numbered files of records, the last of which grows.
type journalLog struct {
	dir string
	num uint64
	log *frame.Log
}

func journalName(num uint64) string { return fmt.Sprintf("%016d.log", num) }

// journalSegments lists the numbers of the files, ascending.
func journalSegments(dir string) ([]uint64, error) {
	names, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list []uint64
	for _, e := range names {
		var num uint64
		if _, err := fmt.Sscanf(e.Name(), "%d.log", &num); err == nil && e.Name() == journalName(num) {
			list = append(list, num)
		}
	}
	slices.Sort(list)
	return list, nil
}

// openJournal opens the file for appending behind end, or makes it when end is 0.
func openJournal(dir string, num uint64, end int64) (*journalLog, error) {
	path := filepath.Join(dir, journalName(num))
	var log *frame.Log
	var err error
	if end == 0 {
		log, err = frame.Create(path, journalHeader)
	} else {
		log, err = frame.Open(path, end)
	}
	if err != nil {
		return nil, err
	}
	return &journalLog{dir: dir, num: num, log: log}, nil
}

func (j *journalLog) Append(payload []byte) int64 { return j.log.Append(payload) }

// outgrown reports whether it is to go on in a new file.
func (j *journalLog) outgrown() bool {
	return j.log.Durable() >= failpoint.Size(failpoint.JournalFile, journalSegment)
}

// roll goes on in a new file when the one at hand is full. On a full disk it stays with the one at hand, which has a reserve.
func (s *Store) roll() error {
	if !s.journal.outgrown() || s.full.Load() {
		return nil
	}
	next, err := openJournal(s.journal.dir, s.journal.num+1, 0)
	if err != nil {
		return s.noted(err)
	}
	failpoint.Hit(failpoint.JournalRolled)
	old := s.journal
	s.journal = next
	return errors.Join(old.log.Release(), old.close())
}

func (j *journalLog) close() error { return j.log.Close() }

// journalSize is the length of all files together.
func journalSize(dir string) (int64, error) {
	nums, err := journalSegments(dir)
	if err != nil {
		return 0, err
	}
	var sum int64
	for _, num := range nums {
		info, err := os.Stat(filepath.Join(dir, journalName(num)))
		if errors.Is(err, os.ErrNotExist) {
			continue // rewritten meanwhile
		}
		if err != nil {
			return 0, err
		}
		sum += info.Size()
	}
	return sum, nil
}
