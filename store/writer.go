package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"syscall"

	"edgelabel/agent/label"
	"edgelabel/store/failpoint"
	"edgelabel/store/frame"
	"edgelabel/store/queue"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// request is one change that waits for the writer.
type request struct {
	plan  func(*txn) error // checks and changes; an error means that nothing was changed
	alone func() error     // instead of plan: runs between commits
	frees bool             // it makes room: on a full disk it is the last that is turned away
	err   error
	taken atomic.Bool // by the writer, or by a caller that gave up
	done  chan struct{}
}

func (r *request) answer(err error) {
	r.err = err
	close(r.done)
}

// do runs the plan inside the next commit and returns after that commit is durable. When ctx ends before the writer has come to it
// nothing happens; after that do waits for the answer.
func (s *Store) do(ctx context.Context, plan func(*txn) error) error {
	return s.noted(s.ask(ctx, &request{plan: plan, done: make(chan struct{})}))
}

// doFreeing is do for what makes room: records of what is dropped and of what the targets have.
func (s *Store) doFreeing(ctx context.Context, plan func(*txn) error) error {
	return s.noted(s.ask(ctx, &request{plan: plan, frees: true, done: make(chan struct{})}))
}

func (s *Store) ask(ctx context.Context, r *request) error {
	if err := s.queue.Push(ctx, r); err != nil {
		return err
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		if r.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		<-r.done
	}
	return r.err
}

// write commits everything that waits at once and gives each request its own answer.
func (s *Store) write(requests []*request) {
	live := requests[:0]
	for _, r := range requests {
		if !r.taken.CompareAndSwap(false, true) {
			continue
		}
		if r.alone != nil {
			r.answer(r.alone())
			continue
		}
		live = append(live, r)
	}
	if live = s.turnAway(live); len(live) == 0 {
		return
	}
	errs := make([]error, len(live))
	if err := s.commit(live, errs); err != nil {
		err = classify(err)
		s.o.Log.Error("commit", "requests", len(live), "err", err)
		for i := range errs {
			errs[i] = err
		}
	}
	failpoint.Hit(failpoint.CommitIndexed)
	for i, r := range live {
		r.answer(errs[i])
	}
	failpoint.Hit(failpoint.CommitTold)
}

// commit is the one place where the index changes: plans, then labels.log, then the journal, then the index.
func (s *Store) commit(requests []*request, errs []error) error {
	if s.db == nil {
		if err := s.reopen(); err != nil {
			return err
		}
	}
	if err := s.roll(); err != nil {
		return err
	}
	labelsAt, journalAt := s.labels.Durable(), s.journal.log.Durable()
	t, err := s.plan(requests, errs)
	if err != nil {
		return err
	}
	changed := t.dirty || s.labels.Size() > labelsAt || s.journal.log.Size() > journalAt
	if !changed {
		return t.tx.Rollback()
	}
	if err := s.sync(t); err != nil {
		return errors.Join(err, t.tx.Rollback(), s.cutLogs(labelsAt, journalAt))
	}
	if err := t.tx.Commit(); err != nil {
		return errors.Join(fmt.Errorf("index: %w", err), s.reopen())
	}
	s.commits.Add(1)
	s.announce(t)
	return nil
}

// plan runs the requests' plans inside one transaction. One that meets a damaged value fails alone: the others are planned again without
// it.
func (s *Store) plan(requests []*request, errs []error) (*txn, error) {
	failed := make([]bool, len(requests))
	for {
		tx, err := s.db.Begin(true)
		if err != nil {
			return nil, err
		}
		s.indexUsed = tx.Size()
		t := s.newTxn(tx)
		t.labels, t.journal = s.labels, s.journal
		for i, r := range requests {
			if failed[i] || t.err != nil {
				continue
			}
			if errs[i] = r.plan(t); t.err != nil {
				errs[i], failed[i] = t.err, true
			}
		}
		if t.err == nil {
			return t, nil
		}
		err = errors.Join(tx.Rollback(), s.cutLogs(s.labels.Durable(), s.journal.log.Durable()))
		if err != nil || !slices.Contains(failed, true) {
			return nil, errors.Join(t.err, err)
		}
	}
}

func (s *Store) sync(t *txn) error {
	failpoint.Hit(failpoint.CommitPlanned)
	if err := s.labels.Commit(); err != nil {
		return err
	}
	failpoint.Hit(failpoint.CommitLabels)
	if err := s.journal.log.Commit(); err != nil {
		return err
	}
	failpoint.Hit(failpoint.CommitJournal)
	t.c.Segment, t.c.Offset, t.c.Labels = s.journal.num, s.journal.log.Durable(), s.labels.Durable()
	t.save()
	return t.err
}

func (s *Store) cutLogs(labelsAt, journalAt int64) error {
	return errors.Join(s.labels.Cut(labelsAt), s.journal.log.Cut(journalAt))
}

// reopen follows a commit whose outcome is unknown: the index is opened again, and the logs are cut back to where it stands.
func (s *Store) reopen() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.suspect.Store(true)
	if s.db != nil {
		err := s.db.Close()
		s.db = nil
		if err != nil {
			return err
		}
	}
	db, err := openIndex(s.path("index.db"), s.o.Index)
	if err != nil {
		return err
	}
	var c counters
	err = db.View(func(tx *bolt.Tx) error {
		t := s.newTxn(tx)
		c = t.c
		return t.err
	})
	if err == nil && c.Segment != s.journal.num {
		c.Offset = s.journal.log.Durable() // the commit would have been the first of its segment
		if c.Segment < s.journal.num {
			c.Offset = frame.FileHeader
		}
	}
	if err == nil {
		err = s.cutLogs(max(c.Labels, frame.FileHeader), c.Offset)
	}
	if err != nil {
		return errors.Join(err, db.Close())
	}
	s.db = db
	return nil
}

func (s *Store) announce(t *txn) {
	for _, c := range t.changes {
		s.feed.send(c.What, c.Item)
	}
	select {
	case s.journaled <- struct{}{}:
	default:
	}
}

// classify turns what the disk says into what callers are told.
func classify(err error) error {
	switch {
	case err == nil, errors.Is(err, label.ErrFull), errors.Is(err, queue.ErrClosed):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, bolterrors.ErrMaxSizeReached):
		return fmt.Errorf("%w: %w", label.ErrFull, err)
	}
	return err
}
