package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
)

// apply brings the index to where it is after the record. What was applied before changes nothing.
func (t *txn) apply(r *record) {
	t.c.Seq = max(t.c.Seq, r.Seq)
	switch {
	case r.Item != nil:
		t.applyItem(r)
	case r.Label != nil:
		t.applyLabel(r)
	case r.Gap != nil:
		t.applyGap(r)
	case r.Evicted != nil:
		t.applyEvicted(r)
	case r.Taxonomy != nil:
		t.applyTaxonomy(r)
	case r.Frozen != nil:
		t.applyFrozen(r.Frozen)
	case r.Receipt != nil:
		t.applyReceipt(r.Receipt)
	case r.Segments != nil:
		t.applySegments(r.Segments)
	case r.Sent != nil:
		t.acked.add(r.Sent)
	case r.Epoch != 0:
		t.c.Epoch = max(t.c.Epoch, r.Epoch)
	}
}

func (t *txn) applyItem(r *record) {
	var it label.Item
	if err := json.Unmarshal(r.Item, &it); err != nil {
		t.fail(fmt.Errorf("item record %d: %w", r.Seq, err))
		return
	}
	old, known := t.row(it.ID)
	if t.err != nil || known && old.Seq >= r.Seq {
		return
	}
	now := &row{Raw: r.Item, Seq: r.Seq, First: cmp.Or(r.First, r.Seq), item: it}
	var before *label.Item
	if known {
		before = &old.item
		if old.Seq != 0 { // else it stood in for an item whose record comes only now
			now.First = old.First
		}
		now.Standing, now.Entry, now.EntryAt, now.Owed = old.Standing, old.Entry, old.EntryAt, old.Owed
		t.unrefer(&old.item, &it)
	}
	now.Pictures, now.Window = t.refer(&it)
	isNew := r.Entry != 0 && now.Entry == 0
	if isNew {
		now.Entry, now.EntryAt = r.Entry, r.At
	}
	now.settle(0)
	t.putRow(it.ID, old, now)
	t.noteItem(r, before, &it)
	if isNew {
		t.putEntry(r.Entry, entry{Kind: journal.Item, Key: it.ID, At: r.At, Item: it.ID})
	}
	t.changed("item", it.ID)
}

func (t *txn) applyLabel(r *record) {
	var l label.Label
	if err := json.Unmarshal(r.Label, &l); err != nil {
		t.fail(fmt.Errorf("label record %d: %w", r.Seq, err))
		return
	}
	key := labelKey(l.Item, l.Rev)
	if t.bucket(buckets.labels).Get(key) != nil {
		return
	}
	old, known := t.row(l.Item)
	if t.err != nil {
		return
	}
	if !known {
		old = t.stub(&l)
	}
	now := *old
	if l.Rev > now.Standing.Labels {
		now.Standing.Labels, now.Standing.Verdict, now.Standing.Classes = l.Rev, l.Verdict, l.AllClasses()
		now.Standing.By, now.Standing.Decided, now.Standing.Review = l.By.ID, l.Decided, l.Review.State()
		if !slices.Contains(now.Standing.Judges, l.By.ID) {
			now.Standing.Judges = append(slices.Clone(now.Standing.Judges), l.By.ID)
		}
	}
	isNew := r.Entry != 0 && now.Entry == 0
	if isNew {
		now.Entry, now.EntryAt = r.Entry, r.At
	}
	now.settle(0)
	t.putRow(l.Item, old, &now)
	t.putJSON(buckets.labels, key, r)
	if l.Key != "" {
		t.put(buckets.keys, []byte(l.Key), key)
	}
	if isNew {
		t.putEntry(r.Entry, entry{Kind: journal.Item, Key: l.Item, At: r.At, Item: l.Item})
	} else {
		t.promote(now.Entry)
	}
	e := entry{Kind: journal.Label, Key: l.ID, At: r.At, Item: l.Item, Rev: l.Rev}
	t.putEntry(r.Seq, e)
	t.note(r.Seq, e)
	t.changed("label", l.Item)
}

// stub stands in for an item whose own record was lost: its label must not be.
func (t *txn) stub(l *label.Label) *row {
	it := label.Item{ID: l.Item, Kind: label.KindWindow, Created: l.Saved, At: l.Saved}
	for i := range l.Regions {
		if l.Regions[i].Kind.OnImage() {
			it.Kind = label.KindImage
		}
	}
	raw, err := json.Marshal(it)
	t.fail(err)
	r := &row{Raw: raw, item: it}
	r.settle(0)
	t.putRow(it.ID, nil, r)
	return r
}

func (t *txn) applyTaxonomy(r *record) {
	key := key64(uint64(r.Taxonomy.Revision))
	if t.bucket(buckets.taxonomy).Get(key) != nil {
		return
	}
	t.putJSON(buckets.taxonomy, key, r)
	t.c.Taxonomy = max(t.c.Taxonomy, r.Taxonomy.Revision)
	t.putBody(r.Seq, journal.Taxonomy, fmt.Sprintf("taxonomy-%d", r.Taxonomy.Revision), r.At, r.Taxonomy)
	t.changed("taxonomy", "")
}

func (t *txn) applyEvicted(r *record) {
	if t.bucket(buckets.entries).Get(key64(uint64(r.Seq))) != nil {
		return
	}
	e := r.Evicted
	t.c.Evicted[e.Class+"/"+e.Reason]++
	switch e.Class {
	case "item":
		t.dropItem(e.Key)
	case "image", "window":
		if !t.rebuild {
			t.dropBlob(e.Key)
		}
	case "series":
		t.dropSegment(e.Key)
	}
	t.putBody(r.Seq, journal.Eviction, fmt.Sprintf("eviction-%d", r.Seq), r.At, e)
}
