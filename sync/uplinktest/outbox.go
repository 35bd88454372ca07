package uplinktest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
)

// Outbox is an outbox in memory for one target. It refuses what a store's outbox would refuse. The zero value is ready.
type Outbox struct {
	// Fail, when set, is asked before each call ("waiting", "freeze", …); an error is returned instead of doing it. An error on
	// "freeze!" or "acknowledge!" is returned after doing it: the answer was lost.
	Fail func(call string) error

	mu       sync.Mutex
	entries  []journal.Entry
	lanes    []journal.Lane // of each entry
	done     map[journal.Seq]bool
	frozen   *journal.Batch
	receipts []journal.Receipt
}

// Add journals v under the next number.
func (o *Outbox) Add(t testing.TB, kind journal.Kind, key string, v any) {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	o.AddRaw(kind, key, body)
}

// AddRaw journals a body as it is.
func (o *Outbox) AddRaw(kind journal.Kind, key string, body []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	seq := journal.Seq(len(o.entries) + 1)
	e := journal.Entry{Seq: seq, Kind: kind, Key: key, At: int64(seq), Body: body}
	o.entries = append(o.entries, e)
	o.lanes = append(o.lanes, laneOf(e))
	for i := range o.entries {
		if kind == journal.Label && o.entries[i].Kind == journal.Item && o.entries[i].Key == itemOf(e) {
			o.lanes[i] = journal.Labels
		}
	}
}

// Receipts are those acknowledged so far.
func (o *Outbox) Receipts() []journal.Receipt {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.receipts)
}

// Find is the number of the entry with a key.
func (o *Outbox) Find(key string) (journal.Seq, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range o.entries {
		if e.Key == key {
			return e.Seq, true
		}
	}
	return 0, false
}

// Left is the number of entries not acknowledged.
func (o *Outbox) Left() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.entries) - len(o.done)
}

// Clone copies the outbox as a copied disk image would.
func (o *Outbox) Clone() *Outbox {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := &Outbox{entries: slices.Clone(o.entries), lanes: slices.Clone(o.lanes), done: map[journal.Seq]bool{}, receipts: slices.Clone(o.receipts)}
	for seq := range o.done {
		c.done[seq] = true
	}
	if o.frozen != nil {
		b := *o.frozen
		c.frozen = &b
	}
	return c
}

func (o *Outbox) Waiting(ctx context.Context, _ string, lane journal.Lane, limit int) (list []journal.Entry, err error) {
	if err := o.fail(ctx, "waiting"); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	waits := o.waitsLocked()
	for i := range waits {
		e := waits[i]
		if lane == journal.Labels {
			e = waits[len(waits)-1-i]
		}
		if len(list) >= limit || o.laneLocked(e) != lane || has(list, e.Seq) {
			continue
		}
		if item := itemOf(e); e.Kind == journal.Label && item != "" {
			at := slices.IndexFunc(waits, func(it journal.Entry) bool { return it.Key == item })
			if at >= 0 && !has(list, waits[at].Seq) {
				list = append(list, waits[at])
			}
		}
		list = append(list, e)
	}
	return list, nil
}

func has(list []journal.Entry, seq journal.Seq) bool {
	return slices.ContainsFunc(list, func(e journal.Entry) bool { return e.Seq == seq })
}

// waitsLocked are the entries that are in no batch.
func (o *Outbox) waitsLocked() (list []journal.Entry) {
	for _, e := range o.entries {
		if !o.done[e.Seq] && (o.frozen == nil || !slices.Contains(o.frozen.Seqs, e.Seq)) {
			list = append(list, e)
		}
	}
	return list
}

func (o *Outbox) laneLocked(e journal.Entry) journal.Lane { return o.lanes[e.Seq-1] }

