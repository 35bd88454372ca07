package centre

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"edgelabel/agent/learn/lines"
)

// entry is one word of the centre on a subject.
type entry[T any] struct {
	Subject string `json:"subject"`
	What    T      `json:"what"`
	By      string `json:"by"`
	Reason  string `json:"reason,omitempty"`
	At      int64  `json:"at"` // UTC ns
}

// book is the newest word on each subject and the one before, in a file that is only ever added to.
type book[T any] struct {
	mu     sync.Mutex
	file   *lines.File[entry[T]]
	order  []string // of the subjects, as they came first
	newest map[string]entry[T]
	former map[string]entry[T]
}

// openBook opens a file below the data directory's rules.
func openBook[T any](dir, name string) (*book[T], error) {
	b := &book[T]{newest: map[string]entry[T]{}, former: map[string]entry[T]{}}
	file, err := lines.Open(filepath.Join(dir, "rules", name), b.takeLocked)
	if err != nil {
		return nil, fmt.Errorf("what the centre said: %w", err)
	}
	b.file = file
	return b, nil
}

func (b *book[T]) takeLocked(e entry[T]) {
	if before, known := b.newest[e.Subject]; known {
		b.former[e.Subject] = before
	} else {
		b.order = append(b.order, e.Subject)
	}
	b.newest[e.Subject] = e
}

func (b *book[T]) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.file.Close()
}

// put returns after the entry is on disk.
func (b *book[T]) put(e entry[T]) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.file.Append(e); err != nil {
		return fmt.Errorf("write down %s: %w", e.Subject, err)
	}
	b.takeLocked(e)
	return nil
}

// held is the newest word on a subject, and the one before.
func (b *book[T]) held(subject string) (newest, former entry[T]) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.newest[subject], b.former[subject]
}

func (b *book[T]) subjects() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.order)
}
