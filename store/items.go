package store

import (
	"context"
	"encoding/json"
	"fmt"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store/blob"
	"edgelabel/store/failpoint"

	"github.com/oklog/ulid/v2"
)

// CreateItem adds an item whose ID is new and returns after it is durable. An item whose ID is known is left alone. The window of a final
// item that points at recorded samples is frozen on the way. ErrInvalid for an ID that is no ULID; ErrFull.
func (s *Store) CreateItem(ctx context.Context, it label.Item) error {
	if _, err := ulid.ParseStrict(it.ID); err != nil {
		return fmt.Errorf("%w: item id %q: %w", label.ErrInvalid, it.ID, err)
	}
	if err := s.admit(); err != nil {
		return fmt.Errorf("item %s: %w", it.ID, err)
	}
	if !it.IsPartial && it.Window != nil && it.Window.SHA256 == "" {
		f, release, err := s.freeze(ctx, &it, nil)
		if err != nil {
			return err
		}
		defer release()
		ref := *it.Window
		ref.SHA256, ref.Bytes = f.sha, f.bytes
		it.Window = &ref
		return s.createItem(ctx, it, f)
	}
	return s.createItem(ctx, it, nil)
}

func (s *Store) createItem(ctx context.Context, it label.Item, f *frozenWindow) error {
	it.Rev = max(it.Rev, 1)
	if it.Created == 0 {
		it.Created = s.o.Now().UnixNano()
	}
	return s.do(ctx, func(t *txn) error {
		if _, known := t.row(it.ID); known || t.err != nil {
			return t.err
		}
		return t.emitItem(it, nil, f)
	})
}

// emitItem records a revision of the item, together with its outbox entry when it is due.
func (t *txn) emitItem(it label.Item, old *row, f *frozenWindow) error {
	raw, err := json.Marshal(it)
	if err != nil {
		return fmt.Errorf("%w: item %s: %w", label.ErrInvalid, it.ID, err)
	}
	f.enter(t)
	r := record{Seq: t.next(), Item: raw}
	labels, entry := 0, false
	if old != nil {
		labels, entry = old.Standing.Labels, old.Entry != 0
	}
	if !it.IsPartial && !entry && (labels > 0 || t.o.SyncUnlabeled) {
		r.Entry = r.Seq
	}
	return t.emit(r)
}

// UpdateItem lets change edit the newest revision and stores the result with the next Rev, durably. ErrNotFound; ErrFrozen when the item
// is final and was labeled or journaled. An error from change is returned as it is and nothing is stored. change runs inside the writer:
// it must not call the store, it may be called again on another copy, and each copy is its own.
func (s *Store) UpdateItem(ctx context.Context, id string, change func(*label.Item) error) error {
	return s.do(ctx, func(t *txn) error {
		old, err := t.changeable(id)
		if err != nil {
			return err
		}
		it := old.item
		if err := change(&it); err != nil {
			return err
		}
		it.ID, it.Rev = id, old.item.Rev+1
		return t.emitItem(it, old, nil)
	})
}

// changeable returns the row of an item that may still change.
func (t *txn) changeable(id string) (*row, error) {
	old, ok := t.row(id)
	if t.err != nil {
		return nil, t.err
	}
	if !ok {
		return nil, fmt.Errorf("item %s: %w", id, label.ErrNotFound)
	}
	if !old.item.IsPartial && (old.Standing.Labels > 0 || old.Entry != 0) {
		return nil, fmt.Errorf("item %s: %w", id, label.ErrFrozen)
	}
	return old, nil
}

// SettleItem freezes the window as a blob, takes IsPartial off the item and returns after both are durable. Where w is nil and the item
// points at a window, that is read from the recorded samples. Settling twice is harmless.
func (s *Store) SettleItem(ctx context.Context, id string, w *series.Window) error {
	row, _, err := s.Item(ctx, id)
	if err != nil {
		return err
	}
	it := row.Item
	if !it.IsPartial && (w == nil || it.Window != nil && it.Window.SHA256 != "") {
		return nil
	}
	var f *frozenWindow
	if w != nil || it.Window != nil {
		var release func()
		if f, release, err = s.freeze(ctx, &it, w); err != nil {
			return err
		}
		defer release()
	}
	return s.do(ctx, func(t *txn) error {
		old, err := t.changeable(id)
		if err != nil {
			return err
		}
		it := old.item
		it.Rev++
		it.IsPartial = false
		if f != nil {
			it.Window = &label.WindowRef{From: f.from, To: f.to, Tags: f.tags, SHA256: f.sha, Bytes: f.bytes}
		}
		return t.emitItem(it, old, f)
	})
}

// frozenWindow is a window that stands as a blob and is not yet in the index.
type frozenWindow struct {
	sha      string
	bytes    int64
	from, to int64
	tags     []string
	at       int64
}

// windowSidecar says what a window's blob is.
type windowSidecar struct {
	SHA256 string   `json:"sha256"`
	Bytes  int64    `json:"bytes"`
	Window bool     `json:"window"` // true: how it is told from a picture's sidecar
	Item   string   `json:"item"`
	From   int64    `json:"from"` // UTC ns
	To     int64    `json:"to"`
	Tags   []string `json:"tags"`
	Saved  int64    `json:"saved"` // UTC ns
}

func (f *frozenWindow) enter(t *txn) {
	if f == nil {
		return
	}
	if _, ok := t.blob(f.sha); !ok {
		t.putBlob(f.sha, blobInfo{Bytes: f.bytes, Added: f.at, Window: true})
	}
}

// freeze writes the window's blob and sidecar. The caller calls release once the index knows the blob, or will not.
func (s *Store) freeze(ctx context.Context, it *label.Item, w *series.Window) (f *frozenWindow, release func(), err error) {
	if w == nil {
		if w, err = s.Window(ctx, it.Window.Tags, it.Window.From, it.Window.To); err != nil {
			return nil, nil, err
		}
	}
	data, err := series.EncodeWindow(w)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: window of item %s: %w", label.ErrInvalid, it.ID, err)
	}
	if err := s.room(ctx, classWindow, int64(len(data))); err != nil {
		return nil, nil, err
	}
	f = &frozenWindow{sha: blob.Sum(data), bytes: int64(len(data)), from: w.From, to: w.To, at: s.o.Now().UnixNano()}
	for i := range w.Traces {
		f.tags = append(f.tags, w.Traces[i].Tag)
	}
	side, err := json.Marshal(windowSidecar{f.sha, f.bytes, true, it.ID, f.from, f.to, f.tags, f.at})
	if err != nil {
		return nil, nil, err
	}
	release = s.blobs.Hold(f.sha)
	if err := s.blobs.Write(f.sha, data, side); err != nil {
		release()
		return nil, nil, s.short(err)
	}
	failpoint.Hit(failpoint.WindowFiles)
	return f, release, nil
}

// Partial lists the items that are still being recorded.
func (s *Store) Partial(ctx context.Context) ([]label.Item, error) {
	var list []label.Item
	err := s.view(func(t *txn) error {
		for _, k := range t.keys(buckets.rows, []byte{partialLetter}) {
			if r, ok := t.row(string(k[1:])); ok {
				list = append(list, r.item)
			}
		}
		return ctx.Err()
	})
	return list, err
}
