// Package queue is a bounded queue between many goroutines that ask and the one that writes. The writer takes everything that is there
// at once: requests that arrive while it works share its next commit.
package queue

import (
	"context"
	"errors"
	"sync"
)

// ErrClosed is returned for what comes after Close.
var ErrClosed = errors.New("store is closed")

// Queue holds up to its size. When it is full Push waits: that is how back-pressure reaches a source.
type Queue[T any] struct {
	room chan struct{} // one token for each waiting element
	wake chan struct{}

	mu     sync.Mutex
	list   []T
	closed bool
	done   chan struct{}
}

// New makes a queue for size elements.
func New[T any](size int) *Queue[T] {
	return &Queue[T]{room: make(chan struct{}, size), wake: make(chan struct{}, 1), done: make(chan struct{})}
}

// Push adds an element. It blocks while the queue is full; it fails when ctx ends or the queue is closed, and then nothing was added.
func (q *Queue[T]) Push(ctx context.Context, x T) error {
	select {
	case q.room <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-q.done:
		return ErrClosed
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		<-q.room
		return ErrClosed
	}
	q.list = append(q.list, x)
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return nil
}

// Ready signals that Take has something to give.
func (q *Queue[T]) Ready() <-chan struct{} { return q.wake }

// Take returns everything that is there, in the order of the Pushes.
func (q *Queue[T]) Take() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.takeLocked()
}

func (q *Queue[T]) takeLocked() []T {
	list := q.list
	q.list = nil
	for range list {
		<-q.room
	}
	return list
}

// Close refuses further elements and returns the last ones. Twice is harmless.
func (q *Queue[T]) Close() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		close(q.done)
	}
	return q.takeLocked()
}

// Len is how many elements wait.
func (q *Queue[T]) Len() int { return len(q.room) }
