package control

import (
	"context"
	"errors"
	"fmt"

	"edgelabel/agent/label"
)

// Keeper is the store as this package sees it.
type Keeper interface {
	// Taxonomy returns the newest revision; PutTaxonomy stores the next one.
	Taxonomy(ctx context.Context) (label.Taxonomy, error)
	PutTaxonomy(ctx context.Context, tax label.Taxonomy, by string) (label.Taxonomy, error)

	// Items answers a query.
	Items(ctx context.Context, q label.Query) (label.Page, error)

	// Item returns an item with its labels. The error wraps label.ErrNotFound.
	Item(ctx context.Context, id string) (label.Row, []label.Label, error)

	// AddLabel returns after the label is durable; the same key again returns the label that it made the first time.
	AddLabel(ctx context.Context, item string, d label.Draft, by label.Person, key string) (label.Label, error)
}

// addLabels gives each opinion its place. Twice is harmless. An error is about the gateway and may pass; what is wrong with an opinion is
// in the outcome.
func addLabels(ctx context.Context, to Keeper, sender string, b *Bundle, o *Outcome) error {
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
