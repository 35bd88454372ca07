package control

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"time"

	"edgelabel/sync/uplink"
)

// DefaultPoll is how often the centre is asked.
const DefaultPoll = time.Minute

// Sender is somebody whose bundles are taken.
type Sender struct {
	Name     string // before the ids of people who judged there
	Key      ed25519.PublicKey
	Taxonomy bool // may send one, and a task
	Labels   bool
	Rules    bool // settings, and new ones
	Models   bool
}

// Config is what a Follower needs; Poll, Now, Rand and Log may be zero.
type Config struct {
	Gateway string
	Dir     string // of the memory
	Senders []Sender
	Target  uplink.Target
	Keeper  Keeper
	Works   Works
	Poll    time.Duration

	Proposes func(class string) bool // whether the configuration proposes a class; nil: none
	Now      func() time.Time
	Rand     func() float64 // 0..1
	Log      *slog.Logger
}

// State is a snapshot for the status page and the metrics.
type State struct {
	Error   string // of the last attempt; empty after a good one
	Applied uint64 // counters since the start
	Refused uint64
	Labels  uint64

	RolledBack uint64 // trials
	Trial      int64  // UTC ns, the end of the last one that runs; 0 when none does
	Last       int64  // UTC ns, when the centre answered last
}

// Follower fetches, checks, applies and reports. Nothing comes in by itself: it asks.
type Follower struct {
	cfg     Config
	memory  *memory
	refused map[string]int64 // keys that were refused since the start, with their sizes: not read again
	untold  bool             // the centre does not know the newest outcomes

	mu    sync.Mutex
	state State
}

// maxRefused bounds what is not read again.
const maxRefused = 1000

// New reads what is remembered of bundles of before, counts this start where something is on trial, and starts nothing.
func New(cfg Config) (*Follower, error) {
	if cfg.Gateway == "" || cfg.Dir == "" || cfg.Target == nil || cfg.Keeper == nil || cfg.Works == nil || len(cfg.Senders) == 0 {
		return nil, errors.New("control: gateway, dir, target, keeper, works and senders are required")
	}
	m, err := openMemory(filepath.Join(cfg.Dir, "control.json"))
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	for _, t := range m.Trials {
		t.Starts++
	}
	if len(m.Trials) > 0 {
		if err := m.save(); err != nil {
			return nil, fmt.Errorf("control: %w", err)
		}
	}
	if cfg.Poll == 0 {
		cfg.Poll = DefaultPoll
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Float64
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Follower{cfg: cfg, memory: m, refused: map[string]int64{}, untold: len(m.Outcomes) > 0}, nil
}

// State may be called at any time.
func (f *Follower) State() State {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

func (f *Follower) edit(change func(*State)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.state)
}

// Run asks until the context ends, and returns nil then. Errors are retried with the next round; between two is half a poll to one and a half.
func (f *Follower) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		err := f.round(ctx)
		f.edit(func(s *State) { s.Trial = f.memory.until() })
		if err != nil && ctx.Err() == nil {
			f.cfg.Log.Warn("word from the centre waits", "error", err)
			f.edit(func(s *State) { s.Error = err.Error() })
		} else if err == nil {
			f.edit(func(s *State) { s.Error, s.Last = "", f.cfg.Now().UnixNano() })
		}
		t := time.NewTimer(time.Duration((0.5 + f.cfg.Rand()) * float64(f.cfg.Poll)))
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
	}
	return nil
}

// round watches what is on trial, goes on with what a power cut interrupted, and then takes what is new.
func (f *Follower) round(ctx context.Context) error {
	if err := f.watch(ctx); err != nil {
		return err
	}
	if s := f.memory.Staged; s != nil {
		if err := f.apply(ctx, s); err != nil {
			return err
		}
	}
	for i := range f.cfg.Senders {
		if err := f.from(ctx, &f.cfg.Senders[i]); err != nil {
			return err
		}
	}
	if !f.untold {
		return nil
	}
	return f.report(ctx)
}

func (f *Follower) apply(ctx context.Context, s *staged) error {
	o := Outcome{Sender: s.Sender, Version: s.Bundle.Version, Key: s.Key, At: f.cfg.Now().UnixNano(), Comment: s.Bundle.Comment}
	if err := f.carryOut(ctx, s, &o); err != nil {
		return fmt.Errorf("apply %s: %w", s.Key, err)
	}
	f.untold = true
	f.memory.Applied[s.Sender], f.memory.Staged = s.Bundle.Version, nil
	f.memory.note(o)
	if err := f.memory.save(); err != nil {
		return fmt.Errorf("remember %s: %w", s.Key, err)
	}
	f.cfg.Log.Info("word from the centre is applied", "key", s.Key, "taxonomy", o.Tax, "labels", o.Labels, "labels_refused", len(o.Losses),
		"rules", o.Rules, "new_rules", o.New, "models", len(o.Models), "refused", o.Why)
	f.edit(func(s *State) { s.Applied, s.Labels = s.Applied+1, s.Labels+uint64(o.Labels) })
	return nil
}

// carryOut does what a bundle says: the change first, for labels may want its classes.
func (f *Follower) carryOut(ctx context.Context, s *staged, o *Outcome) (err error) {
	b := &s.Bundle
	switch {
	case !b.Change.empty():
		err = f.try(ctx, s, o)
	case b.Task != nil:
		o.Tax, err = putTaxonomy(ctx, f.cfg.Keeper, nil, b.Task, s.Sender)
	}
	if err != nil {
		return err
	}
	return addLabels(ctx, f.cfg.Keeper, s.Sender, b, o)
}

// report tells the centre what became of everything that is remembered.
func (f *Follower) report(ctx context.Context) error {
	b, err := json.MarshalIndent(struct {
		Gateway  string            `json:"gw"`
		At       int64             `json:"at"`
		Applied  map[string]uint64 `json:"applied"`
		Outcomes []Outcome         `json:"outcomes"`
	}{f.cfg.Gateway, f.cfg.Now().UnixNano(), f.memory.Applied, f.memory.Outcomes}, "", " ")
	if err != nil {
		return err
	}
	if err := f.cfg.Target.Put(ctx, uplink.ControlReport(f.cfg.Gateway), append(b, '\n')); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	f.untold = false
	return nil
}
