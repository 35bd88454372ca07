package pipeline

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// queue holds what waits for the pipeline's goroutine, bounded by the sum of the weights. Whoever finds it full waits; once it is closed
// every message that is still inside comes back to whoever closed it, so that none is answered twice or never.
type queue struct {
	room *semaphore.Weighted
	size int64
	wake chan struct{} // has a token while messages wait

	mu      sync.Mutex
	waiting []message
	used    int64
	closed  bool
}

func newQueue(size int) *queue {
	return &queue{room: semaphore.NewWeighted(int64(size)), size: int64(size), wake: make(chan struct{}, 1)}
}

// push blocks until there is room, ctx ends or the queue is closed.
func (q *queue) push(ctx context.Context, m message) error {
	m.weight = min(max(m.weight, 1), q.size)
	if err := q.room.Acquire(ctx, m.weight); err != nil {
		return err
	}
	if !q.add(m) {
		q.room.Release(m.weight)
		return ErrStopped
	}
	return nil
}

func (q *queue) add(m message) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.waiting = append(q.waiting, m)
	q.used += m.weight
	q.signal()
	return true
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// pop takes the oldest message. Its room is free from now on.
func (q *queue) pop() (message, bool) {
	m, ok := q.take()
	if ok {
		q.room.Release(m.weight)
	}
	return m, ok
}

func (q *queue) take() (message, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return message{}, false
	}
	m := q.waiting[0]
	q.waiting[0] = message{}
	q.waiting = q.waiting[1:]
	q.used -= m.weight
	if len(q.waiting) > 0 {
		q.signal()
	}
	return m, true
}

// close turns away whoever comes from now on, and returns what was left.
func (q *queue) close() []message {
	q.mu.Lock()
	rest, used := q.waiting, q.used
	q.waiting, q.used, q.closed = nil, 0, true
	q.mu.Unlock()
	if used > 0 {
		q.room.Release(used)
	}
	return rest
}

// length is the sum of the weights that wait.
func (q *queue) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return int(q.used)
}
