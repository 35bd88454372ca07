package learn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"edgelabel/agent/label"
)

// Sizes of a ledger, and how often it reads everything again at most.
const (
	DefaultItems = 20_000 // some 400 bytes each
	pageOfItems  = 500
	rereadAfter  = 10 * time.Second
)

// Config says what a ledger reads.
type Config struct {
	Items Items
	Feed  Feed
	Most  int              // items at hand, the newest ones; 0 is DefaultItems
	Every map[string]int   // camera → one of how many unflagged images is drawn at random
	Now   func() time.Time // nil is time.Now
	Tick  <-chan time.Time // when hints were lost, everything is read again with one of these; nil: every rereadAfter
	Log   *slog.Logger     // nil: none
}

// Ledger is the newest items by what was flagged on them and what people said. It is safe for concurrent use.
type Ledger struct {
	cfg Config

	mu    sync.RWMutex
	items map[string]*entry
	words map[string]string // each text once in memory
	older bool              // there are items that are not at hand
	lost  uint64            // hints that never came
}

// entry is what counts of an item.
type entry struct {
	id       string
	at       int64 // UTC ns
	created  int64
	from, to int64 // its span
	asset    string
	camera   string // of its first image
	score    float64
	open     bool
	partial  bool
	verdict  label.Verdict
	classes  []string
	found    []found
}

type found struct {
	rule, detector string
	from, to       int64
	score          float64
}

// flagged reports whether a detector flagged it.
func (e *entry) flagged() bool {
	return slices.ContainsFunc(e.found, func(f found) bool { return byDetector(f.detector) })
}

// drawn reports whether it was drawn at random and flagged by nobody.
func (e *entry) drawn() bool {
	return len(e.found) > 0 && !slices.ContainsFunc(e.found, func(f found) bool { return f.detector != Sample })
}

// New returns a ledger that knows nothing until it runs.
func New(cfg Config) *Ledger {
	if cfg.Most <= 0 {
		cfg.Most = DefaultItems
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Ledger{cfg: cfg, items: map[string]*entry{}, words: map[string]string{}}
}

// Run reads the newest items and then follows the feed until ctx ends. It runs once.
func (l *Ledger) Run(ctx context.Context) error {
	tick := l.cfg.Tick
	if tick == nil {
		t := time.NewTicker(rereadAfter)
		defer t.Stop()
		tick = t.C
	}
	stale := false
	listener{
		begin: func() { stale = l.read(ctx) != nil },
		lost: func(n uint64) {
			stale = true
			l.miss(n)
		},
		hint: func(c label.Change) {
			if (c.What == "item" || c.What == "label") && l.follow(ctx, c.Item) != nil {
				stale = true
			}
		},
		tick:  tick,
		every: func() { stale = stale && l.read(ctx) != nil },
	}.follow(ctx, l.cfg.Feed)
	return nil
}

func (l *Ledger) miss(n uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost += n
}

// Stats is what a ledger has at hand, and how many hints it lost on the way.
func (l *Ledger) Stats() (items int, lost uint64) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.items), l.lost
}

// read takes in the newest items. An error is logged: what is at hand stays.
func (l *Ledger) read(ctx context.Context) error {
	fresh, older := map[string]*entry{}, false
	q := label.Query{Newest: true, Limit: pageOfItems}
	for {
		page, err := l.cfg.Items.Items(ctx, q)
		if err != nil {
			return l.unread(ctx, fmt.Errorf("read the newest items: %w", err))
		}
		l.mu.Lock()
		for i := range page.Rows {
			fresh[page.Rows[i].ID] = l.entryLocked(&page.Rows[i])
		}
		l.mu.Unlock()
		if older = page.Next != ""; !older || len(fresh) >= l.cfg.Most {
			break
		}
		q.Cursor = page.Next
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items, l.older = fresh, older
	l.trimLocked()
	return nil
}

func (l *Ledger) unread(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		l.cfg.Log.Warn("verdicts are not counted for now", "error", err)
	}
	return err
}

// follow reads one item again.
func (l *Ledger) follow(ctx context.Context, id string) error {
	row, _, err := l.cfg.Items.Item(ctx, id)
	gone := errors.Is(err, label.ErrNotFound)
	if err != nil && !gone {
		return l.unread(ctx, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if gone {
		delete(l.items, id)
		return nil
	}
	l.items[id] = l.entryLocked(&row)
	l.trimLocked()
	return nil
}

func (l *Ledger) entryLocked(row *label.Row) *entry {
	e := &entry{
		id: row.ID, at: row.At, created: row.Created, asset: l.wordLocked(row.Place.Asset), score: row.Score,
		open: row.State == label.StateOpen, partial: row.IsPartial, verdict: row.Verdict, classes: row.Classes,
	}
	e.from, e.to = row.Span()
	if len(row.Images) > 0 {
		e.camera = l.wordLocked(row.Images[0].Camera)
	}
	for _, c := range row.Candidates {
		e.found = append(e.found, found{rule: l.wordLocked(c.Rule), detector: l.wordLocked(c.Detector), from: c.From, to: c.To, score: c.Score})
	}
	return e
}

// mostWords is how many texts are remembered: rules, detectors, assets and cameras of a gateway are fewer.
const mostWords = 50_000

func (l *Ledger) wordLocked(s string) string {
	if w, ok := l.words[s]; ok {
		return w
	}
	if len(l.words) >= mostWords {
		clear(l.words)
	}
	l.words[s] = s
	return s
}

// trimLocked lets the oldest tenth go where there are too many.
func (l *Ledger) trimLocked() {
	if len(l.items) <= l.cfg.Most {
		return
	}
	ids := slices.Sorted(maps.Keys(l.items))
	for _, id := range ids[:len(ids)-l.cfg.Most*9/10] {
		delete(l.items, id)
	}
	l.older = true
}

// each calls do for every item at hand, in no order.
func (l *Ledger) each(do func(e *entry)) (older bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, e := range l.items {
		do(e)
	}
	return l.older
}
