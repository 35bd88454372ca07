package store

import (
	"context"
	"errors"
	"time"

	"edgelabel/agent/journal"
	"edgelabel/store/history"
)

// keepBudgets looks at the budgets now and then and whenever somebody asks.
func (s *Store) keepBudgets(ctx context.Context) {
	tick := time.NewTicker(s.o.Keep)
	defer tick.Stop()
	for {
		if err := s.keepOnce(ctx); err != nil && ctx.Err() == nil {
			s.o.Log.Error("keep budgets", "dir", s.dir, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.keep:
		}
	}
}

func (s *Store) askForRoom() {
	select {
	case s.keep <- struct{}{}:
	default:
	}
}

func (s *Store) keepOnce(ctx context.Context) error {
	free, err := freeDisk(s.dir)
	if err != nil {
		return err
	}
	if free < s.margin() {
		s.filled()
	}
	low := s.o.MinFree > 0 && free < s.o.MinFree
	err = errors.Join(
		s.keepSeries(ctx, s.o.MinFree-free, low), s.keepBlobs(ctx, classImage), s.keepBlobs(ctx, classWindow), s.keepQuarantine(ctx), s.keepJournal(ctx), s.keepIndex(ctx), s.keepReserve(ctx), s.keepSegments(ctx),
	)
	if err != nil {
		return err
	}
	if free, err = freeDisk(s.dir); err != nil { // what was dropped is free now
		return err
	}
	s.emptied(free)
	return nil
}

// keepReserve has the writer fill the reserve up.
func (s *Store) keepReserve(ctx context.Context) error {
	return s.ask(ctx, &request{alone: func() error { s.hold(); return nil }, done: make(chan struct{})})
}

// keepSeries drops the oldest segments until samples are inside their budget and, on a disk that is nearly full, until enough went.
func (s *Store) keepSeries(ctx context.Context, short int64, low bool) error {
	for ctx.Err() == nil {
		over := s.history.Stats().Bytes > s.o.Series
		if !over && (!low || short <= 0) {
			return nil
		}
		seg, ok := s.history.Oldest()
		if !ok {
			return nil
		}
		reason := reasonFull
		if over {
			reason = reasonBudget
		}
		if err := s.dropSegment(ctx, seg, reason); err != nil {
			return err
		}
		short -= seg.Bytes
	}
	return nil
}

func (s *Store) dropSegment(ctx context.Context, seg history.Segment, reason string) error {
	e := journal.Evicted{Class: "series", Key: seg.Name, From: seg.From, To: seg.To, Bytes: seg.Bytes, Reason: reason}
	if err := s.doFreeing(ctx, func(t *txn) error { return t.emitEvicted(e) }); err != nil {
		return err
	}
	delete(s.onRecord, seg.Number)
	return s.history.Drop(seg)
}

// keepBlobs brings a class inside a budget that was made smaller, or that several pictures at once have passed.
func (s *Store) keepBlobs(ctx context.Context, c class) error {
	for ctx.Err() == nil {
		over, err := s.over(c, 0)
		if err != nil || over <= 0 {
			return err
		}
		freed, err := s.evict(ctx, c, reasonBudget, over)
		if err != nil || freed == 0 {
			return err
		}
	}
	return nil
}
