package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"edgelabel/agent/label"
)

// Keeper is the store as this package sees it.
type Keeper interface {
	// Taxonomy returns the newest revision; PutTaxonomy stores the next one.
	Taxonomy(ctx context.Context) (label.Taxonomy, error)
	PutTaxonomy(ctx context.Context, tax label.Taxonomy, by string) (label.Taxonomy, error)

	// Item returns an item with its labels. The error wraps label.ErrNotFound.
	Item(ctx context.Context, id string) (label.Row, []label.Label, error)

	// AddLabel returns after the label is durable; the same key again returns the label that it made the first time.
	AddLabel(ctx context.Context, item string, d label.Draft, by label.Person, key string) (label.Label, error)
}

// apply does what a bundle says. Twice is harmless. An error is about the gateway and may pass; what is wrong with the bundle is in the
// outcome.
func apply(ctx context.Context, to Keeper, sender string, b *Bundle, o *Outcome) (err error) {
	if b.Taxonomy != nil || b.Task != nil {
		if o.Tax, err = putTaxonomy(ctx, to, b, sender); err != nil {
			return err
		}
	}
	for i := range b.Labels {
		err := addLabel(ctx, to, sender, &b.Labels[i])
		var newer *label.Conflict
		switch {
		case err == nil:
			o.Labels++
		case errors.Is(err, label.ErrNotFound), errors.Is(err, label.ErrInvalid), errors.Is(err, label.ErrSamePerson), errors.As(err, &newer):
			o.Losses = append(o.Losses, Refusal{b.Labels[i].ID, b.Labels[i].Item, err.Error()})
		default:
			return fmt.Errorf("label %s: %w", b.Labels[i].ID, err)
		}
	}
	return nil
}

// putTaxonomy makes the next revision, unless the newest is the same already. A task alone changes nothing else.
func putTaxonomy(ctx context.Context, to Keeper, b *Bundle, sender string) (int, error) {
	now, err := to.Taxonomy(ctx)
	if err != nil {
		return 0, fmt.Errorf("taxonomy: %w", err)
	}
	tax := now
	if b.Taxonomy != nil {
		tax = *b.Taxonomy
	}
	if b.Task != nil {
		tax.Task = *b.Task
	}
	if same(now, tax) {
		return now.Revision, nil
	}
	tax.Revision = now.Revision
	made, err := to.PutTaxonomy(ctx, tax, sender)
	if err != nil {
		return 0, fmt.Errorf("taxonomy: %w", err)
	}
	return made.Revision, nil
}

func same(a, b label.Taxonomy) bool {
	var plain [2]any
	for i, t := range []label.Taxonomy{a, b} {
		t.Revision, t.Changed, t.By = 0, 0, ""
		raw, err := json.Marshal(t)
		if err != nil || json.Unmarshal(raw, &plain[i]) != nil {
			return false
		}
	}
	return reflect.DeepEqual(plain[0], plain[1])
}

// addLabel gives an opinion its place among the labels of the item: the first one, or a word on the newest one that somebody else made.
// Its author is never taken for somebody of this gateway.
func addLabel(ctx context.Context, to Keeper, sender string, o *Opinion) error {
	_, labels, err := to.Item(ctx, o.Item)
	if err != nil {
		return err
	}
	tax, err := to.Taxonomy(ctx)
	if err != nil {
		return fmt.Errorf("taxonomy: %w", err)
	}
	by := o.By
	by.ID = sender + "/" + by.ID
	d := o.Label
	d.Parent, d.Taxonomy, d.Review, d.Input = len(labels), tax.Revision, nil, label.API
	if of := len(labels); of > 0 {
		for of > 1 && labels[of-1].By.ID == by.ID && labels[of-1].Review != nil {
			of--
		}
		d.Review = &label.Review{Of: of, Result: o.Result}
	}
	_, err = to.AddLabel(ctx, o.Item, d, by, "control/"+sender+"/"+o.ID)
	return err
}
