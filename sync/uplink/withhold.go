package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
)

// Withheld is the record of one entry that did not leave for a target because its item is graded above the target's clearance.
type Withheld struct {
	At        int64        `json:"at"` // UTC ns
	Target    string       `json:"target"`
	Batch     uint64       `json:"batch"`
	Kind      journal.Kind `json:"kind"`
	Key       string       `json:"key"` // id of the item or the label
	Clearance string       `json:"clearance"`
}

// Audit keeps such records. It returns when they are durable: the batch is frozen after that. The same ones may come again.
type Audit interface {
	Withheld(ctx context.Context, list []Withheld) error
}

// judge decides which entries of a batch keep their content here. The decision is frozen with the batch: a retry does not ask again.
func (f *Forwarder) judge(ctx context.Context, b *journal.Batch, entries []journal.Entry) error {
	if f.cfg.Rules == nil {
		return nil
	}
	var list []Withheld
	for i := range entries {
		e := &entries[i]
		d, err := f.cfg.Rules.decide(ctx, f.cfg.Items, e)
		if err != nil {
			return err
		}
		switch d {
		case above:
			b.Above = append(b.Above, e.Seq)
			list = append(list, Withheld{b.Created, b.Target, b.Number, e.Kind, e.Key, f.cfg.Rules.Clearance.String()})
		case unasked:
			b.Unasked = append(b.Unasked, e.Seq)
		case bring:
			b.Brings = append(b.Brings, e.Seq)
		}
	}
	if len(list) == 0 {
		return nil
	}
	f.cfg.Log.Info("data above the clearance stays here", "target", f.cfg.Name, "batch", b.Number, "entries", len(list), "first", list[0].Key)
	if f.cfg.Audit == nil {
		return nil
	}
	return wrap("record what is withheld", f.cfg.Audit.Withheld(ctx, list))
}

// outgoing is what of a batch leaves: without what is withheld, and with the items that labels bring along.
func (f *Forwarder) outgoing(ctx context.Context, b *journal.Batch, entries []journal.Entry) ([]journal.Entry, error) {
	if len(b.Above)+len(b.Unasked)+len(b.Brings) == 0 {
		return entries, nil
	}
	var list []journal.Entry
	for i := range entries {
		e := &entries[i]
		if slices.Contains(b.Above, e.Seq) || slices.Contains(b.Unasked, e.Seq) {
			continue
		}
		if slices.Contains(b.Brings, e.Seq) {
			item, err := f.companion(ctx, e)
			if err != nil {
				return nil, err
			}
			list = append(list, item...)
		}
		list = append(list, *e)
	}
	return list, nil
}

// companion is the item of a label as an entry of its own: labelled items do not change any more, so it is the same at every attempt.
func (f *Forwarder) companion(ctx context.Context, e *journal.Entry) ([]journal.Entry, error) {
	id, _, _ := subject(e)
	if f.cfg.Items == nil {
		return nil, fmt.Errorf("item %s of a batch under rules: no items to look at", id)
	}
	row, _, err := f.cfg.Items.Item(ctx, id)
	if errors.Is(err, label.ErrNotFound) {
		return nil, nil // dropped meanwhile: the label goes alone
	}
	if err != nil {
		return nil, fmt.Errorf("look at item %s: %w", id, err)
	}
	body, err := json.Marshal(row.Item)
	if err != nil {
		return nil, fmt.Errorf("item %s: %w", id, err)
	}
	return []journal.Entry{{Seq: e.Seq, Kind: journal.Item, Key: id, At: e.At, Body: body}}, nil
}
