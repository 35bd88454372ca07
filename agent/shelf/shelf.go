// Package shelf keeps which rules make no items for a while: shelved until a time, with person and reason, or out of service until somebody
// puts them back (ISA-18.2, OPC 10000-9 §5.8.17). Every change is a line of a file that is never edited, so that it can be audited.
package shelf

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Action is what somebody did with a rule.
type Action string

const (
	Shelve       Action = "shelve" // until Entry.Until, in event time
	Unshelve     Action = "unshelve"
	OutOfService Action = "out_of_service"
	InService    Action = "in_service"
)

// Entry is one change: a line of the file.
type Entry struct {
	At     int64  `json:"at"` // UTC ns, gateway clock
	Rule   string `json:"rule"`
	Action Action `json:"action"`
	Until  int64  `json:"until,omitempty"` // UTC ns, event time
	Reason string `json:"reason,omitempty"`
	By     string `json:"by"` // user id
}

// hides reports whether the rule makes no items at an event time.
func (e Entry) hides(at int64) bool {
	return e.Action == OutOfService || e.Action == Shelve && at < e.Until
}

// DefaultMaxBytes is the size at which the file is put aside, as the only older one, and begun anew with what holds.
const DefaultMaxBytes = 4 << 20

// Book is the file and what it says. It is safe for concurrent use.
type Book struct {
	path string
	most int64

	mu    sync.Mutex
	file  *os.File
	size  int64
	rules map[string]Entry // newest of each rule
}

// Open reads the file, which may be missing, and keeps it open. A line that a power cut left unfinished is cut off: nobody was told that
// it holds. maxBytes 0 is DefaultMaxBytes.
func Open(path string, maxBytes int64) (*Book, error) {
	if maxBytes == 0 {
		maxBytes = DefaultMaxBytes
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("shelved rules: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("shelved rules: %w", err)
	}
	b := &Book{path: path, most: maxBytes, file: f, rules: map[string]Entry{}}
	if err := b.read(); err != nil {
		return nil, errors.Join(fmt.Errorf("shelved rules %s: %w", path, err), f.Close())
	}
	return b, nil
}

func (b *Book) read() error {
	r := bufio.NewReader(b.file)
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("byte %d: %w", b.size, err)
		}
		b.rules[e.Rule] = e
		b.size += int64(len(line))
	}
	if err := b.file.Truncate(b.size); err != nil {
		return err
	}
	_, err := b.file.Seek(b.size, io.SeekStart)
	return err
}

// Put writes a change down and lets it hold. It returns after it is on disk.
func (b *Book) Put(e Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.size > b.most {
		if err := b.turnLocked(); err != nil {
			return fmt.Errorf("begin %s anew: %w", b.path, err)
		}
	}
	if err := b.appendLocked(e); err != nil {
		return fmt.Errorf("%s rule %s: %w", e.Action, e.Rule, err)
	}
	b.rules[e.Rule] = e
	return nil
}

func (b *Book) appendLocked(e Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if _, err := b.file.WriteAt(line, b.size); err != nil {
		return errors.Join(err, b.file.Truncate(b.size))
	}
	if err := b.file.Sync(); err != nil {
		return err
	}
	b.size += int64(len(line))
	return nil
}

// turnLocked puts the file aside. What a rule was told last goes into the new one.
func (b *Book) turnLocked() error {
	fresh, err := os.OpenFile(b.path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	next := &Book{path: b.path, most: b.most, file: fresh}
	for _, e := range b.rules {
		if err := next.appendLocked(e); err != nil {
			return errors.Join(err, fresh.Close())
		}
	}
	if err := b.swap(); err != nil {
		return errors.Join(err, fresh.Close())
	}
	old := b.file
	b.file, b.size = fresh, next.size
	return old.Close()
}

// swap keeps the old file beside the new one. At every moment one of them stands at the path.
func (b *Book) swap() error {
	if err := os.Remove(b.path + ".1"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := errors.Join(os.Link(b.path, b.path+".1"), os.Rename(b.path+".new", b.path)); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(b.path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Newest is what was done with a rule last.
func (b *Book) Newest(rule string) (Entry, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.rules[rule]
	return e, ok
}

// Hides reports whether a rule makes no items at an event time, UTC ns. otherwise is the answer for a rule that nobody touched.
func (b *Book) Hides(rule string, at int64, otherwise bool) bool {
	if e, ok := b.Newest(rule); ok && (e.Action == OutOfService || e.Action == InService || !otherwise) {
		return e.hides(at)
	}
	return otherwise
}

// Close closes the file. Twice is harmless.
func (b *Book) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("shelved rules: %w", err)
	}
	return nil
}
