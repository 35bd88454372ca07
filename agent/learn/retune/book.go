package retune

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"edgelabel/agent/detect"
	"edgelabel/agent/label"
	"edgelabel/agent/learn/lines"
)

// Book is the values that people gave to rules, in a file that is only ever added to: who, when, why, and what held before. It is safe for
// concurrent use.
type Book struct {
	mu    sync.Mutex
	file  *lines.File[label.Tuning]
	holds map[place]label.Tuning // the newest of each, also where it was taken back
}

type place struct{ rule, field string }

// OpenBook reads the file, which may be missing, and keeps it open.
func OpenBook(path string) (*Book, error) {
	b := &Book{holds: map[place]label.Tuning{}}
	file, err := lines.Open(path, b.takeLocked)
	if err != nil {
		return nil, fmt.Errorf("tuned rules: %w", err)
	}
	b.file = file
	return b, nil
}

func (b *Book) takeLocked(t label.Tuning) { b.holds[place{t.Rule, t.Field}] = t }

// Close closes the file. Twice is harmless.
func (b *Book) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.file.Close()
}

// Put lets a tuning hold. It returns after it is on disk.
func (b *Book) Put(t label.Tuning) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.file.Append(t); err != nil {
		return fmt.Errorf("tune %s of rule %s: %w", t.Field, t.Rule, err)
	}
	b.takeLocked(t)
	return nil
}

// Tunings lists the newest of each rule and field, by rule.
func (b *Book) Tunings() []label.Tuning {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]label.Tuning, 0, len(b.holds))
	for _, t := range b.holds {
		list = append(list, t)
	}
	slices.SortFunc(list, func(x, y label.Tuning) int { return cmp.Or(cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Field, y.Field)) })
	return list
}

// Tuned is a complete rule as people have tuned it. Values that no longer go with what the configuration says now do not hold.
func (b *Book) Tuned(r detect.Rule) detect.Rule {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := r
	for _, k := range knobsOf(r) {
		if t, ok := b.holds[place{r.Name, k.name}]; ok && t.Value != nil {
			k.set(&next, *t.Value)
		}
	}
	if next.Check() != nil {
		return r
	}
	return next
}
