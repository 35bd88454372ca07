package learn

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"edgelabel/agent/label"
)

// Unspread takes the labels back that nobody has changed since: their items wait again. Twice is harmless.
func (s *Spreader) Unspread(ctx context.Context, by label.Person, id string) (label.Spreading, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.done[id]
	if !ok {
		return one, fmt.Errorf("propagation %s: %w", id, label.ErrNotFound)
	}
	if one.Undone != 0 {
		return one, nil
	}
	for _, item := range one.Labeled {
		if err := s.takeBack(ctx, by, id, item); err != nil {
			return label.Spreading{}, fmt.Errorf("take the label of item %s back: %w", item, err)
		}
	}
	one.Undone = s.cfg.Now().UnixNano()
	return one, s.keepLocked(one)
}

// takeBack withdraws the label of one item, unless somebody said something else since.
func (s *Spreader) takeBack(ctx context.Context, by label.Person, id, item string) error {
	_, labels, err := s.cfg.Store.Item(ctx, item)
	if errors.Is(err, label.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if n := len(labels); n == 0 || !strings.HasPrefix(labels[n-1].Key, "spread-"+id+"-") {
		return nil
	}
	now := s.cfg.Now().UnixNano()
	d := label.Draft{
		Input: label.Withdrawn, Origin: label.ByPerson, Opened: now, Decided: now, Parent: len(labels), Taxonomy: labels[len(labels)-1].Taxonomy,
	}
	_, err = s.cfg.Store.AddLabel(ctx, item, d, by, "unspread-"+id+"-"+item)
	if errors.As(err, new(*label.Conflict)) { // somebody was faster
		return nil
	}
	return err
}
