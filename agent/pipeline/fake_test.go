package pipeline_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// store is a Recorder and Items in memory that keeps their contracts.
type store struct {
	mu      sync.Mutex
	samples []series.Sample
	ends    map[string]series.Sample // of signals that are thinned out, not in samples yet
	owed    []series.Sample          // ends that are to become samples
	gaps    []series.Gap
	images  map[string]bool
	items   map[string]label.Item
	order   []string
	windows map[string]*series.Window
	labeled map[string]bool
	ids     atomic.Int64

	held    []func(error) // Appends that wait for release
	holding bool
	full    error         // what Append answers, when set
	refuse  error         // what CreateItem and UpdateItem answer, when set
	noRoom  error         // what SettleItem answers, when set
	block   chan struct{} // Append waits for it, when set
}

func newStore() *store {
	return &store{
		ends: map[string]series.Sample{}, images: map[string]bool{}, items: map[string]label.Item{}, windows: map[string]*series.Window{}, labeled: map[string]bool{},
	}
}

func (s *store) AppendThinned(ctx context.Context, samples, ends []series.Sample, done func(error)) error {
	if s.block != nil {
		select {
		case <-s.block:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.mu.Lock()
	err := s.full
	if err == nil {
		s.keepLocked(samples, ends)
	} else {
		s.owed = slices.Collect(maps.Values(s.ends))
	}
	if s.holding {
		s.held = append(s.held, done)
		s.mu.Unlock()
		return nil
	}
	s.mu.Unlock()
	if done != nil {
		done(err)
	}
	return nil
}

func (s *store) keepLocked(samples, ends []series.Sample) {
	samples = append(s.owed, samples...)
	s.owed = nil
	s.samples = append(s.samples, samples...)
	for _, x := range samples {
		if end, open := s.ends[x.Tag]; open && x.Time() >= end.Time() {
			delete(s.ends, x.Tag)
		}
	}
	for _, x := range ends {
		s.ends[x.Tag] = x
	}
}

// release answers the Appends that wait, in their order.
func (s *store) release(err error) {
	s.mu.Lock()
	held := s.held
	s.held, s.holding = nil, false
	s.mu.Unlock()
	for _, done := range held {
		done(err)
	}
}

func (s *store) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *store) AddImage(_ context.Context, im label.Image, _ []byte) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := im.Camera + "/" + im.Name + "/" + im.SHA256
	known := s.images[key]
	s.images[key] = true
	return known, nil
}

func (s *store) AddGap(_ context.Context, g series.Gap) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gaps = append(s.gaps, g)
	return nil
}

func (s *store) CreateItem(_ context.Context, it label.Item) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return s.refuse
	}
	if _, known := s.items[it.ID]; !known {
		s.items[it.ID] = copyOf(it)
		s.order = append(s.order, it.ID)
	}
	return nil
}

func (s *store) UpdateItem(_ context.Context, id string, change func(*label.Item) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, ok := s.items[id]
	switch {
	case s.refuse != nil:
		return s.refuse
	case !ok:
		return fmt.Errorf("item %s: %w", id, label.ErrNotFound)
	case s.labeled[id] && !it.IsPartial:
		return fmt.Errorf("item %s: %w", id, label.ErrFrozen)
	}
	it = copyOf(it)
	if err := change(&it); err != nil {
		return err
	}
	it.Rev++
	s.items[id] = copyOf(it)
	return nil
}

func (s *store) SettleItem(_ context.Context, id string, w *series.Window) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, ok := s.items[id]
	if !ok {
		return label.ErrNotFound
	}
	if s.noRoom != nil {
		return s.noRoom
	}
	it.IsPartial = false
	if w != nil {
		it.Window = &label.WindowRef{From: w.From, To: w.To, Tags: it.Window.Tags, SHA256: "frozen"}
		s.windows[id] = w
	}
	s.items[id] = it
	return nil
}

func (s *store) Partial(context.Context) ([]label.Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []label.Item
	for _, id := range s.order {
		if s.items[id].IsPartial {
			list = append(list, copyOf(s.items[id]))
		}
	}
	return list, nil
}

func (s *store) Window(_ context.Context, tags []string, from, to int64) (*series.Window, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &series.Window{From: from, To: to}
	for _, tag := range tags {
		t := series.Trace{Tag: tag}
		for _, x := range s.samples {
			if at := x.Time(); x.Tag == tag && x.Text == "" && at >= from && at < to {
				t.T, t.V, t.Status = append(t.T, at), append(t.V, x.Value), append(t.Status, x.Status)
			}
		}
		w.Traces = append(w.Traces, t)
	}
	return w, nil
}

// all returns the items in the order of their creation.
func (s *store) all() []label.Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []label.Item
	for _, id := range s.order {
		list = append(list, copyOf(s.items[id]))
	}
	return list
}

func (s *store) window(id string) *series.Window {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.windows)[id]
}

func (s *store) count(tag string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, x := range s.samples {
		if x.Tag == tag {
			n++
		}
	}
	return n
}

// copyOf goes through JSON as a real store does: nothing is shared, and a NaN does not get through.
func copyOf(it label.Item) label.Item {
	b, err := json.Marshal(it)
	if err != nil {
		panic(err)
	}
	var c label.Item
	if err := json.Unmarshal(b, &c); err != nil {
		panic(err)
	}
	return c
}

// finder adds the extra power.
type finder struct{ *store }

func (f finder) ItemOfImage(_ context.Context, im label.Image) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, it := range f.items {
		if slices.ContainsFunc(it.Images, func(o label.Image) bool { return o.SHA256 == im.SHA256 && o.Camera == im.Camera && o.Name == im.Name }) {
			return id, nil
		}
	}
	return "", label.ErrNotFound
}

func want[T comparable](t *testing.T, what string, got, expected T) {
	t.Helper()
	if got != expected {
		t.Errorf("%s: %v, want %v", what, got, expected)
	}
}
