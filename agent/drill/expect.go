package drill

import (
	"context"
	"fmt"

	"edgelabel/agent/label"
	"edgelabel/sync/uplink"
)

// Kept is what a gateway had on its disk at a moment and must be at the centre some time later.
type Kept struct{ Items, Labels map[string]bool }

// Read reads what a data directory holds, by read. unlabeled says that items which nobody labelled leave too; items that are still being
// recorded do not.
func Read(ctx context.Context, unlabeled bool, read func(context.Context, func(label.Item, []label.Label) error) error) (Kept, error) {
	k := Kept{map[string]bool{}, map[string]bool{}}
	err := read(ctx, func(it label.Item, labels []label.Label) error {
		if !it.IsPartial && (unlabeled || len(labels) > 0) {
			k.Items[it.ID] = true
		}
		for _, l := range labels {
			k.Labels[l.ID] = true
		}
		return nil
	})
	return k, err
}

// Search looks for what a gateway kept among what a centre has, as its manifests grow.
type Search struct {
	Items, Labels int    // found
	Twice         int    // ids that an epoch's manifests name more than once
	Epoch, Number uint64 // of the last manifest

	items, labels map[string]bool // not found yet
	seen          map[string]bool
	at            map[uint64]uint64
	withheld      int
}

// NewSearch begins a search.
func NewSearch(k Kept) *Search {
	s := &Search{items: map[string]bool{}, labels: map[string]bool{}, seen: map[string]bool{}, at: map[uint64]uint64{}}
	for id := range k.Items {
		s.items[id] = true
	}
	for id := range k.Labels {
		s.labels[id] = true
	}
	return s
}

// Look reads the manifests that came since the last look.
func (s *Search) Look(ctx context.Context, at uplink.Target, gateway string) error {
	return uplink.EachBatch(ctx, at, gateway, s.at, func(b *uplink.Contents) error {
		s.at[b.Epoch], s.Epoch, s.Number = b.Number, b.Epoch, b.Number
		s.Items += s.tick(s.items, "item", b.Epoch, b.Items)
		s.Labels += s.tick(s.labels, "label", b.Epoch, b.Labels)
		s.withheld += b.Above + b.Unasked
		return nil
	})
}

func (s *Search) tick(wanted map[string]bool, what string, epoch uint64, ids []string) (found int) {
	for _, id := range ids {
		if key := fmt.Sprintf("%s %d %s", what, epoch, id); s.seen[key] {
			s.Twice++
		} else {
			s.seen[key] = true
		}
		if wanted[id] {
			delete(wanted, id)
			found++
		}
	}
	return found
}

// Left is how much was not found and was not withheld on purpose either; a few of its ids help to look.
func (s *Search) Left() (n int, ids []string) {
	n = max(len(s.items)+len(s.labels)-s.withheld, 0)
	if n == 0 {
		return 0, nil
	}
	for _, list := range []map[string]bool{s.items, s.labels} {
		for id := range list {
			if len(ids) < 5 {
				ids = append(ids, id)
			}
		}
	}
	return n, ids
}
