package ui_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
)

// store is what the page needs of a store, in memory.
type store struct {
	mu       sync.Mutex
	rows     map[string]label.Row
	labels   map[string][]label.Label
	byKey    map[string]label.Label
	blobs    map[string][]byte
	history  *series.Window
	taxonomy label.Taxonomy
	query    label.Query // the last one
	reads    int         // of the history
	opened   int         // blobs
	fail     error       // what every method answers, when set
	changes  chan label.Change
	camera   label.CameraFacts
}

func newStore() *store {
	return &store{
		rows: map[string]label.Row{}, labels: map[string][]label.Label{}, byKey: map[string]label.Label{}, blobs: map[string][]byte{},
		history: &series.Window{}, changes: make(chan label.Change),
		taxonomy: label.Taxonomy{Revision: 3, Classes: []label.Class{{ID: "scratch", Name: label.Text{ZH: "划痕", EN: "Scratch"}}}},
	}
}

func (s *store) Items(_ context.Context, q label.Query) (label.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.query = q
	var p label.Page
	for _, r := range s.rows {
		p.Rows = append(p.Rows, r)
	}
	return p, s.fail
}

func (s *store) Item(_ context.Context, id string) (label.Row, []label.Label, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rows[id]
	if !ok {
		return r, nil, fmt.Errorf("item %s: %w", id, label.ErrNotFound)
	}
	return r, s.labels[id], s.fail
}

func (s *store) CreateItem(_ context.Context, it label.Item) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[it.ID] = label.Row{Item: it, Standing: label.Standing{State: label.StateOpen}}
	return s.fail
}

func (s *store) SettleItem(_ context.Context, id string, w *series.Window) error {
	b, err := series.EncodeWindow(w)
	if err != nil {
		return err
	}
	sha := s.blob(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rows[id]
	r.IsPartial, r.Window.SHA256 = false, sha
	s.rows[id] = r
	return nil
}

func (s *store) Claim(_ context.Context, item string, c label.Claim) (label.Claim, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rows[item]
	if !ok {
		return c, label.ErrNotFound
	}
	if r.Claim != nil && r.Claim.By != c.By {
		return *r.Claim, nil
	}
	r.Claim = &c
	s.rows[item] = r
	return c, s.fail
}

func (s *store) Counts(context.Context) (label.Counts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return label.Counts{Open: len(s.rows)}, s.fail
}

func (s *store) AddLabel(_ context.Context, item string, d label.Draft, by label.Person, key string) (label.Label, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l, ok := s.byKey[key]; ok {
		return l, nil
	}
	if _, ok := s.rows[item]; !ok {
		return label.Label{}, label.ErrNotFound
	}
	all := s.labels[item]
	if d.Parent != len(all) && len(all) == 0 {
		return label.Label{}, fmt.Errorf("%w: parent: no revision %d", label.ErrInvalid, d.Parent)
	}
	if d.Parent != len(all) {
		return label.Label{}, fmt.Errorf("label: %w", &label.Conflict{Newest: all[len(all)-1]})
	}
	if s.fail != nil {
		return label.Label{}, s.fail
	}
	l := label.Label{Draft: d, ID: "L" + key, Item: item, Rev: len(all) + 1, By: by, Key: key}
	s.labels[item], s.byKey[key] = append(all, l), l
	return l, nil
}

func (s *store) Taxonomy(context.Context) (label.Taxonomy, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taxonomy, s.fail
}

func (s *store) PutTaxonomy(_ context.Context, t label.Taxonomy, by string) (label.Taxonomy, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.Revision != s.taxonomy.Revision {
		return t, fmt.Errorf("taxonomy %d: %w", t.Revision, label.ErrStale)
	}
	t.Revision, t.By = t.Revision+1, by
	s.taxonomy = t
	return t, nil
}

type blob struct{ *bytes.Reader }

func (blob) Close() error { return nil }

func (s *store) OpenBlob(sha string) (io.ReadSeekCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened++
	b, ok := s.blobs[sha]
	if !ok {
		return nil, fmt.Errorf("blob %s: %w", sha, fs.ErrNotExist)
	}
	return blob{bytes.NewReader(b)}, s.fail
}

// blob keeps the bytes and returns their hash.
func (s *store) blob(b []byte) string {
	sum := sha256.Sum256(b)
	sha := hex.EncodeToString(sum[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blobs[sha] = b
	return sha
}

func (s *store) Window(_ context.Context, tags []string, from, to int64) (*series.Window, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	w := &series.Window{From: from, To: to, Gaps: s.history.Gaps}
	for _, t := range s.history.Traces {
		if slices.Contains(tags, t.Tag) {
			w.Traces = append(w.Traces, t)
		}
	}
	return w, s.fail
}

func (s *store) Subscribe() (<-chan label.Change, func()) { return s.changes, func() {} }

// set changes a field under the lock.
func (s *store) set(change func(*store)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}
