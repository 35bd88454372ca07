package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/store/failpoint"
)

// class is a kind of data with a budget of its own.
type class string

const (
	classImage  class = "image"
	classWindow class = "window"
)

// Why something was evicted.
const (
	reasonBudget = "budget"
	reasonFull   = "disk_full"
)

// Items or blobs that one transaction evicts at most.
const evictAtOnce = 64

func (s *Store) budget(c class) int64 {
	if c == classWindow {
		return s.o.Windows
	}
	return s.o.Images
}

func (t *txn) used(c class) int64 {
	if c == classWindow {
		return t.c.Windows
	}
	return t.c.Images
}

// room makes room for n more bytes of the class. ErrFull when nothing may be evicted that would give it.
func (s *Store) room(ctx context.Context, c class, n int64) error {
	if err := s.admit(); err != nil {
		return err
	}
	for {
		over, err := s.over(c, n)
		if err != nil || over <= 0 {
			return err
		}
		freed := int64(0)
		if n <= s.budget(c) {
			if freed, err = s.evict(ctx, c, reasonBudget, over); err != nil {
				return err
			}
		}
		if freed == 0 {
			return fmt.Errorf("%w: budget of %d bytes for class %s is used up by what may not be evicted", label.ErrFull, s.budget(c), c)
		}
	}
}

func (s *Store) over(c class, n int64) (int64, error) {
	var used int64
	err := s.view(func(t *txn) error { used = t.used(c); return nil })
	return used + n - s.budget(c), err
}

// evict drops at least need bytes of the class, or what may be dropped at once, and says how much it was. The records of it are durable
// before the first file goes.
func (s *Store) evict(ctx context.Context, c class, reason string, need int64) (freed int64, err error) {
	var gone []string
	err = s.doFreeing(ctx, func(t *txn) error {
		freed, gone = 0, nil
		e := eviction{t: t, s: s, class: c, reason: reason, need: need}
		err := e.run()
		freed, gone = e.freed, t.gone
		return err
	})
	if err != nil {
		return 0, err
	}
	failpoint.Hit(failpoint.EvictRecorded)
	return freed, s.removeFiles(gone)
}

// removeFiles deletes blobs that are no longer in the index. One that somebody is just adding again stays.
func (s *Store) removeFiles(gone []string) error {
	var errs []error
	for _, sha := range gone {
		release := s.blobs.TryHold(sha)
		if release == nil {
			continue
		}
		back := false
		err := s.view(func(t *txn) error { _, back = t.blob(sha); return nil })
		if err == nil && !back {
			err = s.blobs.Remove(sha)
		}
		release()
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// eviction is one transaction's worth of dropping.
type eviction struct {
	t      *txn
	s      *Store
	class  class
	reason string
	need   int64
	freed  int64
	count  int
}

func (e *eviction) enough() bool {
	return e.freed >= e.need || e.count >= evictAtOnce || e.t.err != nil
}

// run goes through the victims in their order: what is at every target, what no item shows, what nobody labeled by score and age.
func (e *eviction) run() error {
	letters := []byte{syncedPictures, orphanPicture, unlabeledPictures}
	if e.class == classWindow {
		letters = []byte{syncedWindow, unlabeledWindow}
	}
	for _, letter := range letters {
		if err := e.letter(letter); err != nil {
			return err
		}
	}
	return e.t.err
}

func (e *eviction) letter(letter byte) error {
	for _, v := range e.victims(letter) {
		if e.enough() {
			return nil
		}
		var err error
		switch letter {
		case syncedPictures, syncedWindow:
			err = e.blobsOf(v)
		case orphanPicture:
			err = e.orphan(v)
		default:
			err = e.item(v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// victims lists the first few: copied out, because the bucket changes under the cursor.
func (e *eviction) victims(letter byte) []string {
	var list []string
	c := e.t.bucket(buckets.victims).Cursor()
	for k, v := c.Seek([]byte{letter}); k != nil && k[0] == letter && len(list) < 4*evictAtOnce; k, v = c.Next() {
		list = append(list, string(bytes.Clone(v)))
	}
	return list
}

func (e *eviction) record(class, key string, from, to, n int64) error {
	e.freed += n
	e.count++
	return e.t.emitEvicted(journal.Evicted{Class: class, Key: key, From: from, To: to, Bytes: n, Reason: e.reason})
}

// blobsOf drops the pictures or the window of a synced item, but for those that an item shows which is not synced.
func (e *eviction) blobsOf(id string) error {
	r, ok := e.t.row(id)
	if !ok {
		return e.t.err
	}
	for _, sha := range blobsOf(&r.item) {
		b, ok := e.t.blob(sha)
		if !ok || b.Window != (e.class == classWindow) || !e.t.allSynced(b.Items) {
			continue
		}
		if err := e.record(string(e.class), sha, r.item.At, r.item.At, b.Bytes); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) allSynced(ids []string) bool {
	for _, id := range ids {
		if r, ok := t.row(id); !ok || r.Standing.State != label.StateSynced {
			return false
		}
	}
	return true
}

func (e *eviction) orphan(sha string) error {
	b, ok := e.t.blob(sha)
	if age := e.t.age(b); !ok || age >= 0 && age < int64(e.s.o.Orphan) { // below zero the clock was set back: nobody knows
		return e.t.err
	}
	return e.record("image", sha, b.Added, b.Added, b.Bytes)
}

// item drops an unlabeled item, unless it is just leaving or a person has it on screen.
func (e *eviction) item(id string) error {
	r, ok := e.t.row(id)
	if !ok || e.s.claims.held(id, e.t.now) || r.Entry != 0 && e.t.onTheWay(r.Entry) {
		return e.t.err
	}
	var all, ofClass int64
	for _, sha := range blobsOf(&r.item) {
		if b, ok := e.t.blob(sha); ok && len(b.Items) == 1 {
			all += b.Bytes
			if b.Window == (e.class == classWindow) {
				ofClass += b.Bytes
			}
		}
	}
	from, to := r.item.At, r.item.At
	if w := r.item.Window; w != nil {
		from, to = w.From, w.To
	}
	err := e.record("item", id, from, to, all)
	e.freed -= all - ofClass
	return err
}

func (c *claims) held(item string, now int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return holds(c.by[item], now)
}
