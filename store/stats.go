package store

import (
	"context"
	"maps"
)

// Usage is what a class of data takes and may take, in bytes.
type Usage struct{ Bytes, Budget int64 }

// Stats is the store's state for status pages and metrics.
type Stats struct {
	Series, Images, Windows, Journal, Index, Quarantine Usage

	Segments int               // files of samples
	Samples  uint64            // written since Open
	Commits  uint64            // of the index since Open
	Syncs    uint64            // of sample segments since Open
	Queued   int               // Appends that wait to become durable
	Waiting  int               // other changes that wait
	Evicted  map[string]uint64 // by class/reason, ever
	Free     int64             // bytes of the disk
	Full     bool              // the disk is: labels are taken, samples and pictures are turned away
	Oldest   int64             // UTC ns, when the oldest entry was written that a target lacks; 0 when there is none
	Unsynced int               // entries that a target lacks
	SealErr  error             // why a segment of samples could not be sealed; it stays readable
	Lost     uint64            // hints that slow subscribers did not get
}

// Stats counts. It reads the index and asks the file system.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	h := s.history.Stats()
	st := Stats{
		Series: Usage{h.Bytes, s.o.Series}, Segments: h.Segments, Samples: h.Samples, Syncs: h.Commits,
		Queued: h.Queued, Waiting: s.queue.Len(), Commits: s.commits.Load(), SealErr: h.SealErr, Lost: s.feed.lostHints(),
		Full: s.full.Load(),
	}
	counts, err := s.Counts(ctx)
	if err != nil {
		return st, err
	}
	st.Oldest, st.Unsynced = counts.Oldest, counts.Unsynced
	err = s.view(func(t *txn) error {
		st.Images, st.Windows = Usage{t.c.Images, s.o.Images}, Usage{t.c.Windows, s.o.Windows}
		st.Index = Usage{t.tx.Size(), s.o.Index}
		st.Evicted = maps.Clone(t.c.Evicted)
		return nil
	})
	if err != nil {
		return st, err
	}
	st.Journal.Budget = s.o.Journal
	if st.Journal.Bytes, err = journalSize(s.path("journal")); err != nil {
		return st, err
	}
	st.Quarantine.Budget = s.o.Quarantine
	if _, st.Quarantine.Bytes, err = s.quarantined(); err != nil {
		return st, err
	}
	st.Free, err = freeDisk(s.dir)
	return st, err
}

func (f *feed) lostHints() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lost
}
