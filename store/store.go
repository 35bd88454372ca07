// Package store keeps everything that came in and everything that people decided, durably and inside a budget.
//
//	samples ──▶ history ───────────────▶ series/*.raw ─▶ series/*.seg
//	pictures ─▶ blobs/ + sidecar ─┐
//	windows ──▶ blobs/ + sidecar ─┤
//	labels ───────────────────────┼─▶ writer ─▶ labels.log ─▶ journal/*.log ─▶ index.db ─▶ answer, outbox, feed
//	items, gaps, batches ─────────┘
//
// The logs are the truth and index.db is what applying them gives: it can be built again at any time. FORMAT.md draws the bytes and says
// what is synced in which order before a caller gets its answer.
package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"edgelabel/agent/label"
	"edgelabel/store/blob"
	"edgelabel/store/frame"
	"edgelabel/store/history"
	"edgelabel/store/queue"

	bolt "go.etcd.io/bbolt"
)

// Store is a data directory. Its methods may be called from several goroutines; those that change something wait for Run.
type Store struct {
	dir     string
	o       Options
	p       packer
	lock    *os.File
	history *history.History
	blobs   *blob.Dir
	queue   *queue.Queue[*request]
	labels  *frame.Log  // writer only
	journal *journalLog // writer only

	journaled chan struct{}
	keep      chan struct{} // asks for a look at the budgets
	feed      feed
	claims    claims
	tags      map[string]int // index into o.Tags
	recovery  Recovery
	commits   atomic.Uint64
	live      atomic.Int64 // bytes of the journal when it was last rewritten
	full      atomic.Bool  // the disk is: only labels and records of what is dropped are taken
	whole     atomic.Bool  // the reserve is
	unheld    bool         // the file system cannot hold a reserve; writer only
	indexHeld int64        // up to where index.db is known to have blocks; writer only
	indexUsed int64        // how much of it was in use when the last commit began; writer only
	shrunk    time.Time    // when it was written anew last while in use; writer only
	suspect   atomic.Bool  // something unreadable was met: check everything at the next start

	onRecord map[uint64]segmentRecord // segments that the index knows; of the keeper of the budgets

	mu sync.RWMutex // guards db against being reopened
	db *bolt.DB
}

// Open opens or makes a data directory and brings it into order after whatever stopped the last process. It fails when another process
// has it open. It starts nothing: see Run.
func Open(dir string, o Options) (*Store, error) {
	s := &Store{
		dir: dir, o: o.withDefaults(), tags: make(map[string]int),
		journaled: make(chan struct{}, 1), keep: make(chan struct{}, 1),
	}
	for i, tag := range s.o.Tags {
		s.tags[tag.ID] = i
	}
	s.queue = queue.New[*request](s.o.Queue)
	s.blobs = blob.New(s.path("blobs"))
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.closeFiles())
	}
	return s, nil
}

func (s *Store) open() error {
	if _, err := checkVersion(s.dir); err != nil { // before anything is made or moved
		return err
	}
	for _, folder := range folders() {
		if err := os.MkdirAll(s.path(folder), 0o700); err != nil {
			return err
		}
	}
	unclean, err := s.takeLock()
	if err != nil {
		return err
	}
	if unclean { // what a killed process wrote can be read long before it is on disk, and from here on counts as being there
		if err := syncDisk(s.dir); err != nil {
			return err
		}
	}
	if err := settleVersion(s.dir); err != nil {
		return err
	}
	if s.p, err = newPacker(); err != nil {
		return err
	}
	var damages []frame.Damage
	s.history, damages, err = history.Open(history.Config{
		Dir: s.path("series"), Quarantine: s.path("quarantine"), Segment: s.o.Segment, Queue: s.o.Queue, Codec: s.p.codec, Admit: s.admit, Rate: s.rate,
	})
	if err != nil {
		return err
	}
	s.recovery.Unclean = unclean
	s.recovery.note(damages...)
	if err := s.recover(); err != nil {
		return err
	}
	if err := os.Remove(s.path("ballast")); err != nil && !errors.Is(err, fs.ErrNotExist) { // in place of which the reserve came
		return err
	}
	s.indexHeld = s.dense()
	s.hold()
	return s.settleStart()
}

// folders are those of a data directory.
func folders() []string { return []string{"", "blobs", "series", "journal", "quarantine"} }

func (s *Store) path(names ...string) string {
	return filepath.Join(append([]string{s.dir}, names...)...)
}

// Run writes what the other methods ask for and keeps the budgets until ctx ends. It finishes what is queued before it returns.
func (s *Store) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	var historyErr error
	wg.Go(func() { historyErr = s.history.Run(ctx) })
	wg.Go(func() { s.keepBudgets(ctx) })
	wg.Go(func() { s.keepLetGo(ctx) })
	for ctx.Err() == nil {
		select {
		case <-s.queue.Ready():
			s.write(s.queue.Take())
		case <-ctx.Done():
		}
	}
	s.write(s.queue.Close())
	wg.Wait()
	return errors.Join(historyErr, s.recordSegments(s.direct))
}

// Close lets go of the data directory. Call it after Run has returned; what Run never came to fails.
func (s *Store) Close() error {
	for _, r := range s.queue.Close() {
		r.answer(queue.ErrClosed)
	}
	err := s.closeFiles()
	if err == nil && !s.suspect.Load() {
		err = markClosed(s.dir)
	}
	return errors.Join(err, s.lock.Close())
}

func (s *Store) closeFiles() error {
	var errs []error
	if s.history != nil {
		errs = append(errs, s.history.Close())
	}
	if s.labels != nil {
		errs = append(errs, s.labels.Close())
	}
	if s.journal != nil {
		errs = append(errs, s.journal.close())
	}
	if s.db != nil {
		unlisted, err := closeIndex(s.db)
		if unlisted != nil { // the next start takes longer, and nothing else
			s.o.Log.Warn("index closed without its free pages", "dir", s.dir, "err", unlisted)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// view reads the index. fn copies what it needs and returns soon: an open view keeps old pages alive.
func (s *Store) view(fn func(*txn) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.db == nil {
		return errIndexClosed
	}
	return s.db.View(func(tx *bolt.Tx) error {
		t := s.newTxn(tx)
		err := fn(t)
		if errors.Is(t.err, errDamaged) {
			s.suspect.Store(true)
		}
		if err == nil {
			err = t.err
		}
		return err
	})
}

var errIndexClosed = errors.New("index is closed after an error")

// Epoch numbers the run of batches: it starts at 1 and grows when the memory of earlier batches was damaged.
func (s *Store) Epoch() uint64 {
	var epoch uint64
	err := s.view(func(t *txn) error { epoch = t.c.Epoch; return nil })
	if err != nil {
		return s.recovery.epoch
	}
	return epoch
}

// Journaled signals that there is something to sync: once after Open, then after each change. It is a hint: several may share one.
func (s *Store) Journaled() <-chan struct{} { return s.journaled }

// Recovery says what Open found and did.
func (s *Store) Recovery() Recovery { return s.recovery }

// Taxonomy returns the newest revision.
func (s *Store) Taxonomy(ctx context.Context) (label.Taxonomy, error) {
	var tax label.Taxonomy
	err := s.view(func(t *txn) error {
		tax = t.taxonomy()
		return ctx.Err()
	})
	return tax, err
}
