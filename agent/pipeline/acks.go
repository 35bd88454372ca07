package pipeline

import (
	"errors"
	"sync"
	"sync/atomic"
)

// ErrStopped says that the pipeline no longer takes anything, or stopped before it came to what it had taken.
var ErrStopped = errors.New("pipeline has stopped")

var errOriginalLost = errors.New("a sample that this one repeats, or that it was left out for, could not be stored")

// acks answers sources. A batch is answered when the store has answered for it. A batch of nothing but repetitions is answered together
// with the newest batch that is on its way to the store: what it repeats may be on its way too.
type acks struct {
	failures atomic.Uint64 // batches that the store refused

	mu     sync.Mutex
	newest *ack
}

type ack struct {
	acks     *acks
	done     func(error)
	leans    bool   // on what came before it: not safe when a batch before it was refused
	failures uint64 // when it was taken

	// Guarded by acks.mu.
	answered  bool
	err       error
	followers []*ack
}

// next is the acknowledgement of a batch that now goes to the store. failures is the count before its samples were compared with those
// before.
func (a *acks) next(done func(error), leans bool, failures uint64) *ack {
	k := &ack{acks: a, done: done, leans: leans, failures: failures}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.newest = k
	return k
}

// follow answers a batch of nothing but repetitions as soon as all before it are answered.
func (a *acks) follow(done func(error), failures uint64) {
	k := &ack{acks: a, done: done, leans: true, failures: failures}
	a.mu.Lock()
	var err error
	waits := a.newest != nil && !a.newest.answered
	if waits {
		a.newest.followers = append(a.newest.followers, k)
	} else if a.newest != nil {
		err = a.newest.err
	}
	a.mu.Unlock()
	if !waits {
		k.answer(err)
	}
}

// finish is what the store calls. It may be called again: only the first call counts.
func (k *ack) finish(err error) {
	k.acks.mu.Lock()
	if k.answered {
		k.acks.mu.Unlock()
		return
	}
	if err != nil {
		k.acks.failures.Add(1)
	}
	k.answered, k.err = true, err
	followers := k.followers
	k.followers = nil
	k.acks.mu.Unlock()

	k.answer(err)
	for _, f := range followers {
		f.answer(err)
	}
}

func (k *ack) answer(err error) {
	if err == nil && k.leans && k.acks.failures.Load() != k.failures {
		err = errOriginalLost
	}
	if k.done != nil {
		k.done(err)
	}
}
