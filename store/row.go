package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"edgelabel/agent/journal"
	"edgelabel/agent/label"
)

// row is what the index keeps of an item. Everything that queries and eviction look up by is a function of it.
type row struct {
	Raw      json.RawMessage `json:"item"` // label.Item, byte for byte as it was recorded
	Standing label.Standing  `json:"standing"`
	Seq      journal.Seq     `json:"seq"`               // record of this revision
	First    journal.Seq     `json:"first,omitempty"`   // record of the first one; 0 in rows from before it was kept
	Entry    journal.Seq     `json:"entry,omitempty"`   // outbox entry of the item; 0 while it has none
	EntryAt  int64           `json:"entryAt,omitempty"` // UTC ns, when that was written
	Owed     int             `json:"owed,omitempty"`    // outbox entries of it and its labels that some target lacks
	Pictures bool            `json:"pictures,omitempty"`
	Window   bool            `json:"window,omitempty"` // its pictures, its frozen window are on disk

	item label.Item
}

func (t *txn) row(id string) (*row, bool) {
	r := &row{}
	if !t.getJSON(buckets.items, []byte(id), r) {
		return nil, false
	}
	if err := json.Unmarshal(r.Raw, &r.item); err != nil || r.item.ID != id {
		t.fail(fmt.Errorf("item %s: %w", id, errDamaged))
		return nil, false
	}
	return r, true
}

// putRow replaces the row old, nil when there was none, and everything that is looked up by it. now nil removes the item.
func (t *txn) putRow(id string, old, now *row) {
	before, after := old.secondary(), now.secondary()
	for _, kv := range before {
		if !slices.ContainsFunc(after, func(x keyValue) bool { return string(x.key) == string(kv.key) }) {
			t.del(kv.bucket, kv.key)
		}
	}
	for _, kv := range after {
		t.put(kv.bucket, kv.key, kv.value)
	}
	t.count(old, -1)
	t.count(now, 1)
	if now == nil {
		t.del(buckets.items, []byte(id))
		return
	}
	t.putJSON(buckets.items, []byte(id), now)
}

func (t *txn) count(r *row, by int) {
	if r == nil {
		return
	}
	if r.Standing.State != label.StateOpen {
		t.c.Labeled += by
	} else {
		t.c.Open += by
	}
}

type keyValue struct{ bucket, key, value []byte }

// Letters that rows begin with, beside those of the states.
const (
	anyLetter     = 'a'
	partialLetter = 'm'
)

// Letters that victims begin with, in the order of eviction of their class.
const (
	syncedPictures    = 'i' // at every target, labeled: the pictures may go
	orphanPicture     = 'o' // shown by no item
	unlabeledPictures = 'p' // the item goes with its pictures: lowest score first, then oldest
	syncedWindow      = 'w'
	unlabeledWindow   = 'x'
)

func (r *row) secondary() []keyValue {
	if r == nil {
		return nil
	}
	id, sum := []byte(r.item.ID), r.summary()
	list := []keyValue{
		{buckets.rows, append([]byte{anyLetter}, id...), sum},
		{buckets.rows, append([]byte{stateLetter(r.Standing.State)}, id...), sum},
	}
	if r.item.IsPartial {
		list = append(list, keyValue{buckets.rows, append([]byte{partialLetter}, id...), nil})
	}
	victim := func(letter byte, order []byte) {
		list = append(list, keyValue{buckets.victims, append(append([]byte{letter}, order...), id...), id})
	}
	switch {
	case r.Standing.State == label.StateSynced:
		order := keyAge(uint64(r.First), r.item.At)
		if r.Pictures {
			victim(syncedPictures, order)
		}
		if r.Window {
			victim(syncedWindow, order)
		}
	case r.Standing.State == label.StateOpen && r.Standing.Labels == 0 && !r.item.IsPartial:
		order := append(binary.BigEndian.AppendUint16(nil, scoreKey(r.item.Score)), keyAge(uint64(r.First), r.item.Created)...)
		if r.Pictures {
			victim(unlabeledPictures, order)
		}
		if r.Window {
			victim(unlabeledWindow, order)
		}
	}
	return list
}

func scoreKey(score float64) uint16 {
	if math.IsNaN(score) {
		return 0
	}
	return uint16(min(max(score, 0), 1) * math.MaxUint16)
}

func stateLetter(s label.State) byte {
	switch s {
	case label.StateLabeled:
		return 'l'
	case label.StateSynced:
		return 's'
	}
	return 'o'
}

// summary is what queries filter by, so that they need not decode items that do not match.
func (r *row) summary() []byte {
	cameras := make([]string, 0, len(r.item.Images))
	for _, im := range r.item.Images {
		cameras = append(cameras, im.Camera)
	}
	return []byte(strings.Join([]string{
		string(r.item.Kind), r.item.Place.Asset, r.item.Part.PartID, r.Standing.Verdict.String(),
		strings.Join(r.Standing.Classes, "\x1e"), strings.Join(cameras, "\x1e"),
		fmt.Sprintf("%05d", scoreKey(r.item.Score)),
	}, "\x1f"))
}

// settle takes note that the item owes by entries more or fewer and moves it between labeled and synced.
func (r *row) settle(by int) {
	r.Owed += by
	r.Standing.Synced = r.Entry != 0 && r.Owed == 0
	switch {
	case r.Standing.Labels == 0 || r.Standing.Verdict == label.Undefined: // nobody judged it, or the label was taken back
		r.Standing.State = label.StateOpen
	case r.Standing.Synced:
		r.Standing.State = label.StateSynced
	default:
		r.Standing.State = label.StateLabeled
	}
}

func labelKey(item string, rev int) []byte {
	return binary.BigEndian.AppendUint32([]byte(item), uint32(rev))
}
