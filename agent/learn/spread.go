package learn

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"edgelabel/agent/label"
	"edgelabel/agent/learn/lines"

	"github.com/oklog/ulid/v2"
)

// Store is what takes labels. Errors are those of package label.
type Store interface {
	Items
	AddLabel(ctx context.Context, item string, d label.Draft, by label.Person, key string) (label.Label, error)
	CreateItem(ctx context.Context, it label.Item) error
}

// DefaultSpreadings is how many are remembered: older ones can no longer be taken back in one call.
const DefaultSpreadings = 1000

// SpreaderConfig says where labels go.
type SpreaderConfig struct {
	Store     Store
	Path      string // a file of one JSON object a line
	Place     label.Place
	AssetOf   func(tag string) string
	Simulated bool
	Most      int // 0 is DefaultSpreadings
	Now       func() time.Time
}

// Spreader gives the label of one item to places that look like it, and takes it back. It is safe for concurrent use.
type Spreader struct {
	cfg SpreaderConfig

	mu   sync.Mutex
	file *lines.File[label.Spreading]
	done map[string]label.Spreading
	ids  []string // oldest first
}

// OpenSpreader reads what was spread before and keeps the file open.
func OpenSpreader(cfg SpreaderConfig) (*Spreader, error) {
	if cfg.Most <= 0 {
		cfg.Most = DefaultSpreadings
	}
	s := &Spreader{cfg: cfg, done: map[string]label.Spreading{}}
	file, err := lines.Open(cfg.Path, s.rememberLocked)
	if err != nil {
		return nil, fmt.Errorf("propagated labels: %w", err)
	}
	s.file = file
	return s, nil
}

// Close closes the file. Twice is harmless.
func (s *Spreader) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.file.Close()
}

func (s *Spreader) rememberLocked(one label.Spreading) {
	if _, known := s.done[one.ID]; !known {
		s.ids = append(s.ids, one.ID)
	}
	s.done[one.ID] = one
	for len(s.ids) > s.cfg.Most {
		delete(s.done, s.ids[0])
		s.ids = s.ids[1:]
	}
}

// Spreading returns one that was done. label.ErrNotFound.
func (s *Spreader) Spreading(id string) (label.Spreading, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.done[id]
	if !ok {
		return one, fmt.Errorf("propagation %s: %w", id, label.ErrNotFound)
	}
	return one, nil
}

// Spread labels the places and returns after that is durable. The same key of the same person again returns what it did the first time;
// one that was interrupted goes on where it stopped, because every item and label has a key that follows from this one.
func (s *Spreader) Spread(ctx context.Context, by label.Person, key string, want label.Spread) (label.Spreading, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := sha256.Sum256([]byte(by.ID + "\x00" + key))
	id := hex.EncodeToString(sum[:16])
	if one, ok := s.done[id]; ok {
		return one, nil
	}
	row, labels, err := s.cfg.Store.Item(ctx, want.Item)
	if err != nil {
		return label.Spreading{}, err
	}
	if len(labels) == 0 || !labels[len(labels)-1].Holds() {
		return label.Spreading{}, fmt.Errorf("%w: item %s has no label", label.ErrInvalid, want.Item)
	}
	newest := &labels[len(labels)-1]
	if want.Rev != newest.Rev {
		return label.Spreading{}, fmt.Errorf("label of item %s: %w", want.Item, label.ErrStale)
	}
	one := label.Spreading{ID: id, Item: want.Item, Rev: newest.Rev, By: by.ID, At: s.cfg.Now().UnixNano()}
	for i, p := range want.Places {
		item, err := s.give(ctx, by, giving{id: id, n: i, of: newest, row: &row, place: p})
		switch {
		case errors.Is(err, label.ErrInvalid) || errors.Is(err, label.ErrNotFound) || errors.As(err, new(*label.Conflict)) || errors.Is(err, errTaken):
			one.Skipped = append(one.Skipped, p)
		case err != nil:
			return label.Spreading{}, fmt.Errorf("propagate to place %d: %w", i, err)
		case !slices.Contains(one.Labeled, item):
			one.Labeled = append(one.Labeled, item)
		}
	}
	return one, s.keepLocked(one)
}

func (s *Spreader) keepLocked(one label.Spreading) error {
	if err := s.file.Append(one); err != nil {
		return fmt.Errorf("propagation %s: %w", one.ID, err)
	}
	s.rememberLocked(one)
	return nil
}

// errTaken says that somebody judged the item before: nobody's judgement is painted over.
var errTaken = errors.New("has a label")

// giving is one place on its way to a label.
type giving struct {
	id    string
	n     int
	of    *label.Label
	row   *label.Row // whose label it is
	place label.PlaceAlike
}

// give labels one place. What was done before an interruption is done already, and no harm.
func (s *Spreader) give(ctx context.Context, by label.Person, g giving) (item string, err error) {
	if g.place.Item == "" {
		if g.place.Item, err = s.newItem(ctx, by, g); err != nil {
			return "", err
		}
	}
	row, labels, err := s.cfg.Store.Item(ctx, g.place.Item)
	if err != nil {
		return "", err
	}
	key := fmt.Sprintf("spread-%s-%d", g.id, g.n)
	if n := len(labels); n > 0 && labels[n-1].Key == key {
		return row.ID, nil
	}
	if row.Verdict != label.Undefined {
		return "", errTaken
	}
	_, err = s.cfg.Store.AddLabel(ctx, row.ID, g.draft(&row, s.cfg.Now().UnixNano()), by, key)
	return row.ID, err
}

// newItem makes the item of a stretch that had none, under an id that follows from the place.
func (s *Spreader) newItem(ctx context.Context, by label.Person, g giving) (string, error) {
	p := g.place
	place := s.cfg.Place
	place.Asset = s.cfg.AssetOf(p.Tags[0])
	margin := (p.To - p.From) / 4
	now := s.cfg.Now().UnixNano()
	sum := sha256.Sum256(fmt.Appendf(nil, "%s-%d", g.id, g.n))
	var id ulid.ULID
	if err := id.SetTime(uint64(g.of.Saved / 1e6)); err != nil {
		return "", fmt.Errorf("%w: %w", label.ErrInvalid, err)
	}
	if err := id.SetEntropy(sum[:10]); err != nil {
		return "", err
	}
	it := label.Item{
		ID: id.String(), Rev: 1, Kind: label.KindWindow, Created: now, At: p.From, Place: place, IsSimulated: s.cfg.Simulated, CreatedBy: by.ID,
		Window: &label.WindowRef{From: max(p.From-margin, 0), To: min(p.To+margin, now), Tags: p.Tags},
		Candidates: []label.Candidate{{
			ID: "similar", Rule: "similar", Detector: Similar, Tags: p.Tags, From: p.From, To: p.To, Severity: 500,
			Explain: label.Text{ZH: "与条目 " + g.row.ID + " 相似。", EN: "Looks like item " + g.row.ID + "."},
		}},
	}
	return it.ID, s.cfg.Store.CreateItem(ctx, it)
}