// laneOf is the lane of an entry before anybody labelled it.
func laneOf(e journal.Entry) journal.Lane {
	switch e.Kind {
	case journal.Label, journal.Taxonomy:
		return journal.Labels
	case journal.Item:
		var it label.Item
		if json.Unmarshal(e.Body, &it) == nil && it.Window == nil {
			return journal.Items
		}
		return journal.Windows
	}
	return journal.Records
}

// itemOf is the item of a label, "" where the label cannot be read.
func itemOf(e journal.Entry) string {
	var l struct {
		Item string `json:"item"`
	}
	if json.Unmarshal(e.Body, &l) != nil {
		return ""
	}
	return l.Item
}

// Backlog counts what waits.
func (o *Outbox) Backlog(ctx context.Context, _ string) (journal.Backlog, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	b := journal.Backlog{Lanes: map[journal.Lane]int{}}
	for _, e := range o.waitsLocked() {
		if len(b.Lanes) == 0 {
			b.Oldest = e.At
		}
		b.Lanes[o.laneLocked(e)]++
	}
	return b, ctx.Err()
}

// Item looks at an item and its labels, for rules.
func (o *Outbox) Item(_ context.Context, id string) (row label.Row, labels []label.Label, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	err = fmt.Errorf("item %s: %w", id, label.ErrNotFound)
	for _, e := range o.entries {
		var l label.Label
		switch {
		case e.Kind == journal.Item && e.Key == id:
			err = json.Unmarshal(e.Body, &row.Item)
		case e.Kind == journal.Label && itemOf(e) == id && json.Unmarshal(e.Body, &l) == nil:
			labels = append(labels, l)
		}
	}
	return row, labels, err
}

func (o *Outbox) Freeze(ctx context.Context, b journal.Batch) error {
	if err := o.fail(ctx, "freeze"); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.frozen != nil && !(o.frozen.Epoch < b.Epoch && slices.Equal(o.frozen.Seqs, b.Seqs)) {
		return fmt.Errorf("freeze batch %d: batch %d is frozen", b.Number, o.frozen.Number)
	}
	for _, seq := range b.Seqs {
		if o.done[seq] {
			return fmt.Errorf("freeze batch %d: entry %d is at the centre", b.Number, seq)
		}
	}
	o.frozen = &b
	return o.fail(ctx, "freeze!")
}

func (o *Outbox) Frozen(ctx context.Context, _ string) (b journal.Batch, entries []journal.Entry, ok bool, err error) {
	if err := o.fail(ctx, "frozen"); err != nil {
		return b, nil, false, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.frozen == nil {
		return b, nil, false, nil
	}
	for _, seq := range o.frozen.Seqs {
		entries = append(entries, o.entries[seq-1])
	}
	return *o.frozen, entries, true, nil
}

func (o *Outbox) Last(ctx context.Context, _ string) (r journal.Receipt, ok bool, err error) {
	if err := o.fail(ctx, "last"); err != nil {
		return r, false, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.receipts) == 0 {
		return r, false, nil
	}
	return o.receipts[len(o.receipts)-1], true, nil
}

func (o *Outbox) Acknowledge(ctx context.Context, r journal.Receipt) error {
	if err := o.fail(ctx, "acknowledge"); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.done == nil {
		o.done = map[journal.Seq]bool{}
	}
	for _, seq := range r.Seqs {
		o.done[seq] = true
	}
	if o.frozen != nil && o.frozen.Number == r.Number {
		o.frozen = nil
		o.receipts = append(o.receipts, r)
	}
	return o.fail(ctx, "acknowledge!")
}

// fail must not lock: it is called with the lock held as well.
func (o *Outbox) fail(ctx context.Context, call string) error {
	if o.Fail != nil {
		if err := o.Fail(call); err != nil {
			return err
		}
	}
	return ctx.Err()
}

var (
	_ uplink.Outbox   = (*Outbox)(nil)
	_ uplink.Progress = (*Outbox)(nil)
	_ uplink.Items    = (*Outbox)(nil)
)
