package store

import (
	"context"
	"encoding/json"
	"fmt"

	"edgelabel/agent/label"
	"edgelabel/store/failpoint"

	"github.com/oklog/ulid/v2"
)

// AddLabel numbers and signs a label and returns after it is durable. The same key again returns the label that it made the first time.
// ErrNotFound; ErrInvalid, with everything that is wrong; *label.Conflict when Parent is not the newest revision.
func (s *Store) AddLabel(ctx context.Context, item string, d label.Draft, by label.Person, key string) (label.Label, error) {
	var made label.Label
	err := s.do(ctx, func(t *txn) error {
		before, ok, err := t.byKey(item, key)
		if ok || err != nil {
			made = before
			return err
		}
		made, err = t.addLabel(item, d, by, key)
		return err
	})
	if err != nil {
		return label.Label{}, err
	}
	failpoint.Hit(failpoint.LabelStored)
	return made, nil
}

// byKey finds the label that a request with the key made before.
func (t *txn) byKey(item, key string) (l label.Label, ok bool, err error) {
	at := t.bucket(buckets.keys).Get([]byte(key))
	if key == "" || at == nil {
		return l, false, nil
	}
	l, ok = t.label(at)
	if t.err != nil {
		return l, false, t.err
	}
	if ok && l.Item != item {
		return l, false, fmt.Errorf("%w: idempotency key %q belongs to a label of item %s", label.ErrInvalid, key, l.Item)
	}
	return l, ok, nil
}

func (t *txn) label(key []byte) (l label.Label, ok bool) {
	var r record
	if !t.getJSON(buckets.labels, key, &r) {
		return l, false
	}
	if err := json.Unmarshal(r.Label, &l); err != nil {
		t.fail(fmt.Errorf("label %q: %w", key, errDamaged))
		return l, false
	}
	return l, true
}

// revisions are the first n labels of an item; one that is lost leaves an empty place.
func (t *txn) revisions(item string, n int) []label.Label {
	list := make([]label.Label, n)
	for i := range list {
		list[i], _ = t.label(labelKey(item, i+1))
	}
	return list
}

// maxKey is the longest idempotency key, in bytes.
const maxKey = 256

func (t *txn) addLabel(item string, d label.Draft, by label.Person, key string) (label.Label, error) {
	old, ok := t.row(item)
	if t.err != nil {
		return label.Label{}, t.err
	}
	if !ok {
		return label.Label{}, fmt.Errorf("item %s: %w", item, label.ErrNotFound)
	}
	if len(key) > maxKey {
		return label.Label{}, fmt.Errorf("%w: idempotency key of %d bytes, at most %d", label.ErrInvalid, len(key), maxKey)
	}
	tax := t.taxonomy()
	if err := d.Check(&old.item, &tax); err != nil {
		return label.Label{}, fmt.Errorf("%w: %w", label.ErrInvalid, err)
	}
	if newest := old.Standing.Labels; d.Parent != newest {
		l := label.Label{Item: item}
		if newest > 0 {
			l, _ = t.label(labelKey(item, newest))
		}
		return label.Label{}, &label.Conflict{Newest: l}
	}
	if d.Review != nil {
		review := *d.Review // the caller's own stays as it is
		d.Review = &review
		if err := d.CheckReview(by, t.revisions(item, old.Standing.Labels)); err != nil {
			return label.Label{}, fmt.Errorf("%w: %w", label.ErrInvalid, err)
		}
	}
	id, err := ulid.New(uint64(t.now/1e6), t.o.Rand)
	if err != nil {
		return label.Label{}, fmt.Errorf("label id: %w", err)
	}
	made := label.Label{Draft: d, ID: id.String(), Item: item, Rev: old.Standing.Labels + 1, By: by, Saved: t.now, Key: key}
	raw, err := json.Marshal(made)
	if err != nil {
		return label.Label{}, fmt.Errorf("%w: label of item %s: %w", label.ErrInvalid, item, err)
	}
	r := record{Label: raw}
	if !old.item.IsPartial && old.Entry == 0 {
		r.Entry = t.next()
	}
	return made, t.emit(r)
}

func (t *txn) taxonomy() label.Taxonomy {
	var r record
	if !t.getJSON(buckets.taxonomy, key64(uint64(t.c.Taxonomy)), &r) || r.Taxonomy == nil {
		return label.Taxonomy{}
	}
	return *r.Taxonomy
}

// TaxonomyAt returns a revision of the taxonomy as it was. ErrNotFound.
func (s *Store) TaxonomyAt(ctx context.Context, revision int) (label.Taxonomy, error) {
	var r record
	err := s.view(func(t *txn) error {
		if !t.getJSON(buckets.taxonomy, key64(uint64(revision)), &r) || r.Taxonomy == nil {
			return fmt.Errorf("taxonomy revision %d: %w", revision, label.ErrNotFound)
		}
		return ctx.Err()
	})
	if err != nil {
		return label.Taxonomy{}, err
	}
	return *r.Taxonomy, nil
}

// PutTaxonomy stores the next revision, durably, and returns it. ErrInvalid, with everything that is wrong; ErrStale when t.Revision is
// not the newest.
func (s *Store) PutTaxonomy(ctx context.Context, tax label.Taxonomy, by string) (label.Taxonomy, error) {
	if err := tax.Check(); err != nil {
		return label.Taxonomy{}, fmt.Errorf("%w: %w", label.ErrInvalid, err)
	}
	err := s.do(ctx, func(t *txn) error {
		if tax.Revision != t.c.Taxonomy {
			return fmt.Errorf("taxonomy revision %d %w: %d is newer", tax.Revision, label.ErrStale, t.c.Taxonomy)
		}
		return t.emitTaxonomy(&tax, by)
	})
	if err != nil {
		return label.Taxonomy{}, err
	}
	return tax, nil
}

func (t *txn) emitTaxonomy(tax *label.Taxonomy, by string) error {
	tax.Revision, tax.Changed, tax.By = t.c.Taxonomy+1, t.now, by
	return t.emit(record{Taxonomy: tax})
}
