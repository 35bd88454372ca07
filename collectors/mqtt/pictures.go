package mqtt

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"edgelabel/collectors"
)

// atOnce is how many pictures are on their way to the disk at a time: they share its syncs, and each is in memory until it is there.
const atOnce = 4

// pictures are those of one connection that the sink has.
type pictures struct {
	slots    chan struct{}
	refused  chan refusedPicture // what the sink will never store goes back to the worker, which keeps it
	underway sync.WaitGroup
}

type refusedPicture struct {
	d   *delivery
	a   *arrival
	err error
}

func newPictures() pictures {
	return pictures{slots: make(chan struct{}, atOnce), refused: make(chan refusedPicture)}
}

// picture hands a picture to the sink, behind the samples that came before it, and waits only while too many are underway.
func (s *session) picture(ctx context.Context, b *batch, d *delivery, a *arrival, p collectors.Picture) error {
	if err := s.flush(ctx, b); err != nil {
		return err
	}
	for taken := false; !taken; {
		select {
		case s.pictures.slots <- struct{}{}:
			taken = true
		case r := <-s.pictures.refused:
			s.refuse(r)
		}
	}
	s.ledger.hand(1)
	s.pictures.underway.Go(func() {
		defer func() { <-s.pictures.slots }()
		s.store(ctx, d, a, p)
	})
	return nil
}

// store runs on a goroutine of its own, at most atOnce at a time.
func (s *session) store(ctx context.Context, d *delivery, a *arrival, p collectors.Picture) {
	stored, err := s.sink.Image(ctx, p)
	switch {
	case errors.Is(err, collectors.ErrRejected):
		s.pictures.refused <- refusedPicture{d, a, err}
		return
	case err != nil:
		s.ledger.drop(1)
		s.fail(fmt.Errorf("image of topic %s: %w", problemKey(d.Topic), err))
		return
	case stored.Duplicate:
		s.status.Duplicate(1)
	default:
		s.status.TookImage()
	}
	s.stored(d, a)
}

// refuse keeps and acknowledges what can never be stored.
func (s *session) refuse(r refusedPicture) {
	rejected := []*Rejection{reject(reasonImage, "%v", r.err)}
	s.report(r.d, rejected)
	s.bury(r.d, rejected)
	s.stored(r.d, r.a)
}

func (s *session) stored(d *delivery, a *arrival) {
	if a != nil {
		s.memory.stored([]*arrival{a})
	}
	s.ledger.settle([]*delivery{d})
}

// finish waits for the pictures that are underway, once ctx has ended.
func (s *session) finish() {
	over := make(chan struct{})
	go func() {
		s.pictures.underway.Wait()
		close(over)
	}()
	for {
		select {
		case r := <-s.pictures.refused:
			s.refuse(r)
		case <-over:
			return
		}
	}
}
